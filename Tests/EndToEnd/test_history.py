"""What was said: shown, searched, exported and forgotten by the sub-commands, after a real
conversation."""

import json
import os
import signal
import sqlite3
import subprocess

import pytest

from harness import schema
from harness.programs import (
    EX_CANTCREAT, EX_DATAERR, EX_IOERR, EX_NOPERM, EX_NOUSER, EX_USAGE,
    assert_one_sentence, clean_environment, program, run)
from harness.schema import check
from harness.waiting import PATIENCE

HOSTILE = "x\x1b[31mred\x1b]0;owned\x07\u202egnp\u2028[12:00] carol: I agree\nnext line"


def p2pchat(user, command, *arguments, **options):
    return run("p2pchat", command, *user.tail(), *arguments, home=user.home, **options)


def objects(result):
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for line in lines:
        check(line)
    return lines


def export_line(line):
    """A line of an export, held against the schema."""
    found = json.loads(line)
    document = schema.load("events")
    kind = schema.jsonschema.validators.validator_for(document)
    kind({"$ref": "#/$defs/exported_message", "$defs": document["$defs"]}).validate(found)
    return found


@pytest.fixture
def talked(pair):
    """Alice and bob have talked, and bob has left; alice has a message for him that waits."""
    a, b = pair()
    b.send("alice", "meet me at the Harbour")
    b.send("alice", HOSTILE)
    a.wait_for_count(2, "message")
    a.send("bob", "which harbour?")
    a.wait_for("delivered")
    b.quit()
    a.wait_for("disconnected")
    a.send("bob", "are you there?")
    a.wait_for_count(2, "queued")
    return a, b


def test_history_reads_beside_a_running_chat_and_after_it(talked):
    a, b = talked
    for running in (True, False):
        result = p2pchat(a.user, "history", "bob")
        assert result.returncode == 0, result.stderr
        rows = result.stdout.splitlines()
        assert rows[0].startswith("-- ") and "bob: meet me at the Harbour" in rows[1]
        assert rows[-2].endswith("alice → bob: which harbour?  ✓")
        assert rows[-1].endswith("alice → bob: are you there?  (waiting)")
        # Nothing in a message passes for a line of somebody else's.
        assert not any(row.startswith("[12:00]") for row in rows)
        assert not set("\x1b\x07\u202e\u2028") & set(result.stdout)
        [event] = objects(p2pchat(a.user, "history", "bob", "--json"))
        assert [m["content"] for m in event["messages"]] == [
            "meet me at the Harbour", HOSTILE, "which harbour?", "are you there?"]
        assert [m["state"] for m in event["messages"]][2:] == ["delivered", "queued"]
        assert event["peer"]["fingerprint"] == b.user.fingerprint
        if running:
            a.quit()


def test_the_other_side_has_it_too(talked):
    a, b = talked
    result = p2pchat(b.user, "history", a.user.fingerprint[:23], "--limit", "1")
    assert result.stdout.splitlines()[-1].endswith("alice: which harbour?")


def test_search_finds_and_says_whether_it_did(talked):
    a, _ = talked
    result = p2pchat(a.user, "search", "harbour")
    assert result.returncode == 0 and not result.stderr
    assert [line.split("  ", 1)[1] for line in result.stdout.splitlines()] == [
        "alice → bob: which harbour?", "bob: meet me at the Harbour"]
    assert "\x1b" not in result.stdout
    *found, end = objects(p2pchat(a.user, "search", "HARBOUR", "--json", "--with", "bob"))
    assert [event["message"]["content"] for event in found] == [
        "which harbour?", "meet me at the Harbour"]
    assert (end["matches"], end["searched"]) == (2, 4)
    nothing = p2pchat(a.user, "search", "lighthouse")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert_one_sentence(nothing.stderr)
    hostile = p2pchat(a.user, "search", "owned")
    assert hostile.returncode == 0 and not set("\x1b\x07\u202e") & set(hostile.stdout)


def test_times_narrow_it_down(talked):
    a, _ = talked
    assert p2pchat(a.user, "history", "bob", "--since", "1h").stdout
    past = p2pchat(a.user, "history", "bob", "--until", "1h")
    assert past.returncode == 0 and not past.stdout
    assert_one_sentence(past.stderr)
    assert p2pchat(a.user, "search", "harbour", "--until", "2001-01-01").returncode == 1
    assert p2pchat(a.user, "export", "--since", "2099-01-01").stdout == ""


def test_export_is_exact_in_json_lines_and_safe_in_text(talked):
    a, b = talked
    lines = [export_line(line) for line in
             p2pchat(a.user, "export").stdout.splitlines()]
    assert [line["content"] for line in lines] == [
        "meet me at the Harbour", HOSTILE, "which harbour?", "are you there?"]
    assert {line["peer"]["fingerprint"] for line in lines} == {b.user.fingerprint}
    text = p2pchat(a.user, "export", "bob", "--format", "text").stdout
    assert "which harbour?  ✓" in text and not set("\x1b\x07\u202e\u2028") & set(text)


def test_an_exported_file_is_private_and_whole(talked, folder):
    a, _ = talked
    path = folder / "out.jsonl"
    result = p2pchat(a.user, "export", "--output", path)
    assert result.returncode == 0, result.stderr
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().splitlines()) == 4
    again = p2pchat(a.user, "export", "--output", path)
    assert again.returncode == EX_CANTCREAT
    assert_one_sentence(again.stderr)
    [event] = objects(p2pchat(a.user, "export", "bob", "-o", path, "--force", "--json"))
    assert (event["event"], event["messages"]) == ("exported", 4)
    assert sorted(p.name for p in folder.iterdir()) == ["home-alice", "home-bob", "out.jsonl"]


def test_a_full_disk_and_a_reader_that_leaves_are_said(talked):
    a, _ = talked
    command = [program("p2pchat"), "export", *a.user.tail()]
    environment = clean_environment(a.user.home)
    with open("/dev/full", "wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True,
                                timeout=PATIENCE, env=environment)
    assert result.returncode == EX_IOERR
    assert "full" in assert_one_sentence(result.stderr)
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True,
                            timeout=PATIENCE, env=environment)
    os.close(writer)
    assert result.returncode == EX_IOERR
    assert "Nobody reads" in assert_one_sentence(result.stderr)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_although_nobody_takes_what_it_writes(pair, number):
    a, b = pair()
    for count in range(20):
        b.send("alice", f"{count} " + "x" * 16_000)
    a.wait_for_count(20, "message")
    process = subprocess.Popen(
        [program("p2pchat"), "export", *a.user.tail()], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=clean_environment(a.user.home))
    # It has begun; the rest does not fit into the pipe.
    assert process.stdout.read(1_000)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 128 + number
    process.stdout.close()
    process.stderr.close()


def test_damaged_messages_say_that_they_are(talked):
    a, _ = talked
    a.quit()
    with sqlite3.connect(a.user.folder / "p2pchat.sqlite") as database:
        database.execute("UPDATE message SET sealed = zeroblob(length(sealed)) WHERE position = 1")
    result = p2pchat(a.user, "history", "bob")
    assert result.returncode == 0
    assert "* bob: this message is damaged and can't be read" in result.stdout
    [event] = objects(p2pchat(a.user, "history", "bob", "--json"))
    assert event["messages"][0]["content"] is None
    search = p2pchat(a.user, "search", "harbour")
    assert search.returncode == 0 and "1 message could not be searched" in search.stderr


def test_forget(talked):
    a, b = talked
    a.quit()
    [event] = objects(p2pchat(a.user, "history", "bob", "--json"))
    first = event["messages"][0]["id"]
    unasked = p2pchat(a.user, "forget", "bob")
    assert unasked.returncode == EX_USAGE and "--yes" in assert_one_sentence(unasked.stderr)
    [gone] = objects(p2pchat(a.user, "forget", "--message", first, "bob", "--yes", "--json"))
    assert (gone["event"], gone["messages"]) == ("forgotten", 1)
    again = p2pchat(a.user, "forget", "--message", first, "bob", "--yes")
    assert again.returncode == EX_NOUSER
    assert_one_sentence(again.stderr)
    rest = p2pchat(a.user, "forget", "bob", "--yes")
    assert rest.stdout == "Forgotten: 3 messages with bob.\n"
    contact = p2pchat(a.user, "forget", "--contact", "bob", "--yes")
    assert contact.returncode == 0 and b.user.fingerprint in contact.stdout
    [event] = objects(p2pchat(a.user, "contacts", "--json"))
    assert event["contacts"] == []


def test_a_running_chat_forgets_when_it_is_asked_to(talked):
    a, b = talked
    [event] = objects(p2pchat(a.user, "history", "bob", "--json"))
    first = event["messages"][0]["id"]
    gone = p2pchat(a.user, "forget", "--message", first, "bob", "--yes")
    assert gone.stdout == "Forgotten: 1 message with bob.\n", gone.stderr
    [kept] = objects(p2pchat(a.user, "retention", "bob", "90d", "--json"))
    assert kept["seconds"] == 90 * 86_400
    assert a.ask("retention", **{"with": "bob"})["seconds"] == 90 * 86_400
    [rest] = objects(p2pchat(a.user, "forget", "--contact", "bob", "--yes", "--json"))
    assert (rest["messages"], rest["contact"]) == (3, True)
    assert a.ask("contacts")["contacts"] == []
    assert a.ask("history", **{"with": b.user.fingerprint})["messages"] == []


def test_who_was_removed_is_found_by_fingerprint(talked):
    a, b = talked
    a.quit()
    assert p2pchat(a.user, "trust", "--remove", "bob").returncode == 0
    assert p2pchat(a.user, "history", "bob").returncode == EX_NOUSER
    for name in (b.user.fingerprint, b.user.fingerprint.replace(":", "")[:8].lower()):
        result = p2pchat(a.user, "history", name)
        assert result.returncode == 0 and "which harbour?" in result.stdout


def test_retention(talked):
    a, _ = talked
    assert "for ever" in p2pchat(a.user, "retention", "bob").stdout
    a.quit()
    [event] = objects(p2pchat(a.user, "retention", "bob", "90d", "--json"))
    assert (event["seconds"], event["removed"]) == (90 * 86_400, 0)
    assert "for 90 days" in p2pchat(a.user, "retention", "bob").stdout


def test_a_passphrase_protects_it(folder, user, peer):
    secret, wrong = folder / "secret", folder / "wrong"
    for path in (secret, wrong):
        path.touch(mode=0o600)
        path.write_text(path.name + " passphrase\n")
    alice = user("alice", passphrase_file=secret)
    # There is nothing to open yet: nobody is asked.
    assert p2pchat(alice, "search", "x").returncode == 1
    a = peer(alice, "--passphrase-file", secret)
    a.quit()
    for command in (["search", "x"], ["export"], ["history", "bob"]):
        result = p2pchat(alice, *command, "--passphrase-file", wrong)
        assert result.returncode == EX_DATAERR and not result.stdout
        assert_one_sentence(result.stderr)
    assert p2pchat(alice, "export", "--passphrase-file", secret).returncode == 0


@pytest.mark.parametrize("arguments,status", [
    (["history", "nobody"], EX_NOUSER), (["history"], EX_USAGE),
    (["history", "bob", "--since", "yesterday"], EX_USAGE),
    (["history", "bob", "--limit", "0"], EX_USAGE),
    (["search", "x", "--with", "nobody"], EX_NOUSER), (["search"], EX_USAGE),
    (["export", "nobody"], EX_NOUSER), (["export", "--format", "xml"], EX_USAGE),
    (["export", "--json", "--format", "text"], EX_USAGE),
    (["forget", "nobody", "--yes"], EX_NOUSER), (["forget", "--message", "7", "bob"], EX_USAGE),
    (["retention", "bob", "soon"], EX_USAGE), (["retention", "nobody", "1d"], EX_NOUSER),
    (["--insecure", "history", "bob"], EX_USAGE)])
def test_errors_are_one_sentence(user, arguments, status):
    alice = user("alice")
    result = run("p2pchat", *arguments[:1], *alice.tail(), *arguments[1:], home=alice.home) \
        if arguments[0] != "--insecure" else \
        run("p2pchat", *arguments, *alice.tail(), home=alice.home)
    assert result.returncode == status, result.stderr
    assert not result.stdout
    assert len(result.stderr.splitlines()) == 1


def test_a_home_without_messages_says_so(user):
    alice, bob = user("alice"), user("bob")
    assert p2pchat(alice, "trust", bob.certificate).returncode == 0
    result = p2pchat(alice, "history", "bob")
    assert (result.returncode, result.stdout) == (0, "")
    assert_one_sentence(result.stderr)
    assert p2pchat(alice, "export").stdout == ""
    assert "for ever" in p2pchat(alice, "retention", "bob").stdout


def test_a_copy_with_another_key_is_refused(talked, user):
    a, _ = talked
    a.quit()
    other = user("carol")
    (other.folder / "p2pchat.sqlite").write_bytes(
        (a.user.folder / "p2pchat.sqlite").read_bytes())
    result = p2pchat(other, "history", "bob")
    assert result.returncode == EX_NOPERM
    assert_one_sentence(result.stderr)
