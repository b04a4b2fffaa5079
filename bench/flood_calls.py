"""cruddur on `cruddur-ops serve --trace`, where 1,000 messages a second are written to it, for tui_bench.py: each is a call, a
record of the stream and two rows that move, and all of it is told to whoever has F2 open. The process is cruddur's."""

import json
import os
import socket
import tempfile
import time

from beside import chat

PER_SECOND = 1000


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
    connection = socket.create_connection((host, int(port)))
    parent, begun, said = os.getppid(), time.monotonic(), 0
    try:
        while os.getppid() == parent:
            due = int((time.monotonic() - begun) * PER_SECOND)
            for number in range(said, min(due, said + 100)):
                body = json.dumps({"message": f"message {number} of very many", "message_group_uuid": group}).encode()
                connection.sendall(
                    b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (served.tokens[1].encode(), len(body), body))
                # One after the other: how fast the server is decides how many there are.
                answer = connection.recv(65536)
                assert b" 200 " in answer[:20], answer
                said = number + 1
            time.sleep(0.005)
    finally:
        seconds = time.monotonic() - begun
        with open(os.environ.get("FLOOD_LOG", os.devnull), "a") as log:
            log.write(f"{said / seconds:.0f} messages a second for {seconds:.0f} s\n")
        served.close()


chat(flood)
