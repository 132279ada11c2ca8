"""The JSON Schema of the --json interface and the program say the same.

Every event of every other test is held against the schema as it is read (harness/peer.py); here
the schema itself is looked at.
"""

import json

import pytest

from harness import schema

EVENTS = ("listening", "connected", "disconnected", "message", "queued", "sent", "delivered",
          "read", "presence", "request", "refused", "error", "contacts")
FINGERPRINT = ":".join(["AB"] * 32)
PEER = {"name": "bob", "fingerprint": FINGERPRINT, "trust": "trusted"}


def test_it_is_a_schema():
    schema.validator()
    assert schema.load()["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_in_it(name):
    assert f'"{name}"' in json.dumps(schema.load())


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


def test_every_code_and_reason_of_the_program_is_in_it():
    """The two lists that a client switches on are the program's own, no more and no less."""
    text = json.dumps(schema.load())
    core = schema.REPOSITORY / "Sources" / "ChatCore"
    for file, kind in (("NodeFailure.swift", "enum Code"), ("NodeEvent.swift", "enum Reason")):
        source = (core / file).read_text().split(kind, 1)[1]
        names = [line.split("case ", 1)[1] for line in source.splitlines()
                 if line.strip().startswith("case ") and ":" not in line]
        assert names
        for name in names:
            value = name.split("=")[1].strip().strip('"') if "=" in name else name.strip()
            assert f'"{value}"' in text, f"{value} of {file}"
