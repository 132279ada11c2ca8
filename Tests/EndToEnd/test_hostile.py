"""Peers that are pinned and mean harm: each finds its bound, and nobody else notices."""

import json
import ssl
import uuid

import pytest

from harness import native
from harness.native import greet
from harness.programs import forget_peak, memory

MIB = 1 << 20
# What a hostile peer may cost, in memory that it takes while it tries.
ALLOWANCE = 24 * MIB


@pytest.fixture
def alice(user, peer):
    """Alice, in conversation with carol, who must not notice anything of mallory."""
    carol, mallory = user("carol"), user("mallory")
    a = peer(user("alice"), trust=[carol, mallory])
    c = peer(carol, trust=[a.user], connect=a.at)
    a.wait_for("connected", peer="carol")
    a.mallory = mallory

    def unharmed():
        c.send("alice", "still there?", ref="c")
        a.send("carol", "yes", ref="a")
        c.wait_for("delivered", ref="c")
        a.wait_for("delivered", ref="a")
        assert not a.seen("disconnected", peer="carol")
        assert not c.seen("disconnected")
    a.unharmed = unharmed
    return a


@pytest.fixture
def mallory(alice, dial):
    session = dial(alice.address, alice.mallory)
    greet(session, "mallory")
    alice.wait_for("connected", peer="mallory")
    return session


def message(content="hello", **more):
    return {"type": "message", "id": str(uuid.uuid4()), "sender": "mallory", "content": content,
            "timestamp": 1.5, **more}


def send_all(session, data):
    """Sends what it can: the other side may hang up while we do."""
    try:
        for start in range(0, len(data), 65536):
            session.send_bytes(data[start:start + 65536])
    except OSError:
        pass


def error_frame(session):
    """The error frame before the end; None where the end came as a reset that ate it."""
    frames = []
    try:
        while (frame := session.read_frame()) is not None:
            frames.append(frame)
    except (native.Truncated, ssl.SSLError):
        pass
    errors = [frame for frame in frames if frame["type"] == "error"]
    assert len(errors) <= 1, errors
    return errors[0] if errors else None


DEEP = b'{"type":"x","a":' + b"[" * 60000 + b"]" * 60000 + b"}"

BAD_LINES = {
    "invalid-utf8": (b'{"type":"message","content":"\xff\xfe"}', "not-utf8"),
    "overlong-utf8": (b'{"type":"message","content":"\xc0\xaf"}', "not-utf8"),
    "surrogate-utf8": (b'{"type":"message","content":"\xed\xa0\x80"}', "not-utf8"),
    "utf16": (json.dumps(message()).encode("utf-16-le"), "nul"),
    "utf16-bom": (json.dumps(message()).encode("utf-16"), ("not-utf8", "bom", "nul")),
    "bom": (b"\xef\xbb\xbf" + json.dumps(message()).encode(), "bom"),
    "nul": (b'{"type":"message"\x00}', "nul"),
    "deep": (DEEP, "too-deep"),
    "deep-objects": (b'{"a":' * 20000 + b"1" + b"}" * 20000, "too-deep"),
    "duplicate-keys": (b'{"type":"message","content":"a","content":"b"}', "duplicate-key"),
    "duplicate-escaped": (b'{"type":"message","content":"a","\\u0063ontent":"b"}',
                          "duplicate-key"),
    "array": (b"[1,2,3]", "not-an-object"),
    "string": (b'"hello"', "not-an-object"),
    "null": (b"null", "not-an-object"),
    "nonsense": (b"hello", "bad-json"),
    "two-on-a-line": (b"{}{}", "bad-json"),
    "unfinished": (b'{"type":"message"', "bad-json"),
    "no-content": (b'{"type":"message","id":"%s"}' % str(uuid.uuid4()).encode(), "bad-frame"),
    "content-no-text": (json.dumps(message(content=7)).encode(), "bad-frame"),
    "bad-id": (json.dumps(message(id="../../etc/passwd")).encode(), "bad-frame"),
    "lone-surrogate": (b'{"type":"message","id":"%s","sender":"m","content":"\\ud800",'
                       b'"timestamp":1}' % str(uuid.uuid4()).encode(), ("bad-json", "bad-frame")),
    "long-content": (json.dumps(message("x" * 16385)).encode(), "content-too-long"),
    "long-line": (json.dumps({"type": "x", "a": "y" * 140000}).encode(), "line-too-long"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_answered_with_an_error_and_the_end(alice, mallory, name):
    line, codes = BAD_LINES[name]
    send_all(mallory, line + b"\n")
    frame = error_frame(mallory)
    assert frame is not None, "no error frame"
    assert frame["code"] in ([codes] if isinstance(codes, str) else codes), frame
    assert isinstance(frame["reason"], str) and frame["reason"]
    alice.wait_for("disconnected", peer="mallory")
    assert not alice.seen("message", peer="mallory")
    alice.unharmed()


def test_sixteen_mebibytes_without_a_line_feed(alice, mallory):
    forget_peak(alice.pid)
    before, _ = memory(alice.pid)
    send_all(mallory, b"x" * (16 * MIB))
    frame = error_frame(mallory)
    assert frame is None or frame["code"] == "line-too-long"
    alice.wait_for("disconnected", peer="mallory")
    alice.unharmed()
    assert memory(alice.pid)[1] - before < ALLOWANCE


def test_the_hello_has_its_own_limit(alice, dial):
    session = dial(alice.address, alice.mallory)
    session.expect("hello")
    session.hello("mallory", padding="x" * 9000)
    frame = error_frame(session)
    assert frame is None or frame["code"] == "line-too-long"
    alice.wait_for("refused", reason="bad-hello")
    assert not alice.seen("connected", peer="mallory")
    alice.unharmed()


@pytest.mark.parametrize("version", [0, 2, 999999, -1, "1", None, 1.5])
def test_a_version_that_we_do_not_speak(alice, dial, version):
    session = dial(alice.address, alice.mallory)
    session.expect("hello")
    session.send({"type": "hello", "version": version, "username": "mallory", "port": 0,
                  "features": []})
    frame = error_frame(session)
    assert frame and frame["code"] in ("unsupported-version", "bad-frame"), frame
    alice.wait_for("refused", reason="bad-hello")
    alice.unharmed()


def test_a_wrong_sender_is_still_mallory(alice, mallory):
    mallory.message("I am carol", sender="carol")
    event = alice.wait_for("message", content="I am carol")
    assert event["peer"]["name"] == "mallory"
    assert event["peer"]["fingerprint"] == alice.mallory.fingerprint
    alice.unharmed()


def test_a_wrong_username_is_still_mallory(alice, dial):
    session = dial(alice.address, alice.mallory)
    greet(session, "carol")
    event = alice.wait_for("connected", peer=alice.mallory.fingerprint)
    assert event["peer"]["name"] == "mallory"
    session.send({"type": "user_presence", "action": "offline", "username": "carol"})
    session.send({"type": "presence_list", "users": {"carol": {"ip": "203.0.113.1", "port": 1}}})
    session.message("done")
    alice.wait_for("message", content="done")
    assert not alice.seen("presence", peer="carol", state="offline")
    contacts = {c["name"]: c for c in alice.ask("contacts")["contacts"]}
    assert "203.0.113.1" not in json.dumps(contacts["carol"])
    alice.unharmed()


def test_receipts_for_what_was_never_sent(alice, mallory):
    for _ in range(100):
        mallory.send({"type": "receipt", "id": str(uuid.uuid4()), "state": "delivered"})
    alice.send("carol", "for carol", ref="carols")
    identifier = alice.wait_for("queued", ref="carols")["id"]
    # Nor for what was sent to somebody else.
    mallory.send({"type": "receipt", "id": identifier, "state": "read"})
    mallory.message("done")
    alice.wait_for("message", content="done")
    alice.unharmed()
    assert not alice.seen("read")
    assert not alice.seen("delivered", peer="mallory")


def test_another_contacts_id_does_not_hide_their_message(alice, mallory, user, dial):
    """Ids are a contact's own: mallory can't use up an id of somebody else's."""
    identifier = str(uuid.uuid4())
    mallory.message("first", identifier=identifier)
    alice.wait_for("message", content="first")
    dave = user("dave")
    alice.command("trust", fingerprint=dave.fingerprint, name="dave")
    alice.fence()
    session = dial(alice.address, dave)
    greet(session, "dave")
    session.message("second", identifier=identifier)
    assert alice.wait_for("message", content="second")["peer"]["name"] == "dave"


@pytest.mark.slow
def test_a_peer_that_never_reads_is_cut_and_costs_little(alice, mallory):
    forget_peak(alice.pid)
    before, _ = memory(alice.pid)
    # More than any socket buffer holds, to somebody who does not take it.
    content = "x" * 16000
    for number in range(1500):
        alice.send("mallory", content, ref=number)
    alice.unharmed()
    alice.fence()
    assert memory(alice.pid)[1] - before < 64 * MIB
    assert not alice.seen("delivered", peer="mallory")
    accepted = alice.seen("queued", peer="mallory")
    full = alice.seen("error", code="queue-full")
    assert len(accepted) + len(full) == 1500


def test_a_flood_of_small_frames(alice, mallory):
    forget_peak(alice.pid)
    before, _ = memory(alice.pid)
    line = b'{"type":"typing","active":true}\n{"type":"unknown"}\n{"type":"pong"}\n'
    send_all(mallory, line * 20000)
    mallory.message("after the flood")
    alice.wait_for("message", content="after the flood")
    alice.unharmed()
    assert memory(alice.pid)[1] - before < ALLOWANCE


def test_a_flood_of_pings_that_nobody_reads_the_answers_to(alice, mallory):
    forget_peak(alice.pid)
    before, _ = memory(alice.pid)
    mallory.tls.settimeout(3)
    try:
        for _ in range(400):
            mallory.tls.sendall(b'{"type":"ping"}\n' * 1000)
    except OSError:
        # It stopped reading us, or cut us: either is a bound.
        pass
    alice.unharmed()
    assert memory(alice.pid)[1] - before < ALLOWANCE


def test_key_updates_are_taken_and_answered(alice, s_client):
    """s_client's own commands: K asks for new keys on both sides (RFC 8446, section 4.6.3)."""
    client = s_client(alice.address, alice.mallory, commands=True)
    client.expect(type="hello")
    client.send({"type": "hello", "version": 1, "username": "mallory", "port": 0, "features": []})
    alice.wait_for("connected", peer="mallory")
    for number in range(20):
        client.write("K\n")
        client.wait_for_chatter("KEYUPDATE", count=number + 1)
        client.send(message(f"after update {number}"))
        alice.wait_for("message", content=f"after update {number}")
    alice.send("mallory", "with new keys")
    client.expect(type="message", content="with new keys")
    alice.unharmed()
