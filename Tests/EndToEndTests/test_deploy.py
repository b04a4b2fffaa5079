"""What is deployed to AWS: the stack, and the function on a runtime that speaks Lambda's protocol."""

import ast
import json
import os
import queue
import random
import select
import subprocess
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from system import REGION, System

pytestmark = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
ROOT = os.path.join(os.path.dirname(__file__), "../..")
TEMPLATE = ROOT + "/deploy/cruddur-messages.yaml"


def parsed(document):
    """The emulator hands some documents out as text."""
    return ast.literal_eval(document) if isinstance(document, str) else document


class Reference(str):
    """A `!Ref` or `!GetAtt` of the template."""


class Loader(yaml.SafeLoader):
    pass


Loader.add_multi_constructor("!", lambda loader, suffix, node: Reference(node.value) if isinstance(
    node, yaml.ScalarNode) else loader.construct_sequence(node, deep=True))


def alarms_of(system, known):
    """The emulator's stacks leave alarms out: each is put as the template has it. What is watched, by metric."""
    def resolved(value):
        if isinstance(value, Reference):
            return known[value]
        if isinstance(value, dict):
            return {key: resolved(item) for key, item in value.items()}
        return [resolved(item) for item in value] if isinstance(value, list) else value

    cloudwatch = system.client("cloudwatch")
    resources = yaml.load(open(TEMPLATE), Loader)["Resources"]
    names = []
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            names.append(f"{system.table}-{name}")
            cloudwatch.put_metric_alarm(AlarmName=names[-1], **resolved(resource["Properties"]))
    found = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    assert all(alarm["AlarmActions"] == [known["Alarms"]] for alarm in found)
    return {alarm["MetricName"]: alarm["Dimensions"][0]["Value"] for alarm in found}


@pytest.fixture
def system(folder):
    system = System()
    yield system
    system.close()


def test_the_template_has_no_faults():
    done = subprocess.run([os.path.join(ROOT, ".build/python/bin/cfn-lint"), TEMPLATE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_stack_is_created_and_each_resource_is_what_it_should_be(system, tmp_path):
    s3 = system.client("s3")
    bucket = "b" + uuid.uuid4().hex
    s3.create_bucket(Bucket=bucket)
    (tmp_path / "bootstrap").write_text("#!/bin/sh\n")
    subprocess.run(["zip", "-q", "f.zip", "bootstrap"], check=True, cwd=tmp_path)
    s3.upload_file(str(tmp_path / "f.zip"), bucket, "group-projector.zip")
    vpc = system.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    routes = system.client("ec2").create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    stacks = system.client("cloudformation")
    name = "cruddur" + uuid.uuid4().hex[:8]
    stacks.create_stack(
        StackName=name, TemplateBody=open(TEMPLATE).read(), Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in {
            "TableName": system.table, "FunctionBucket": bucket, "AlarmEmail": "ops@cruddur.example", "VpcId": vpc,
            "RouteTableIds": routes}.items()])
    stack = stacks.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    # The table fits, says the operators' own tool. (The emulator leaves the time to live of a stack's table out.)
    assert "and fits" in system.ops("schema-load")
    assert "was there, and fits" in system.ops("schema-load")
    assert "TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}" in open(TEMPLATE).read()
    table = system.dynamodb.describe_table(TableName=system.table)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    functions = system.client("lambda")
    function = functions.get_function(FunctionName=outputs["FunctionName"])["Configuration"]
    assert function["Runtime"] == "provided.al2023"
    assert function["Environment"]["Variables"] == {"TABLE_NAME": system.table}
    trigger = functions.list_event_source_mappings(FunctionName=outputs["FunctionName"])["EventSourceMappings"][0]
    assert trigger["EventSourceArn"] == table["LatestStreamArn"]
    assert trigger["StartingPosition"] == "TRIM_HORIZON"
    # It may touch the rows of groups, and no message.
    iam = system.client("iam")
    role = function["Role"].split("/")[-1]
    policy = parsed(iam.get_role_policy(RoleName=role, PolicyName="move-groups")["PolicyDocument"])
    writing = [s for s in policy["Statement"] if "dynamodb:PutItem" in s["Action"]]
    assert len(writing) == 1 and writing[0]["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["GRP#*"]
    for statement in policy["Statement"]:
        assert statement["Action"] not in ("*", "dynamodb:*")
    server = iam.get_policy(PolicyArn=outputs["ServerPolicyArn"])["Policy"]
    document = iam.get_policy_version(PolicyArn=server["Arn"], VersionId=server["DefaultVersionId"])["PolicyVersion"]["Document"]
    assert "dynamodb:DeleteItem" not in str(parsed(document))
    endpoint = system.client("ec2").describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"][0]
    assert (endpoint["VpcEndpointType"], endpoint["ServiceName"]) == ("Gateway", f"com.amazonaws.{REGION}.dynamodb")
    assert endpoint["RouteTableIds"] == [routes]
    watched = alarms_of(system, {
        "Function": outputs["FunctionName"], "Table": system.table, "Alarms": outputs["AlarmTopic"],
        "FailedBatches.QueueName": outputs["FailedBatchesUrl"].split("/")[-1]})
    assert watched == {
        "IteratorAge": outputs["FunctionName"], "Errors": outputs["FunctionName"], "ThrottledRequests": system.table,
        "ApproximateNumberOfMessagesVisible": outputs["FailedBatchesUrl"].split("/")[-1]}
    assert system.client("sns").list_subscriptions_by_topic(TopicArn=outputs["AlarmTopic"])["Subscriptions"]
    # And back to nothing; what people wrote is kept until it is dropped.
    stacks.delete_stack(StackName=name)
    assert not [f for f in functions.list_functions()["Functions"] if f["FunctionName"] == outputs["FunctionName"]]


class Runtime:
    """Lambda's runtime API, with events to hand out."""

    def __init__(self, deadline_ms=4_000_000_000_000):
        self.events, self.answers = queue.Queue(), queue.Queue()
        runtime = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next"
                event = runtime.events.get()
                if select.select([self.connection], [], [], 0)[0]:
                    # Who asked is dead; the next one gets it.
                    runtime.events.put(event)
                    self.close_connection = True
                    return
                self.reply(200, {"Lambda-Runtime-Aws-Request-Id": uuid.uuid4().hex, "Lambda-Runtime-Deadline-Ms": str(deadline_ms)},
                           json.dumps(event).encode())

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                runtime.answers.put((self.path.split("/")[-1], body))
                self.reply(202, {}, b"")

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    def invoke(self, records):
        self.events.put({"Records": records} if isinstance(records, list) else records)
        return self.answers.get(timeout=120)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The function as it is deployed, unpacked."""
    folder = tmp_path_factory.mktemp("function")
    subprocess.run(
        [ROOT + "/deploy/build-function", f"{folder}/function.zip"], check=True, capture_output=True,
        env=dict(os.environ, CONFIGURATION="debug", ALLOW_NEWER_GLIBC="1"))
    subprocess.run(["unzip", "-q", "function.zip"], check=True, cwd=folder)
    return folder


@pytest.fixture
def function(system, package):
    started = []

    def function(runtime, **environment):
        program = subprocess.Popen(
            [f"{package}/bootstrap"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(
                system.environment, LD_LIBRARY_PATH=f"{package}/lib", AWS_LAMBDA_RUNTIME_API=runtime.address, TABLE_NAME=system.table,
                AWS_ENDPOINT_URL_DYNAMODB=system.aws_url, **environment))
        started.append(program)
        return program

    yield function
    for program in started:
        program.kill()
        program.communicate()


def records_of(system):
    """All that the table's stream has told, in Lambda's words."""
    streams = system.client("dynamodbstreams")
    arn = system.dynamodb.describe_table(TableName=system.table)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    for record in records:
        time = record["dynamodb"].get("ApproximateCreationDateTime")
        record["dynamodb"]["ApproximateCreationDateTime"] = time.timestamp() if time else 0
    return json.loads(json.dumps(records))


@pytest.mark.parametrize("seed", range(5))
def test_the_function_moves_groups_whatever_comes_twice_or_late(system, function, seed):
    dice = random.Random(seed)
    system.add("ann", "Ann", in_pool=False)
    system.add("ben", "Ben", in_pool=False)
    system.ops("schema-load")
    ann, ben = system.uuid_of("ann"), system.uuid_of("ben")
    put = lambda **item: system.dynamodb.put_item(TableName=system.table, Item={k: {"S": v} for k, v in item.items()})
    for owner, other in ((ann, ben), (ben, ann)):
        put(pk=f"GRP#{owner}", sk="2026-01-01T00:00:00+00:00", message_group_uuid="g", message="first", user_uuid=other,
            user_display_name="X", user_handle="x")
    for number in range(1, 21):
        put(pk="MSG#g", sk=f"2026-01-01T00:00:{number:02}+00:00", message_uuid=str(number), message=f"message {number}",
            user_uuid=ann, user_display_name="Ann", user_handle="ann")
    records = records_of(system)
    runtime = Runtime()
    program = function(runtime)
    delivered = records + dice.sample(records, 8)
    dice.shuffle(delivered)
    while delivered:
        batch, delivered = delivered[:7], delivered[7:]
        kind, answer = runtime.invoke(batch)
        assert (kind, answer) == ("response", {"batchItemFailures": []})
        if dice.random() < 0.3:
            # The sandbox is gone; what it was at comes again.
            program.kill()
            # Its connection is closed now: nothing is handed to the dead.
            program.wait()
            program = function(runtime)
            delivered = batch + delivered
    for owner in (ann, ben):
        rows = system.dynamodb.query(
            TableName=system.table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": f"GRP#{owner}"}})["Items"]
        assert [(row["sk"]["S"], row["message"]["S"]) for row in rows] == [("2026-01-01T00:00:20+00:00", "message 20")]


def message(number, **changes):
    record = {"eventName": "INSERT", "dynamodb": {
        "SequenceNumber": str(number), "Keys": {"pk": {"S": "MSG#g"}, "sk": {"S": f"2026-01-01T00:00:{number:02}+00:00"}},
        "NewImage": {"pk": {"S": "MSG#g"}, "sk": {"S": f"2026-01-01T00:00:{number:02}+00:00"}, "message": {"S": "m"},
                     "message_uuid": {"S": "u"}, "user_uuid": {"S": "u"}, "user_display_name": {"S": "U"}, "user_handle": {"S": "u"}}}}
    record["dynamodb"]["NewImage"] = {k: v for k, v in record["dynamodb"]["NewImage"].items() if k not in changes.get("without", [])}
    return record


def test_the_function_says_which_record_failed_and_goes_on_where_one_can_never_be_read(system, function):
    runtime = Runtime()
    # There is no table yet: the first that needs it fails, and all from there on come again.
    function(runtime)
    skipped = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1", "Keys": {"pk": {"S": "MSG#g"}, "sk": {"S": "1"}}}}
    assert runtime.invoke([skipped, message(2), message(3)]) == ("response", {"batchItemFailures": [{"itemIdentifier": "2"}]})
    system.ops("schema-load")
    unreadable = message(4, without=["user_handle"])
    assert runtime.invoke([unreadable, message(5)]) == ("response", {"batchItemFailures": []})
    assert runtime.invoke({"something": "else"})[0] == "error"
    # And is still there.
    assert runtime.invoke([skipped]) == ("response", {"batchItemFailures": []})


def test_the_function_hands_back_what_it_has_no_time_for(system, function):
    system.ops("schema-load")
    runtime = Runtime(deadline_ms=1)
    function(runtime)
    assert runtime.invoke([message(1)]) == ("response", {"batchItemFailures": [{"itemIdentifier": "1"}]})


def test_without_its_settings_the_function_says_so(system, package):
    environment = dict(system.environment, LD_LIBRARY_PATH=f"{package}/lib")
    done = subprocess.run([f"{package}/bootstrap"], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 1 and "AWS_LAMBDA_RUNTIME_API is not set" in done.stderr
