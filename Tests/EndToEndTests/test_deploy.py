"""What is deployed to AWS: the stack, and the function on a runtime that speaks Lambda's protocol."""

import ast
import glob
import json
import os
import queue
import random
import re
import select
import subprocess
import sys
import threading
import types
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from system import OPS, REGION, System, call, eventually

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
    return {(alarm["MetricName"], *(dimension["Value"] for dimension in alarm["Dimensions"])) for alarm in found}


@pytest.fixture
def system(folder):
    system = System()
    yield system
    system.close()


def test_the_templates_have_no_faults():
    templates = glob.glob(ROOT + "/deploy/*.yaml")
    assert len(templates) == 5
    done = subprocess.run([os.path.join(ROOT, ".build/python/bin/cfn-lint"), *templates], capture_output=True, text=True)
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
            "RouteTableIds": routes, "DeletionProtection": "false"}.items()])
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
    assert "DeletionProtectionEnabled: !Ref DeletionProtection" in open(TEMPLATE).read()
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
    # Throttling is counted under these names alone, and an index apart from its table.
    index = "message-group-sk-index"
    assert watched == {
        ("IteratorAge", outputs["FunctionName"]), ("Errors", outputs["FunctionName"]),
        ("ReadThrottleEvents", system.table), ("WriteThrottleEvents", system.table),
        ("ReadThrottleEvents", system.table, index), ("WriteThrottleEvents", system.table, index),
        ("ApproximateNumberOfMessagesVisible", outputs["FailedBatchesUrl"].split("/")[-1])}
    assert system.client("sns").list_subscriptions_by_topic(TopicArn=outputs["AlarmTopic"])["Subscriptions"]
    # And back to nothing; what people wrote is kept until it is dropped.
    stacks.delete_stack(StackName=name)
    assert not [f for f in functions.list_functions()["Functions"] if f["FunctionName"] == outputs["FunctionName"]]


# Who may do what: each command's calls are recorded, and looked up in its policies.

class Recorder:
    """Hands every call on to the emulator, and writes down what it was."""

    def __init__(self, target):
        self.calls, recorder = [], self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                recorder.calls.append((self.headers["X-Amz-Target"], json.loads(body)))
                request = urllib.request.Request(target + self.path, body, dict(self.headers))
                try:
                    answer = urllib.request.urlopen(request, timeout=60)
                except urllib.error.HTTPError as error:
                    answer = error
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


TABLE_ARN, INDEX_ARN, STREAM_ARN, POOL_ARN = "table", "table/index/message-group-sk-index", "stream", "pool"
ARNS = {"Table.Arn": TABLE_ARN, "Table.StreamArn": STREAM_ARN, "Pool.Arn": POOL_ARN,
        "${Table.Arn}/index/message-group-sk-index": INDEX_ARN}


def listed(value):
    return value if isinstance(value, list) else [value]


def needed(target, body):
    """(action, resource, partition key) of a call, as IAM sees it. Source: Service Authorization Reference."""
    service, action = target.split(".")
    if service.startswith("AWSCognito"):
        return [(f"cognito-idp:{action}", POOL_ARN, None)]
    if service.startswith("DynamoDBStreams"):
        return [(f"dynamodb:{action}", STREAM_ARN, None)]
    if action == "TransactWriteItems":
        kinds = {"Put": "PutItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
        return [(f"dynamodb:{kinds[kind]}", TABLE_ARN, (entry.get("Item") or entry["Key"])["pk"]["S"])
                for item in body["TransactItems"] for kind, entry in item.items()]
    if action == "ListTables":
        return [("dynamodb:ListTables", "*", None)]
    if action == "Query":
        return [("dynamodb:Query", INDEX_ARN if "IndexName" in body else TABLE_ARN, body["ExpressionAttributeValues"][":p"]["S"])]
    key = body.get("Item") or body.get("Key")
    return [(f"dynamodb:{action}", TABLE_ARN, key["pk"]["S"] if key else None)]


def policies(*names):
    """The statements of the templates' policies."""
    statements = []
    for template in ("messages", "people"):
        resources = yaml.load(open(f"{ROOT}/deploy/cruddur-{template}.yaml"), Loader)["Resources"]
        for name in names:
            if name in resources:
                properties = resources[name]["Properties"]
                documents = [properties["PolicyDocument"]] if "PolicyDocument" in properties else [
                    policy["PolicyDocument"] for policy in properties["Policies"]]
                statements += [statement for document in documents for statement in document["Statement"]]
    return statements


def allowed(statement, action, resource, partition):
    if action not in listed(statement["Action"]):
        return False
    if resource not in [ARNS.get(str(known), str(known)) for known in listed(statement["Resource"])]:
        return False
    keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
    return not keys or partition is not None and any(partition.startswith(key.rstrip("*")) for key in keys)


def commands_of(role, system, folder, group):
    bayko = system.uuid_of("bayko")
    return {
        "reader": [["list-tables"], ["scan"], ["check"], ["check", "--repair", "--plan", f"{folder}/plan"],
                   ["list-conversations", "@bayko"], ["get-conversation", group], ["user", "@bayko", "export"]],
        "mender": [["check", "--repair", "--yes"], ["check", "--apply", f"{folder}/plan"],
                   # Two who do not talk yet: where there is nothing to add, nothing is written.
                   ["seed", "--from", "third", "--to", "andrewbrown"],
                   ["user", "@bayko", "erase", "--plan", f"{folder}/erase"], ["user", bayko, "erase", "--apply", f"{folder}/erase"]],
        "builder": [["schema-load"], ["drop", system.table, "--yes"]],
        "identity": [["update-cognito-user-ids", "--user-pool-id", system.pool]],
    }[role]


@pytest.mark.parametrize("role, names", [
    ("reader", ["ReaderPolicy"]), ("mender", ["ReaderPolicy", "MenderPolicy"]), ("builder", ["BuilderPolicy"]),
    ("identity", ["IdentityPolicy"]), ("server", ["ServerPolicy"]), ("worker", ["StreamWorkerPolicy"]), ("function", ["FunctionRole"]),
])
def test_each_may_do_what_its_commands_call_and_nothing_that_none_calls(system, folder, role, names, request):
    system.add("andrewbrown", "Andrew Brown")
    system.add("bayko", "Andrew Bayko")
    system.add("third", "A Third", in_pool=False)
    recorder = Recorder(system.aws_url)
    where = ["--endpoint-url", recorder.url, "--table", system.table]
    if role != "builder":
        system.ops("schema-load")
    group = None
    if role in ("reader", "mender"):
        system.ops("seed")
        row = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]
        group = row["message_group_uuid"]
        # Something to mend.
        put = lambda sk, **more: system.dynamodb.put_item(TableName=system.table, Item={k: {"S": v} for k, v in {
            **row, "sk": sk, **more}.items()})
        put("2026-01-01T00:00:00+00:00")
    if role in ("server", "worker", "function"):
        system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
        direct = system.serve()[1]
        tokens = [system.tokens(handle)["AccessToken"] for handle in ("bayko", "andrewbrown")]
        first = call(f"{direct}/api/messages", tokens[0], {"message": "hello", "handle": "andrewbrown"})[1]["message_group_uuid"]
        moved = lambda: "again" in system.ops("list-conversations", "@bayko")
    if role == "server":
        url = system.serve(where=where)[1]
        # The second time it looks what the first has answered.
        for _ in range(2):
            assert call(f"{url}/api/messages", tokens[0], {"message": "again", "message_group_uuid": first},
                        headers={"Idempotency-Key": '"k"'})[0] == 200
        assert call(f"{url}/api/messages/{first}", tokens[1])[0] == 200
        assert call(f"{url}/api/message_groups", tokens[1])[0] == 200
        assert call(f"{url}/ready")[0] == 200
        eventually(lambda: any("GetRecords" in target for target, _ in list(recorder.calls)), "reading the stream")
    elif role == "worker":
        system.start("stream", "--checkpoints", f"{folder}/stream.sqlite", until="following", where=where)
        call(f"{direct}/api/messages", tokens[0], {"message": "again", "message_group_uuid": first})
        eventually(moved, "the moved rows", timeout=120)
    elif role == "function":
        call(f"{direct}/api/messages", tokens[0], {"message": "again", "message_group_uuid": first})
        runtime = Runtime()
        request.getfixturevalue("function")(runtime, AWS_ENDPOINT_URL_DYNAMODB=recorder.url)
        assert runtime.invoke(records_of(system))[0] == "response"
        assert moved()
    else:
        for command in commands_of(role, system, folder, group):
            pool = ["--cognito-endpoint-url", recorder.url] if role == "identity" else []
            code = 2 if command[0] == "check" and "--plan" in command else None
            done = subprocess.run([OPS, *command, *pool, *where], capture_output=True, text=True, timeout=120, env=system.environment)
            assert done.returncode in ([code] if code else [0, 1, 2]), done.stderr
            assert "AccessDenied" not in done.stderr
    statements, used = policies(*names), set()
    for target, body in recorder.calls:
        for need in needed(target, body):
            assert any(allowed(statement, *need) for statement in statements), f"{role} may not {need}"
            used.add(need[0])
    granted = {action for statement in statements for action in listed(statement["Action"]) if action.startswith(("dynamodb:", "cognito"))}
    # What Lambda itself needs to read the stream; what only browse calls; a table that lacks its stream.
    besides = {"function": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
                            "dynamodb:GetItem"},
               "worker": {"dynamodb:GetItem"},
               "reader": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeTable"},
               "mender": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeTable",
                          "dynamodb:ListTables"},
               "builder": {"dynamodb:UpdateTable"}}.get(role, set())
    assert granted - used <= besides, f"{role} may {granted - used - besides}, which none of its commands does"
    assert not any(action.endswith("*") for action in granted)


# The function that writes people down, on PostgreSQL itself.

def people_function(system, monkeypatch):
    """The template's own code; its calls go to PostgreSQL instead of the data API."""
    code = yaml.load(open(ROOT + "/deploy/cruddur-people.yaml"), Loader)["Resources"]["People"]["Properties"]["Code"]["ZipFile"]

    class Client:
        class exceptions:
            class DatabaseResumingException(Exception):
                pass

        resting = 2

        def execute_statement(self, sql, parameters, **where):
            assert where == {"resourceArn": "cluster", "secretArn": "secret", "database": "cruddur"}
            if Client.resting:
                Client.resting -= 1
                raise self.exceptions.DatabaseResumingException()
            variables = [part for p in parameters for part in ("-v", f"{p['name']}={p['value']['stringValue']}")]
            subprocess.run(
                ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", *variables, system.database_url], text=True, check=True, capture_output=True,
                input=re.sub(r":(name|email|handle|sub)\b", r":'\1'", sql))

    monkeypatch.setenv("DATABASE", "cluster")
    monkeypatch.setenv("SECRET", "secret")
    monkeypatch.setitem(sys.modules, "boto3", types.SimpleNamespace(client=lambda name: Client()))
    module = {}
    exec(compile(code, "index.py", "exec"), module)
    module["time"] = types.SimpleNamespace(sleep=lambda seconds: None)
    return module


def test_whoever_confirms_is_written_down_once(system, monkeypatch):
    system.sql("DROP TABLE public.users")
    module = people_function(system, monkeypatch)
    answers = []
    # The module's own is everybody's: other tests of this process ask servers by it.
    monkeypatch.setattr(module["urllib"].request, "urlopen", lambda request: answers.append(json.loads(request.data)))
    module["handler"]({"ResponseURL": "http://x/", "RequestType": "Create", "StackId": "s", "RequestId": "r", "LogicalResourceId": "l"}, None)
    assert answers[0]["Status"] == "SUCCESS"
    event = {"triggerSource": "PostConfirmation_ConfirmSignUp", "request": {"userAttributes": {
        "sub": "a-sub", "email": "o'neil@x.example", "name": "O'Neil; DROP TABLE", "preferred_username": "oneil"}}}
    for _ in range(2):
        assert module["handler"](event, None) is event
    assert system.sql("SELECT handle, display_name, cognito_user_id FROM public.users") == "oneil|O'Neil; DROP TABLE|a-sub"
    # A new password is no new user.
    module["handler"]({**event, "triggerSource": "PostConfirmation_ConfirmForgotPassword"}, None)
    assert system.sql("SELECT count(*) FROM public.users") == "1"


def test_up_puts_each_thing_under_its_contents_name_and_changes_nothing_twice(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    state = tmp_path / "state"
    state.mkdir()
    (programs / "docker").write_text(f"""#!/usr/bin/env bash
echo "docker $*" >> {tmp_path}/calls
case "$*" in
  *"--target function"*) for last; do :; done
    while [ $# -gt 0 ]; do [ "$1" = --output ] && out=$2; shift; done
    cd {tmp_path}; echo content > bootstrap; zip -q -j "$out/group-projector.zip" bootstrap ;;
  build*) echo sha256:0123456789abcdef0123456789abcdef ;;
esac
""")
    (programs / "aws").write_text(f"""#!/usr/bin/env bash
echo "aws $*" >> {tmp_path}/calls
case "$1 $2" in
  "sts get-caller-identity") echo 123456789012 ;;
  "configure get") exit 1 ;;
  "s3api head-bucket"|"s3api head-object"|"ecr describe-repositories"|"ecr describe-images") [ -e "{state}/$2" ] || {{ touch "{state}/$2"; exit 255; }} ;;
esac
""")
    for name in ("docker", "aws"):
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    up = lambda *arguments: subprocess.run([ROOT + "/deploy/up", *arguments], capture_output=True, text=True, env=environment)
    assert up("cruddur", "--zone", "Z1").returncode == 64
    assert "--domain is missing" in up("cruddur", "--zone", "Z1").stderr
    def calls():
        (tmp_path / "calls").write_text("")
        done = up("cruddur", "--domain", "api.x.example", "--zone", "Z1", "Servers=2")
        assert done.returncode == 0, done.stderr
        return (tmp_path / "calls").read_text()
    first, second = calls(), calls()
    for once in ("s3 mb", "s3 cp", "create-repository", "docker push"):
        assert once in first and once not in second
    for text in (first, second):
        deploy = next(line for line in text.splitlines() if "cloudformation deploy" in line)
        assert re.search(r"FunctionKey=group-projector-[0-9a-f]{16}\.zip", deploy) and "Servers=2" in deploy
        assert "Image=123456789012.dkr.ecr.us-east-1.amazonaws.com/cruddur:0123456789abcdef" in deploy


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
        env=dict(os.environ, CONFIGURATION=os.environ.get("BUILD", "release"), ALLOW_NEWER_GLIBC="1"))
    subprocess.run(["unzip", "-q", "function.zip"], check=True, cwd=folder)
    return folder


@pytest.fixture
def function(system, package):
    started = []

    def function(runtime, **environment):
        program = subprocess.Popen([f"{package}/bootstrap"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={
            **system.environment, "LD_LIBRARY_PATH": f"{package}/lib", "AWS_LAMBDA_RUNTIME_API": runtime.address,
            "TABLE_NAME": system.table, "AWS_ENDPOINT_URL_DYNAMODB": system.aws_url, **environment})
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
