"""A Cruddur of the tests' own: users in PostgreSQL, a pool at Cognito, a table in DynamoDB."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

import boto3

BUILT = os.path.join(os.path.dirname(__file__), "../../.build", os.environ.get("BUILD", "release"))
OPS = os.environ.get("CRUDDUR_OPS", os.path.join(BUILT, "cruddur-ops"))
REGION = "us-east-1"

# The seed's.
SCHEMA = """
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE TABLE public.users (
    uuid UUID DEFAULT uuid_generate_v4() PRIMARY KEY, display_name text NOT NULL, handle text NOT NULL,
    email text NOT NULL, cognito_user_id text NOT NULL, created_at TIMESTAMP default current_timestamp NOT NULL);
"""


class System:
    """What a deployment consists of, each part under names of its own."""

    def __init__(self):
        self.aws_url = os.environ["TEST_AWS_URL"]
        self.table = "cruddur-" + uuid.uuid4().hex[:12]
        self.database = "t" + uuid.uuid4().hex
        self.postgres = os.environ["TEST_POSTGRES_URL"]
        self.sql(f"CREATE DATABASE {self.database}", self.postgres)
        self.database_url = self.postgres.replace("/postgres", "/" + self.database)
        self.sql(SCHEMA)
        self.cognito = self.client("cognito-idp")
        self.dynamodb = self.client("dynamodb")
        self.pool = self.cognito.create_user_pool(PoolName="cruddur")["UserPool"]["Id"]
        self.app = self.cognito.create_user_pool_client(
            UserPoolId=self.pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        )["UserPoolClient"]["ClientId"]
        self.processes = []

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.aws_url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")

    def sql(self, statement, url=None):
        return subprocess.run(
            ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", url or self.database_url, "-c", statement],
            check=True, capture_output=True, text=True).stdout.strip()

    # People

    def add(self, handle, name, in_pool=True, subject="MOCK"):
        self.sql(f"INSERT INTO public.users (display_name, email, handle, cognito_user_id) "
                 f"VALUES ('{name}', '{handle}@cruddur.example', '{handle}', '{subject}')")
        if in_pool:
            self.sign_up(handle, handle)

    def sign_up(self, username, preferred_username):
        attributes = [{"Name": "email", "Value": f"{username}@cruddur.example"}]
        if preferred_username:
            attributes.append({"Name": "preferred_username", "Value": preferred_username})
        self.cognito.admin_create_user(UserPoolId=self.pool, Username=username, UserAttributes=attributes)
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool, Username=username, Password="Passw0rd!", Permanent=True)

    def tokens(self, handle):
        return self.cognito.initiate_auth(
            ClientId=self.app, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": handle, "PASSWORD": "Passw0rd!"})["AuthenticationResult"]

    def uuid_of(self, handle):
        return self.sql(f"SELECT uuid FROM public.users WHERE handle = '{handle}'")

    # Programs

    @property
    def environment(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        environment.update(
            AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION=REGION, CONNECTION_URL=self.database_url)
        return environment

    def where(self):
        return ["--endpoint-url", self.aws_url, "--table", self.table]

    def ops(self, command, *arguments, code=0, input="", json_output=False, where=None):
        """Runs cruddur-ops; its standard output, or what it says in JSON."""
        extra = ["--json"] if json_output else []
        done = subprocess.run(
            [OPS, command, *arguments, *extra, *(self.where() if where is None else where)], capture_output=True,
            text=True, timeout=120, input=input, env=self.environment)
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.stderr = done.stderr
        return json.loads(done.stdout) if json_output else done.stdout

    def start(self, command, *arguments, until, where=None, output=subprocess.DEVNULL):
        """Runs cruddur-ops beside the test; the line on standard error that begins with `until`."""
        process = subprocess.Popen(
            [OPS, command, *arguments, *(self.where() if where is None else where)], stdout=output,
            stderr=subprocess.PIPE, text=True, env=self.environment)
        self.processes.append(process)
        process.lines = []
        # Somebody has to read on, or it stands still.
        threading.Thread(target=lambda: process.lines.extend(iter(process.stderr.readline, "")), daemon=True).start()
        return process, said(process, until)

    def serve(self, *arguments, where=None):
        """The process, and its URL. With `--metrics-port 0`, `metrics_of` says where its metrics are."""
        process, line = self.start(
            "serve", "--port", "0", "--user-pool-id", self.pool, "--client-id", self.app, "--cognito-endpoint-url",
            self.aws_url, "--rate", "0", *arguments, until="listening on ", where=where)
        return process, line.removeprefix("listening on ")

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def with_people():
    """A deployment that Ada and Bob can sign in to, for as long as somebody wants it."""
    system = System()
    for handle, name in (("ada", "Ada Lovelace"), ("bob", "Bob Example")):
        system.add(handle, name)
    system.ops("schema-load")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    yield system
    system.close()


def metrics_of(process):
    return said(process, "metrics on ").removeprefix("metrics on ")


def said(process, prefix):
    """The first line of its standard error that begins so."""
    found = lambda: next((line.strip() for line in list(process.lines) if line.startswith(prefix)), None)
    return eventually(lambda: found() or process.poll() is not None and "".join(process.lines), prefix)


def running(metrics):
    """How many requests a server is about to answer, as its metrics tell."""
    return int(float(re.search(r"^cruddur_requests_running (\S+)", call(metrics)[1], re.M)[1]))


def call(url, token=None, body=None, headers={}, method=None):
    """The status and the body, parsed where it is JSON."""
    request = urllib.request.Request(url, method=method or ("GET" if body is None else "POST"))
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name, value)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        answer = urllib.request.urlopen(request, timeout=70)
    except urllib.error.HTTPError as error:
        answer = error
    content = answer.read()
    try:
        return answer.status, json.loads(content)
    except ValueError:
        return answer.status, content.decode(errors="replace")


def eventually(condition, what, timeout=600):
    """Until `condition` holds. The limit only catches what never comes; who asks must not keep the processor from it."""
    end, wait = time.monotonic() + timeout, 0.02
    while not (value := condition()):
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(wait)
        wait = min(1, wait * 1.5)
    return value
