"""The program on the network as it is: https with certificates of many kinds, proxies, names with dead addresses."""

import base64
import os
import socket
import socketserver
import subprocess
import threading

import pytest

from hostile import Backend
from terminal import BINARY


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """`make(name, hosts, days)` makes `name.pem` and `name.key`, signed by `ca.pem`."""
    folder = tmp_path_factory.mktemp("certificates")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem",
            "-subj", "/CN=Company CA", "-days", "30")

    def make(name, hosts):
        with open(f"{folder}/{name}.ext", "w") as file:
            file.write(f"subjectAltName={hosts}\n")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/{name}.key", "-out",
                f"{folder}/{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key",
                "-CAcreateserial", "-out", f"{folder}/{name}.pem", "-days", "30", "-extfile", f"{folder}/{name}.ext")
        return f"{folder}/{name}.pem", f"{folder}/{name}.key"

    make.authority = f"{folder}/ca.pem"
    return make


@pytest.fixture
def secure(certificates):
    """A backend of https, for 127.0.0.1 and for api.test."""
    backend = Backend(tls=certificates("good", "IP:127.0.0.1,DNS:api.test"))
    yield backend
    backend.close()


@pytest.fixture
def proxy():
    """`proxy(port, credentials)`: an http proxy that finds everybody at that port of this machine."""
    started = []

    def start(port, credentials=None):
        wanted = credentials and b"proxy-authorization: basic " + base64.b64encode(credentials.encode())

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                lines = list(iter(lambda: self.rfile.readline().strip(), b""))
                server.asked.append(lines)
                if wanted and not any(line.lower().startswith(wanted.lower()) for line in lines):
                    self.wfile.write(b"HTTP/1.1 407 Authenticate\r\nContent-Length: 4\r\n\r\n<h1>")
                    return
                with socket.create_connection(("127.0.0.1", port)) as other:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=self.copy, args=(other, self.connection), daemon=True)
                    back.start()
                    self.copy(self.connection, other)
                    back.join(5)

            @staticmethod
            def copy(one, other):
                try:
                    while data := one.recv(65536):
                        other.sendall(data)
                    other.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        server = Server(("127.0.0.1", 0), Handler)
        server.asked = []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def environment(**changes):
    bare = {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name != "SSL_CERT_FILE"}
    return {**bare, **changes}


def test_a_certificate_of_ones_own_organisation_is_accepted_by_whichever_way_it_is_named(run, secure, certificates, folder):
    path = secure.configuration(folder)
    authority = certificates.authority
    assert run("groups", "--config", path, env=environment()).returncode == 3
    assert not secure.log
    for arguments, changes in [
        (["--ca-file", authority], {}), ([], {"CRUDDUR_NETWORK_CA_FILE": authority}), ([], {"SSL_CERT_FILE": authority}),
        (["--ca-file", os.path.relpath(authority)], {}), (["--set", f"network.ca_file={authority}"], {}),
    ]:
        done = run("groups", "--config", path, *arguments, env=environment(**changes))
        assert done.returncode == 0 and "@bob" in done.stdout, done.stderr
    path = secure.configuration(folder, network={"ca_file": authority})
    assert run("groups", "--config", path, env=environment()).returncode == 0


def test_a_certificate_that_is_not_accepted_is_said_with_the_reason_in_the_last_line(start, run, secure, certificates, folder):
    done = run("groups", "--config", secure.configuration(folder), env=environment())
    assert done.returncode == 3
    assert "its certificate is signed by Company CA, which is not known here" in done.stderr
    others = Backend(tls=certificates("others", "DNS:portal.hotel.example"))
    path = others.configuration(folder, network={"ca_file": certificates.authority})
    terminal = start("--config", path, width=200)
    terminal.wait_for("its certificate is for portal.hotel.example, not for 127.0.0.1")
    assert not others.log and not secure.log
    others.close()


@pytest.mark.parametrize("content, words", [
    (None, "cannot be read: No such file or directory"), ("", "holds no certificate in PEM"),
    ("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n", "holds no certificate in PEM"),
])
def test_a_ca_file_that_is_none_is_refused_before_anything_is_asked(run, secure, folder, content, words):
    file = f"{folder}/ca.pem"
    if content is not None:
        open(file, "w").write(content)
    done = run("groups", "--config", secure.configuration(folder), "--ca-file", file, env=environment())
    assert done.returncode == 1 and words in done.stderr and "--ca-file" in done.stderr, done.stderr
    assert not secure.log


def test_the_chat_goes_through_a_proxy_with_a_name_and_a_password(start, secure, certificates, proxy, folder):
    between = proxy(secure.port, "nia:s3cr3t")
    path = secure.configuration(folder, backend_url="https://api.test", network={"ca_file": certificates.authority})
    terminal = start(
        "--config", path, width=120, env={"HTTPS_PROXY": f"http://nia:s3cr3t@127.0.0.1:{between.server_address[1]}"})
    terminal.wait_for_partner("bob")
    terminal.type("through the proxy\r")
    terminal.wait_for_sent("through the proxy")
    assert secure.received == [("bob", "through the proxy")]
    assert {lines[0] for lines in between.asked} == {b"CONNECT api.test:443 HTTP/1.1"}
    assert "s3cr3t" not in terminal.text
    assert all("proxy-authorization" not in request.headers for request in secure.log)


def test_a_proxy_that_refuses_is_said_and_gets_no_token(run, secure, proxy, folder):
    between = proxy(secure.port, "nia:s3cr3t")
    address = f"127.0.0.1:{between.server_address[1]}"
    path = secure.configuration(folder, backend_url="https://api.test")
    for value, words in [
        (address, f"the proxy {address} wants a name and a password: https_proxy=http://NAME:PASSWORD@{address}"),
        (f"http://nia:wr0ng@{address}", f"the proxy {address} does not take the name and password in https_proxy"),
        ("gopher://nia:wr0ng@x", "https_proxy names a proxy that is neither"),
    ]:
        done = run("groups", "--config", path, env=environment(https_proxy=value))
        assert done.returncode == 3 and words in done.stderr, done.stderr
        assert "wr0ng" not in done.stdout + done.stderr
    assert not secure.log
    assert not any(b"bearer" in line.lower() for lines in between.asked for line in lines)


def test_this_machine_is_not_asked_for_through_a_proxy(run, backend, folder):
    path = backend.configuration(folder)
    done = run("groups", "--config", path, env=environment(HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"))
    assert done.returncode == 0, done.stderr


# MARK: Names with several addresses


def named(folder, hosts, *command):
    """A command with names of its own in /etc/hosts; skipped where no namespace can be made."""
    file = f"{folder}/hosts"
    open(file, "w").write("127.0.0.1 localhost\n" + hosts)
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")
    inside = f'mount --bind "{file}" /etc/hosts && exec "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", inside, "sh", *command], capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, env=environment())


@pytest.fixture
def dead():
    """A port of ::1 at which connections neither come about nor are refused."""
    with socket.socket(socket.AF_INET6) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        listener.listen(0)
        waiting = []
        for _ in range(4):
            full = socket.socket(socket.AF_INET6)
            full.setblocking(False)
            full.connect_ex(listener.getsockname())
            waiting.append(full)
        yield listener.getsockname()[1]
        for full in waiting:
            full.close()


@pytest.mark.parametrize("order", ["::1 api.test\n127.0.0.1 api.test\n", "127.0.0.1 api.test\n::1 api.test\n"])
def test_a_dead_ipv6_address_does_not_hide_the_one_that_lives(folder, dead, order):
    backend = Backend(port=dead)
    path = backend.configuration(folder, backend_url=f"http://api.test:{dead}", allow_plain_http=True)
    done = named(folder, order, BINARY, "groups", "--config", path)
    assert done.returncode == 0 and "@bob" in done.stdout, done.stderr
    backend.close()


def test_an_ipv6_address_that_refuses_does_not_hide_the_one_that_lives(folder, backend):
    path = backend.configuration(folder, backend_url=f"http://api.test:{backend.port}", allow_plain_http=True)
    done = named(folder, "::1 api.test\n127.0.0.1 api.test\n", BINARY, "groups", "--config", path)
    assert done.returncode == 0, done.stderr


def test_a_name_with_dead_addresses_alone_is_said_in_time(folder, dead):
    backend = Backend()
    path = backend.configuration(folder, backend_url=f"http://api.test:{dead}", allow_plain_http=True)
    done = named(folder, "::1 api.test\n", BINARY, "groups", "--config", path)
    assert done.returncode == 3 and "cannot reach the server (no connection" in done.stderr, done.stderr
    backend.close()


def test_http_to_another_machine_is_refused_unless_it_is_allowed(run, folder, backend):
    path = backend.configuration(folder, backend_url="http://api.test")
    done = run("groups", "--config", path, env=environment())
    assert done.returncode == 1 and "allow_plain_http" in done.stderr
