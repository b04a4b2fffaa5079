"""cruddur-ops serve under those who mean it ill, and under those who only come often."""

import base64
import hashlib
import hmac
import json
import os
import re
import socket
import ssl
import subprocess
import time
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from system import System, call, eventually, metrics_of, running, said

pytestmark = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
ROOT = os.path.join(os.path.dirname(__file__), "../..")


@pytest.fixture(scope="module")
def system():
    system = System()
    for handle, name in (("ada", "Ada"), ("bob", "Bob"), ("eve", "Eve")):
        system.add(handle, name)
    system.ops("schema-load")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    yield system
    system.close()


@pytest.fixture(scope="module")
def url(system):
    # With every route that there is.
    return system.serve("--trace")[1]


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_every_route_under_a_fuzzing_client_answers_as_the_openapi_file_says(system, url):
    token = system.tokens("ada")["AccessToken"]
    call(f"{url}/api/messages", token, {"message": "for the fuzzer", "handle": "bob"})
    done = subprocess.run(
        [os.path.join(ROOT, ".build/python/bin/schemathesis"), "run", os.path.join(ROOT, "docs/openapi.yaml"), "--url", url,
         "--header", f"Authorization: Bearer {token}", "--seed", "1", "--max-examples", "40",
         # A busy machine takes its time.
         "--request-timeout", "300",
         # A schema cannot say that one of two names must be there, nor that a text must not be blank.
         "--exclude-checks", "positive_data_acceptance"],
        capture_output=True, text=True, timeout=1800, cwd="/tmp")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_openapi_file_names_the_servers_routes():
    documented = set(re.findall(r"^  (/\S*):$", open(ROOT + "/docs/openapi.yaml").read(), re.M))
    served = set()
    for folder, _, files in os.walk(ROOT + "/Sources/CruddurServer/Routes"):
        for name in files:
            if name != "CognitoRoutes.swift":
                served |= set(re.findall(r"\.(?:get|post)\(\"(/[^\"]*)\"", open(f"{folder}/{name}").read()))
    assert documented == served


def test_only_access_tokens_of_this_pool_and_client_are_let_in(system, url):
    tokens = system.tokens("ada")
    good = tokens["AccessToken"]
    header, claims, signature = good.split(".")
    parsed = json.loads(base64.urlsafe_b64decode(claims + "=="))
    head = json.loads(base64.urlsafe_b64decode(header + "=="))
    jwks = urllib.request.urlopen(f"{system.aws_url}/{system.pool}/.well-known/jwks.json").read()

    def hs256(key):
        text = f"{encoded({**head, 'alg': 'HS256'})}.{claims}"
        return text + "." + base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()

    # Another pool of the same emulator: the same key, another issuer.
    other = System()
    other.add("ada", "Ada")
    # Another app client of this pool.
    app, system.app = system.app, system.cognito.create_user_pool_client(
        UserPoolId=system.pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]
    other_client = system.tokens("ada")["AccessToken"]
    system.app = app
    bad = {
        "none": None, "empty": "", "garbage": "x.y.z", "three words": "a b",
        "tampered": f"{header}.{encoded({**parsed, 'sub': 'somebody'})}.{signature}",
        "no signature": f"{header}.{claims}.",
        "alg none": f"{encoded({**head, 'alg': 'none'})}.{claims}.",
        "alg none, signed": f"{encoded({**head, 'alg': 'none'})}.{claims}.{signature}",
        "HS256 with the JWKS": hs256(jwks),
        "unknown kid": f"{encoded({**head, 'kid': 'nobody'})}.{claims}.{signature}",
        "no kid": f"{encoded({k: v for k, v in head.items() if k != 'kid'})}.{claims}.{signature}",
        "id token": tokens["IdToken"], "refresh token": tokens["RefreshToken"],
        "other pool": other.tokens("ada")["AccessToken"], "other client": other_client,
    }
    for what, token in bad.items():
        for path, body in (("/api/message_groups", None), ("/api/messages/x", None),
                           ("/api/messages", {"message": "m", "handle": "bob"})):
            status, answer = call(url + path, token, body)
            assert (status, answer) == (401, {}), what
    assert call(f"{url}/api/message_groups", good)[0] == 200


def test_nobody_reads_or_writes_what_is_not_theirs(system, url):
    ada, bob, eve = (system.tokens(handle)["AccessToken"] for handle in ("ada", "bob", "eve"))
    group = call(f"{url}/api/messages", ada, {"message": "secret", "handle": "bob"})[1]["message_group_uuid"]
    assert call(f"{url}/api/messages/{group}", bob)[1][-1]["message"] == "secret"
    assert call(f"{url}/api/messages/{group}", eve)[0] == 403
    assert call(f"{url}/api/messages", eve, {"message": "hi", "message_group_uuid": group})[0] == 403
    assert "secret" not in str(call(f"{url}/api/message_groups", eve))


def test_a_key_that_the_pool_has_rotated_is_fetched_and_others_are_not_asked_for_again_and_again(system, folder):
    """A pool of the test's own, whose keys change."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    def make(kid):
        key = f"{folder}/{kid}.pem"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        modulus = subprocess.run(["openssl", "rsa", "-in", key, "-noout", "-modulus"], check=True, capture_output=True, text=True)
        number = bytes.fromhex(modulus.stdout.strip().split("=")[1])
        n = base64.urlsafe_b64encode(number).rstrip(b"=").decode()
        return key, {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": n, "e": "AQAB"}

    keys = {kid: make(kid) for kid in ("first", "second")}
    published, asked = ["first"], []

    class Pool(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = json.dumps({"keys": [keys[kid][1] for kid in published]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    pool = HTTPServer(("127.0.0.1", 0), Pool)
    threading.Thread(target=pool.serve_forever, daemon=True).start()
    subject = system.sql("SELECT cognito_user_id FROM public.users WHERE handle = 'ada'")

    def token(kid):
        text = encoded({"alg": "RS256", "kid": kid}) + "." + encoded({
            "sub": subject, "iss": "https://issuer.example", "exp": int(time.time()) + 600, "token_use": "access",
            "client_id": system.app})
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", keys[kid][0]], input=text.encode(), check=True,
                                capture_output=True).stdout
        return text + "." + base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    process, line = system.start(
        "serve", "--port", "0", "--user-pool-id", "us-east-1_own", "--client-id", system.app, "--cognito-endpoint-url",
        f"http://127.0.0.1:{pool.server_address[1]}", "--issuer", "https://issuer.example", "--rate", "0",
        until="listening on ")
    own = line.removeprefix("listening on ")
    assert call(f"{own}/api/message_groups", token("first"))[0] == 200
    for _ in range(20):
        # Anybody can name a key that is not there.
        assert call(f"{own}/api/message_groups", token("second"))[0] == 401
    assert len(asked) <= 2
    published[:] = ["second"]
    eventually(lambda: call(f"{own}/api/message_groups", token("second"))[0] == 200, "the new key", timeout=120)
    assert call(f"{own}/api/message_groups", token("first"))[0] == 401
    process.terminate()
    assert process.wait(timeout=120) == 0


def test_health_readiness_and_metrics(system):
    process, line = system.start(
        "serve", "--port", "0", "--metrics-port", "0", "--user-pool-id", system.pool, "--client-id", system.app,
        "--cognito-endpoint-url", system.aws_url, "--rate", "0", until="metrics on ")
    metrics = line.removeprefix("metrics on ")
    own = said(process, "listening on ").split()[-1]
    assert call(f"{own}/health") == (200, "OK")
    assert call(f"{own}/api/health-check") == (200, {"success": True})
    assert call(f"{own}/ready") == (200, {"table": "ok", "users": "ok"})
    call(f"{own}/api/message_groups", system.tokens("ada")["AccessToken"])
    call(f"{own}/nowhere")
    status, text = call(metrics)
    assert 'cruddur_requests_total{method="GET",route="/api/message_groups",status="200"} 1' in text
    told = {family.name: family for family in text_string_to_metric_families(text)}
    assert all(family.documentation for family in told.values())
    calls = {sample.labels["operation"]: sample.value for sample in told["cruddur_table_calls"].samples}
    assert calls["Query"] >= 1 and told["cruddur_table_units"].type == "gauge"
    counts = [sample.value for sample in told["cruddur_request_seconds"].samples
              if sample.name.endswith("_bucket") and sample.labels["route"] == "/api/message_groups"]
    assert counts == sorted(counts) and counts[-1] == 1
    # The one that is asking is another server's.
    assert [sample.value for sample in told["cruddur_requests_running"].samples] == [0]
    # Metrics are for the machine itself, not for those who chat.
    assert call(f"{own}/metrics")[0] == 404


def test_a_database_that_goes_away_is_503_and_not_a_crash(system):
    _, own = system.serve("--database-url", "postgresql://nobody@127.0.0.1:1/nothing")
    token = system.tokens("ada")["AccessToken"]
    assert call(f"{own}/ready") == (503, {"table": "ok", "users": "unavailable"})
    status, body = call(f"{own}/api/message_groups", token)
    assert status == 503 and "postgres" not in str(body).lower()
    assert call(f"{own}/health")[0] == 200


def test_who_asks_too_often_is_told_when_to_come_again(system):
    _, own = system.start(
        "serve", "--port", "0", "--user-pool-id", system.pool, "--client-id", system.app, "--cognito-endpoint-url",
        system.aws_url, "--rate", "0.01", until="listening on ")
    own = own.removeprefix("listening on ")
    token = system.tokens("ada")["AccessToken"]
    statuses = [call(f"{own}/api/message_groups", token)[0] for _ in range(20)]
    assert statuses[0] == 200 and 429 in statuses
    # Another user is not made to wait for it.
    assert call(f"{own}/api/message_groups", system.tokens("bob")["AccessToken"])[0] == 200


def test_bodies_headers_and_slow_callers_have_their_limits(system, url):
    token = system.tokens("ada")["AccessToken"]
    assert call(f"{url}/api/messages", token, {"message": "x" * 100_000, "handle": "bob"})[0] == 413
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
        connection.settimeout(10)
        try:
            answer = connection.recv(1000)
        except ConnectionResetError:
            answer = b""
        assert b" 200 " not in answer
    for hostile in (b"\x00\x01\x02", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /api/messages HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(hostile)
            connection.settimeout(10)
            try:
                assert b" 500 " not in connection.recv(1000)
            except (ConnectionResetError, TimeoutError):
                pass
    assert call(f"{url}/health")[0] == 200


def test_it_speaks_tls(system, folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    _, own = system.serve("--tls-certificate", f"{folder}/cert.pem", "--tls-key", f"{folder}/key.pem")
    assert own.startswith("https://")
    context = ssl.create_default_context(cafile=f"{folder}/cert.pem")
    assert urllib.request.urlopen(own + "/health", context=context).read() == b"OK"
    system.ops("serve", "--user-pool-id", system.pool, "--client-id", "x", "--tls-certificate", f"{folder}/key.pem", "--tls-key",
               f"{folder}/nothing.pem", code=1)
    assert "certificate in PEM" in system.stderr


def test_a_web_page_of_an_allowed_origin_may_call(system):
    _, own = system.serve("--allow-origin", "https://cruddur.example")

    def preflight(origin):
        request = urllib.request.Request(f"{own}/api/messages", method="OPTIONS", headers={
            "Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
        try:
            return urllib.request.urlopen(request).headers.get("Access-Control-Allow-Origin")
        except urllib.error.HTTPError as error:
            return error.headers.get("Access-Control-Allow-Origin")

    assert preflight("https://cruddur.example") == "https://cruddur.example"
    assert preflight("https://evil.example") is None


def test_what_was_begun_is_answered_before_it_ends(system):
    process, own = system.serve("--metrics-port", "0")
    token = system.tokens("ada")["AccessToken"]
    request = urllib.request.Request(f"{own}/api/message_groups", headers={"Authorization": f"Bearer {token}"})
    tag = urllib.request.urlopen(request).headers["ETag"]
    import threading
    answers = []
    thread = threading.Thread(target=lambda: answers.append(
        call(f"{own}/api/message_groups", token, headers={"If-None-Match": tag, "Prefer": "wait=50"})))
    thread.start()
    eventually(lambda: running(metrics_of(process)) == 1, "the held request")
    process.terminate()
    thread.join(timeout=120)
    assert answers and answers[0][0] == 304
    assert process.wait(timeout=120) == 0
