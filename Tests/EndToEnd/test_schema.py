"""The JSON Schema of the --json interface and the program say the same.

Every event of every other test is held against the schema as it is read (harness/peer.py); here
the schema itself is looked at.
"""

import json

import pytest

from harness import schema

EVENTS = {"listening", "connected", "disconnected", "message", "queued", "sent", "delivered",
          "read", "presence", "request", "refused", "error", "contacts"}
COMMANDS = {"send", "connect", "trust", "accept", "reject", "contacts", "history", "presence",
            "quit"}
FINGERPRINT = ":".join(["AB"] * 32)
PEER = {"name": "bob", "fingerprint": FINGERPRINT, "trust": "trusted"}


def described(name, key):
    """The names that a schema's alternatives stand for."""
    definitions = schema.load(name)["$defs"].values()
    return {definition["properties"][key]["const"] for definition in definitions
            if key in definition.get("properties", {})}


@pytest.mark.parametrize("name", ["events", "commands"])
def test_it_is_a_schema(name):
    schema.validator(name)
    assert schema.load(name)["$schema"].startswith("https://json-schema.org/")


def test_it_has_every_event_and_command():
    assert EVENTS <= described("events", "event")
    assert COMMANDS <= described("commands", "command")


@pytest.mark.parametrize("wrong", [
    {}, [], "listening", {"event": "no-such-event", "time": 1},
    {"event": "message", "time": 1},
    {"event": "presence", "time": 1, "peer": PEER, "state": "dancing"},
    {"event": "presence", "time": 1, "peer": dict(PEER, fingerprint="AB:CD"), "state": "online"},
    {"event": "presence", "time": 1, "peer": dict(PEER, trust="somewhat"), "state": "online"},
    {"event": "presence", "time": "noon", "peer": PEER, "state": "online"},
    {"event": "presence", "peer": PEER, "state": "online"},
    {"event": "error", "time": 1, "code": "unknown-contact"},
], ids=lambda wrong: json.dumps(wrong)[:60])
def test_it_refuses_what_is_wrong(wrong):
    with pytest.raises(AssertionError):
        schema.check(wrong)


def test_it_takes_what_is_right():
    schema.check({"event": "presence", "time": 1764000000.25, "peer": PEER, "state": "online"})


@pytest.mark.parametrize("wrong", [
    {}, {"command": "dance"}, {"command": "send"}, {"command": "send", "to": "bob"},
    {"command": "send", "to": 7, "content": "x"}, {"command": "presence", "state": "dancing"},
    {"command": "connect"}, {"command": "accept"}], ids=json.dumps)
def test_wrong_commands_are_wrong_to_the_schema_and_to_the_program(user, peer, wrong):
    with pytest.raises(AssertionError):
        schema.check(wrong, "commands")
    a = peer(user("alice"))
    a.write(json.dumps(wrong) + "\n")
    assert a.wait_for("error")["code"] == "bad-command"


def test_every_code_and_reason_of_the_program_is_in_it():
    """The two lists that a client switches on are the program's own, no more and no less."""
    text = json.dumps(schema.load("events"))
    core = schema.REPOSITORY / "Sources" / "ChatCore"
    for file, kind in (("NodeFailure.swift", "enum Code"), ("NodeEvent.swift", "enum Reason")):
        source = (core / file).read_text().split(kind, 1)[1]
        names = [line.split("case ", 1)[1] for line in source.splitlines()
                 if line.strip().startswith("case ") and ":" not in line]
        assert names
        for name in names:
            value = name.split("=")[1].strip().strip('"') if "=" in name else name.strip()
            assert f'"{value}"' in text, f"{value} of {file}"
