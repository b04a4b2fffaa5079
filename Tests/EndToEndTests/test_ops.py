"""cruddur-ops on PostgreSQL, DynamoDB and Cognito: the whole path of a deployment, through the doors its operators use."""

import json
import os
import random
import subprocess
import time

import pytest

from system import OPS, call, eventually, metrics_of, running
from terminal import Terminal

pytestmark = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")


@pytest.fixture
def deployed(system):
    """A table, two users with tokens, a seeded conversation."""
    system.add("andrewbrown", "Andrew Brown")
    system.add("bayko", "Andrew Bayko")
    system.ops("schema-load")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    system.ops("seed")
    return system


def config(system, folder, handle, url):
    tokens = system.tokens(handle)
    path = f"{folder}/config-{handle}.json"
    with open(path, "w") as file:
        json.dump({
            "backend_url": url,
            "cognito": {"region": "us-east-1", "client_id": system.app, "endpoint": system.aws_url},
            "tokens": {"access_token": tokens["AccessToken"], "id_token": tokens["IdToken"],
                       "refresh_token": tokens["RefreshToken"]},
            "history": {"path": f"{folder}/{handle}.sqlite"},
        }, file)
    return path


def test_the_whole_path_from_an_empty_table_to_two_who_talk_and_back_to_nothing(deployed, start, folder):
    system = deployed
    _, url = system.serve()
    # The client's own door: two people with tokens that Cognito issued.
    andrew = start("--config", config(system, folder, "andrewbrown", url), width=110)
    andrew.wait(lambda t: "Andrew Bayko" in t.transcript and "connected" in t.text, "the seeded conversation")
    bayko = start("--config", config(system, folder, "bayko", url), width=110)
    bayko.wait(lambda t: "Andrew Brown" in t.transcript and "connected" in t.text, "the seeded conversation")
    worker, _ = system.start("stream", "--checkpoints", f"{folder}/stream.sqlite", until="following")
    andrew.type("through the real engines\r")
    andrew.wait_for_sent("through the real engines")
    bayko.wait_for("through the real engines")
    # The stream has moved both rows.
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]["message_group_uuid"]
    for handle in ("andrewbrown", "bayko"):
        eventually(lambda: "through the real engines" in system.ops("list-conversations", "@" + handle), "the moved row")
    andrew.wait_for("stream lag")
    worker.terminate()
    worker.wait(timeout=120)
    # Without the worker a group stays behind: check finds it, and mends it.
    bayko.type("and the stream is down\r")
    bayko.wait_for_sent("and the stream is down")
    found = system.ops("check", code=2, json_output=True)
    assert [finding["kind"] for finding in found["findings"]] == ["stale_group"]
    assert found["findings"][0]["subject"] == group
    assert "put" in system.ops("check", "--repair", "--yes")
    assert system.ops("check", json_output=True)["findings"] == []
    assert "and the stream is down" in system.ops("list-conversations", system.uuid_of("andrewbrown"))
    assert "andrewbrown" in system.ops("get-conversation", group, "--limit", "2")
    system.ops("drop", system.table, "--yes")
    assert system.table not in system.ops("list-tables")


@pytest.mark.parametrize("seed", range(3))
def test_a_stream_worker_that_is_killed_again_and_again_leaves_every_group_right(deployed, folder, seed):
    system, dice = deployed, random.Random(seed)
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]["message_group_uuid"]
    bayko = system.uuid_of("bayko")

    def moved():
        """The newest of these messages that a row of the group stands at."""
        found = system.dynamodb.query(
            TableName=system.table, IndexName="message-group-sk-index", KeyConditionExpression="message_group_uuid = :g",
            ExpressionAttributeValues={":g": {"S": group}})["Items"]
        return max((int(row["sk"]["S"][17:19]) for row in found if row["sk"]["S"] >= "2027"), default=-1)

    left = []
    for number in range(60):
        if number % 12 == 0:
            worker, _ = system.start("stream", "--checkpoints", f"{folder}/stream.sqlite", until="following")
        system.dynamodb.put_item(TableName=system.table, Item={key: {"S": value} for key, value in {
            "pk": f"MSG#{group}", "sk": f"2027-01-01T00:00:{number:02}.000000+00:00", "message": f"killed {number}",
            "message_uuid": str(number), "user_uuid": bayko, "user_display_name": "B", "user_handle": "bayko"}.items()})
        if number % 12 == 11:
            # In the midst of it, however fast it is.
            enough, end = number - dice.randrange(2, 12), time.monotonic() + 120
            while moved() < enough:
                assert time.monotonic() < end, f"never moved: {enough}"
            worker.kill()
            worker.wait()
            left.append(number - moved())
    assert any(left), "each time it was killed all was done"
    worker, _ = system.start("stream", "--checkpoints", f"{folder}/stream.sqlite", until="following")
    eventually(lambda: [item["message"] for item in system.ops("list-conversations", "@bayko", json_output=True)["items"]]
               == ["killed 59"], "the last move")
    assert system.ops("check", json_output=True)["findings"] == []


def test_a_watched_stream_tells_of_each_message_how_late_it_was_and_which_rows_moved_from_where(deployed, folder):
    system = deployed
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]["message_group_uuid"]
    rows = lambda: {row["pk"]["S"]: row["sk"]["S"] for row in system.dynamodb.query(
        TableName=system.table, IndexName="message-group-sk-index", KeyConditionExpression="message_group_uuid = :g",
        ExpressionAttributeValues={":g": {"S": group}})["Items"]}
    before, told = rows(), f"{folder}/told"
    with open(told, "w") as output:
        worker, _ = system.start(
            "stream", "--watch", "--json", "--checkpoints", f"{folder}/stream.sqlite", until="following", output=output)
    times = [f"2027-01-01T00:00:0{number}.000000+00:00" for number in (2, 1)]
    for time_, text in zip(times, ("a secret", "a late one")):
        system.dynamodb.put_item(TableName=system.table, Item={key: {"S": value} for key, value in {
            "pk": f"MSG#{group}", "sk": time_, "message": text, "message_uuid": text,
            "user_uuid": system.uuid_of("bayko"), "user_display_name": "B", "user_handle": "bayko"}.items()})
    lines = lambda: [line for line in map(json.loads, open(told)) if line["sort"] in times]
    eventually(lambda: len(lines()) == 2, "both messages")
    first, late = lines()
    assert first["partition"] == f"MSG#{group}" and first["sort"] == times[0] and first["lag"] >= 0
    assert {move["partition"]: (move["from"], move["to"]) for move in first["moved"]} == {
        partition: (sort, times[0]) for partition, sort in before.items()}
    assert rows() == {partition: times[0] for partition in before}
    assert first["tries"] == 1 and first["write_units"] >= 0
    # What comes late moves nothing, and no text is told.
    assert late["moved"] == [] and "secret" not in open(told).read()


def test_a_second_schema_load_says_that_the_table_fits_and_another_table_does_not(system):
    assert "created" in system.ops("schema-load")
    assert "was there, and fits" in system.ops("schema-load")
    system.dynamodb.create_table(
        TableName=system.table + "-other", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}], BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    other = ["--endpoint-url", system.aws_url, "--table", system.table + "-other"]
    told = system.ops("schema-load", code=1, json_output=True, where=other)
    assert len(told["differences"]) == 4


def test_a_second_seed_adds_nothing_and_one_that_was_cut_off_is_finished(deployed):
    system = deployed
    before = system.ops("scan")
    assert "nothing to add" in system.ops("seed")
    assert system.ops("scan") == before
    # As if the first had been killed: messages in the middle are missing.
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]["message_group_uuid"]
    rows = system.ops("get-conversation", group, "--limit", "1000", json_output=True)["items"]
    for row in rows[100:150]:
        system.dynamodb.delete_item(TableName=system.table, Key={"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}})
    assert "added" in system.ops("seed")
    assert system.ops("get-conversation", group, "--limit", "1000", json_output=True)["items"] == rows


def test_a_conversation_from_a_file_and_who_talks_already(system, folder):
    system.add("ann", "Ann", in_pool=False)
    system.add("ben", "Ben", in_pool=False)
    system.ops("schema-load")
    with open(folder + "/talk", "w") as file:
        file.write("Person 1: 你好\n\nPerson 2: \x1b[31mred\nPerson 1: bye")
    told = system.ops("seed", "--from", "@ann", "--to", "ben", "--file", folder + "/talk", json_output=True)
    assert told["messages"] == 3 and told["added"] == 3
    lines = system.ops("get-conversation", told["message_group_uuid"])
    # Remote text, made safe for a terminal.
    assert "\x1b" not in lines and "你好" in lines
    columns = lines.splitlines()[0]
    assert columns.startswith("ann" + " " * 13) and columns[16:36].endswith("M ")
    with open(folder + "/talk", "w") as file:
        file.write("no colon")
    system.ops("seed", "--from", "ann", "--to", "ben", "--file", folder + "/talk", code=1)
    assert "line 1: write NAME: TEXT" in system.stderr
    system.ops("seed", "--from", "nobody", "--to", "ben", code=1)
    assert "no user is called nobody" in system.stderr


def test_the_scan_reads_all_pages_and_one_line_is_one_item(deployed):
    system = deployed
    system.dynamodb.put_item(
        TableName=system.table,
        Item={"pk": {"S": "MSG#big"}, "sk": {"S": "2026"}, "message": {"S": "x" * 300_000}, "line": {"S": "a\nb\x1b[2J"}})
    lines = system.ops("scan").splitlines()
    assert len(lines) == len({(json.loads(line)["pk"]["S"], json.loads(line)["sk"]["S"]) for line in lines}) > 200
    plain = [json.loads(line) for line in system.ops("scan", "--plain").splitlines()]
    assert {item["pk"] for item in plain} == {json.loads(line)["pk"]["S"] for line in lines}
    assert all(line.isascii() for line in lines)
    assert len(system.ops("scan", "--limit", "7").splitlines()) == 7
    assert "Consumed capacity: Scan" in system.stderr


def test_drop_asks_and_takes_only_a_yes(deployed):
    system = deployed
    for answer in ("", "no\n", "perhaps\n"):
        system.ops("drop", system.table, code=1, input=answer)
    assert system.table in system.ops("list-tables")
    # At AWS the name must be typed, also with --yes.
    environment = dict(system.environment, AWS_ENDPOINT_URL=system.aws_url)
    command = [OPS, "drop", system.table, "--prod", "--yes"]
    refused = subprocess.run(command, input="yes\n", capture_output=True, text=True, env=environment)
    assert refused.returncode == 1 and "that was not its name" in refused.stderr
    done = subprocess.run(command, input=system.table + "\n", capture_output=True, text=True, env=environment)
    assert done.returncode == 0
    assert system.table not in system.ops("list-tables")


def test_cognitos_ids_are_matched_by_handle_with_a_report(system):
    for number in range(130):
        system.add(f"user{number:03}", f"User {number}")
    system.add("twice", "One", in_pool=False)
    system.add("twice", "Two", in_pool=False)
    system.sign_up("twice", "twice")
    system.sign_up("stranger", "stranger")
    system.sign_up("nameless", None)
    system.add("left", "Left", in_pool=False, subject="kept")
    where = ["--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url]
    first = system.ops("update-cognito-user-ids", *where, "--dry-run", json_output=True)
    assert len(first["updated"]) == 130
    assert system.sql("SELECT count(*) FROM public.users WHERE cognito_user_id = 'MOCK'") == "132"
    told = system.ops("update-cognito-user-ids", *where, json_output=True)
    assert (told["no_such_handle"], told["two_for_one_handle"]) == (["stranger"], ["twice"])
    assert len(told["no_preferred_username"]) == 1
    again = system.ops("update-cognito-user-ids", *where, json_output=True)
    assert (len(again["unchanged"]), again["updated"]) == (130, [])
    assert system.sql("SELECT count(DISTINCT cognito_user_id) FROM public.users WHERE handle LIKE 'user%'") == "130"
    assert system.sql("SELECT cognito_user_id FROM public.users WHERE handle = 'left'") == "kept"


def test_check_finds_what_the_seeds_function_leaves_behind(deployed):
    system = deployed
    system.add("londo", "Londo")
    system.add("ghost", "Ghost")
    put = lambda **item: system.dynamodb.put_item(TableName=system.table, Item={k: {"S": v} for k, v in item.items()})
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]
    bayko, andrew, londo = (system.uuid_of(handle) for handle in ("bayko", "andrewbrown", "londo"))

    def row(owner, other, sk, uuid, text="hi"):
        put(pk=f"GRP#{owner}", sk=sk, message_group_uuid=uuid, message=text, user_uuid=other,
            user_display_name="X", user_handle="x")

    def message(uuid, sk, sender, text="hi"):
        put(pk=f"MSG#{uuid}", sk=sk, message_uuid=sk, message=text, user_uuid=sender, user_display_name="X", user_handle="x")

    # A row left over from a move that was cut off.
    row(bayko, andrew, "2026-01-01T00:00:00+00:00", group["message_group_uuid"])
    # A group of one, whose other row was lost; naive time.
    row(londo, bayko, "2026-02-01T00:00:00", "lonely")
    message("lonely", "2026-02-02T00:00:00", londo, "newer")
    # Two groups for one pair; messages of no group; a row of nobody; something else.
    row(bayko, andrew, "2026-03-01T00:00:00+00:00", "second")
    row(andrew, bayko, "2026-03-01T00:00:00+00:00", "second")
    message("nowhere", "2026-03-01T00:00:00+00:00", bayko)
    row(londo, "00000000-0000-0000-0000-000000000000", "2026-03-02T00:00:00+00:00", "haunted")
    put(pk="OTHER", sk="1")
    found = system.ops("check", code=2, json_output=True)
    kinds = sorted(finding["kind"] for finding in found["findings"])
    assert kinds == ["doubled_group", "empty_group", "empty_group", "orphaned_messages", "stale_group", "two_groups",
                     "unknown_user", "unreadable_item", "wrong_members", "wrong_members"]
    # Nobody says yes: nothing is done.
    system.ops("check", "--repair", code=2, input="no\n" * 20)
    assert sorted(f["kind"] for f in system.ops("check", code=2, json_output=True)["findings"]) == kinds
    repaired = system.ops("check", "--repair", "--yes", code=2, json_output=True)
    assert sorted(f["kind"] for f in repaired["repaired"]) == ["doubled_group", "stale_group", "wrong_members"]
    left = sorted(f["kind"] for f in system.ops("check", code=2, json_output=True)["findings"])
    assert left == ["empty_group", "empty_group", "orphaned_messages", "two_groups", "unknown_user", "unreadable_item",
                    "wrong_members"]
    # The lost row is back, with the other's name, at the newest message.
    rows = {item["message_group_uuid"]: item for item in system.ops("list-conversations", "@bayko", json_output=True)["items"]}
    assert rows["lonely"]["user_handle"] == "londo" and rows["lonely"]["message"] == "newer"


FOREIGN = {
    "cognito_user_id": {"S": "a-sub"}, "Likes": {"N": "12345678901234567890.5"}, "Blob": {"B": b"\x00\xff"},
    "isPinned": {"BOOL": True}, "nothing": {"NULL": True}, "tags": {"SS": ["one", "two"]}, "numbers": {"NS": ["1", "2.5"]},
    "Nested": {"M": {"Deep": {"L": [{"N": "1"}, {"M": {"S": {"S": "x"}}}, {"NULL": True}]}}},
}


def test_what_another_server_keeps_in_a_groups_rows_is_there_after_they_have_moved(deployed, folder):
    system = deployed
    group = system.ops("list-conversations", "@bayko", json_output=True)["items"][0]["message_group_uuid"]

    def rows():
        items = system.dynamodb.scan(TableName=system.table)["Items"]
        return [item for item in items if item["pk"]["S"].startswith("GRP#")]

    def say(text, at):
        person = {name: rows()[0][name] for name in ("user_uuid", "user_display_name", "user_handle")}
        system.dynamodb.put_item(TableName=system.table, Item={
            "pk": {"S": f"MSG#{group}"}, "sk": {"S": at}, "message_uuid": {"S": at}, "message": {"S": text}, **person})

    def foreign():
        return [{name: {kind: sorted(value) if kind in ("SS", "NS") else value for kind, value in item[name].items()}
                 for name in FOREIGN} for item in rows()]

    for row in rows():
        system.dynamodb.put_item(TableName=system.table, Item={**row, **FOREIGN})
    worker, _ = system.start("stream", "--checkpoints", f"{folder}/stream.sqlite", until="following")
    say("moved by the stream", "2098-01-01T00:00:00.000000+00:00")
    eventually(lambda: {row["message"]["S"] for row in rows()} == {"moved by the stream"}, "the moved rows")
    worker.terminate()
    worker.wait(timeout=120)
    assert foreign() == [FOREIGN, FOREIGN]
    say("moved by a repair", "2098-01-02T00:00:00.000000+00:00")
    assert "12345678901234567890.5" in system.ops("check", "--repair", "--yes")
    assert {row["message"]["S"] for row in rows()} == {"moved by a repair"}
    assert foreign() == [FOREIGN, FOREIGN]
    # Left over from a move by somebody who did not know of them: they go to the row that stays.
    newest = rows()[0]
    bare = {name: value for name, value in newest.items() if name not in FOREIGN}
    system.dynamodb.put_item(TableName=system.table, Item={**bare, "sk": {"S": "2098-01-03T00:00:00.000000+00:00"}})
    system.ops("check", "--repair", "--yes")
    assert len(rows()) == 2 and foreign() == [FOREIGN, FOREIGN]
    # What another's row would have to hold, nobody can know: such a row is not made by itself.
    system.dynamodb.delete_item(TableName=system.table, Key={"pk": rows()[0]["pk"], "sk": rows()[0]["sk"]})
    left = system.ops("check", "--repair", "--yes", code=2, json_output=True)
    assert [finding["kind"] for finding in left["findings"]] == ["wrong_members"]
    assert "cognito_user_id" in left["findings"][0]["explanation"]
    assert json.loads(system.ops("scan").splitlines()[0])


def test_two_servers_on_one_table_tell_each_others_waiters(deployed):
    system = deployed
    _, one = system.serve()
    process, two = system.serve("--metrics-port", "0")
    andrew, bayko = (system.tokens(handle)["AccessToken"] for handle in ("andrewbrown", "bayko"))
    group = call(f"{one}/api/message_groups", andrew)[1][0]["uuid"]
    import urllib.request
    request = urllib.request.Request(f"{two}/api/messages/{group}", headers={"Authorization": f"Bearer {bayko}"})
    tag = urllib.request.urlopen(request).headers["ETag"]
    waiting = []
    import threading
    thread = threading.Thread(target=lambda: waiting.append(call(
        f"{two}/api/messages/{group}", bayko, headers={"If-None-Match": tag, "Prefer": "wait=50"})))
    thread.start()
    eventually(lambda: running(metrics_of(process)) == 1, "the held request")
    assert call(f"{one}/api/messages", andrew, {"message": "over there", "message_group_uuid": group})[0] == 200
    thread.join(timeout=120)
    assert waiting and waiting[0][1][-1]["message"] == "over there"


def test_concurrent_creates_on_two_servers_make_one_group(deployed):
    system = deployed
    system.add("londo", "Londo")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    servers = [system.serve()[1] for _ in range(2)]
    from concurrent.futures import ThreadPoolExecutor
    tokens = {handle: system.tokens(handle)["AccessToken"] for handle in ("bayko", "londo")}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(
            lambda number: call(f"{servers[number % 2]}/api/messages", tokens["bayko" if number % 3 else "londo"],
                                {"message": f"m{number}", "handle": "londo" if number % 3 else "bayko"}), range(8)))
    assert {status for status, _ in answers} == {200}
    groups = {body["message_group_uuid"] for _, body in answers}
    assert len(groups) == 1
    items = system.ops("get-conversation", groups.pop(), json_output=True)["items"]
    assert sorted(item["message"] for item in items) == [f"m{number}" for number in range(8)]


def test_browse_shows_a_users_conversations_and_lets_nobody_write(deployed, start, folder, monkeypatch):
    system = deployed
    monkeypatch.setenv("TMPDIR", folder)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "CONNECTION_URL"):
        monkeypatch.setenv(name, system.environment[name])
    browser = start(program=[OPS, "browse", "@bayko", "--texts", *system.where()], width=110)
    browser.wait(lambda t: "Andrew Brown" in t.transcript and "For reading only" in t.text, "the conversation")
    browser.type("hello\r")
    browser.wait_for("for reading only")
    assert "hello" not in browser.transcript
    browser.type("\x11")
    assert os.WEXITSTATUS(browser.wait_for_exit()) == 0


@pytest.mark.parametrize("number", [1, 9, 15])
def test_whatever_ends_browse_no_key_and_no_token_is_left(system, start, folder, monkeypatch, number):
    monkeypatch.setenv("TMPDIR", folder)
    where = ["--embedded", f"{folder}/table.sqlite"]
    system.ops("seed", where=where)
    before = set(os.listdir(folder))
    browser = start(program=[OPS, "browse", "@bayko", *where], width=110)
    browser.wait_for("For reading only")
    files = lambda: {name for name in set(os.listdir(folder)) - before if not name.endswith(("-wal", "-shm"))}
    assert files() == set()
    os.killpg(browser.pid, number) if number == 1 else browser.signal(number)
    browser.wait_for_exit()
    assert files() == set()


def test_browse_masks_texts_shows_the_past_and_is_noted(system, start, folder):
    where = ["--embedded", f"{folder}/table.sqlite"]
    system.ops("seed", where=where)
    group = system.ops("list-conversations", "@bayko", json_output=True, where=where)["items"][0]["message_group_uuid"]
    items = system.ops("get-conversation", group, "--limit", "300", json_output=True, where=where)["items"]
    audit = f"{folder}/audit.jsonl"
    browser = start(program=[OPS, "browse", "@bayko", "--audit", audit, *where], width=110)
    browser.wait_for("*****")
    assert items[-1]["message"][:20] not in browser.text
    browser.type("\x11")
    browser.wait_for_exit()
    # As it was when a half had been said.
    past = start(program=[OPS, "browse", "@bayko", "--texts", "--at", items[100]["sk"], "--audit", audit, *where], width=110)
    past.wait_for(items[100]["message"][:20])
    assert items[101]["message"][:20] not in past.text
    past.type("\x11")
    past.wait_for_exit()
    lines = [json.loads(line) for line in open(audit)]
    assert [(line["action"].split()[0], line["handle"]) for line in lines] == [("browse", "bayko")] * 2
    assert os.stat(audit).st_mode & 0o777 == 0o600
    # What cannot be noted is not done.
    system.ops("browse", "@bayko", "--audit", f"{folder}/no/such/folder", code=1, where=where)
    assert "without a record nothing is shown" in system.stderr


def test_an_embedded_table_needs_nothing_else(system, folder):
    where = ["--embedded", f"{folder}/table.sqlite"]
    system.ops("schema-load", where=where)
    assert "202 messages added" in system.ops("seed", where=where)
    assert "nothing to add" in system.ops("seed", where=where)
    assert system.ops("check", json_output=True, where=where)["findings"] == []
    assert len(system.ops("scan", where=where).splitlines()) == 205
    assert "andrewbrown" in system.ops("list-conversations", "@bayko", where=where)
    system.ops("list-tables", where=where, code=1)
    assert "for DynamoDB" in system.stderr


def test_what_cannot_be_reached_is_named_and_what_to_do_is_said(system):
    system.ops("scan", code=1, where=["--endpoint-url", "http://127.0.0.1:1"])
    assert "http://127.0.0.1:1: connection refused" in system.stderr
    system.ops("scan", code=1)
    assert "schema-load" in system.stderr
    system.ops("list-conversations", "@x", "--database-url", "postgresql://u:hidden@127.0.0.1:1/d", code=1)
    assert "PostgreSQL cannot be reached" in system.stderr and "hidden" not in system.stderr
    system.ops("scan", code=64, where=["--prod", "--embedded", "x"])
    system.ops("serve", code=64)
    assert "--user-pool-id is missing" in system.stderr
