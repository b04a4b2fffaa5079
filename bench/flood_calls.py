"""cruddur on `cruddur-ops serve --trace`, where 1,000 messages a second are written to it, for tui_bench.py: each is a call, a
record of the stream and two rows that move, and all of it is told to whoever has F2 open. The process is cruddur's."""

import json
import os
import socket
import tempfile
import time

from beside import chat

PER_SECOND = 1000
CONNECTIONS = 4
# In one go.
MOST = 80


def flood(tell):
    from served import Served

    served = Served(users=2)
    _, url = served.serve("--trace", "--rate", "0")
    group = served.group(url, one=1, other=0)
    folder = tempfile.mkdtemp(prefix="cruddur-flood-")
    path = f"{folder}/config.json"
    with open(path, "w") as file:
        json.dump({
            "backend_url": url, "cognito": {"client_id": "client"}, "tokens": {"access_token": served.tokens[0]},
            "history": {"path": f"{folder}/history.sqlite"}}, file)
    tell(path)
    host, port = url.removeprefix("http://").split(":")
    connections = [socket.create_connection((host, int(port))) for _ in range(CONNECTIONS)]

    def post(number):
        body = json.dumps({"message": f"message {number} of very many", "message_group_uuid": group}).encode()
        return (b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (served.tokens[1].encode(), len(body), body))

    parent, begun, said = os.getppid(), time.monotonic(), 0
    try:
        while os.getppid() == parent:
            due = min(int((time.monotonic() - begun) * PER_SECOND), said + MOST)
            # Several at once on each connection: what is asked costs less than what is answered.
            for connection, numbers in zip(connections, (range(said + n, due, CONNECTIONS) for n in range(CONNECTIONS))):
                if numbers:
                    connection.sendall(b"".join(map(post, numbers)))
            for connection, numbers in zip(connections, (range(said + n, due, CONNECTIONS) for n in range(CONNECTIONS))):
                answers = b""
                while answers.count(b"HTTP/1.1 200") < len(numbers):
                    part = connection.recv(65536)
                    assert part, "the server is gone"
                    answers += part
                    assert b"HTTP/1.1 4" not in answers and b"HTTP/1.1 5" not in answers, answers
            said = due
            time.sleep(0.005)
    finally:
        seconds = time.monotonic() - begun
        with open(os.environ.get("FLOOD_LOG", os.devnull), "a") as log:
            log.write(f"{said / seconds:.0f} messages a second for {seconds:.0f} s\n")
        served.close()


chat(flood)
