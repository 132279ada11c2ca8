"""A conversation with Python's ssl, and what the protocol promises frame by frame."""

import json
import time
import uuid

import pytest

from harness import native
from harness.native import greet


@pytest.fixture
def session(user, peer, dial):
    """Alice, and bob by Python's ssl, who have exchanged hellos."""
    bob = user("bob")
    a = peer(user("alice"), trust=[bob])
    connection = dial(a.address, bob)
    assert connection.peer_fingerprint == a.user.fingerprint
    assert connection.tls.version() == "TLSv1.3"
    assert connection.tls.selected_alpn_protocol() == "p2pchat/1"
    greet(connection, "bob")
    a.wait_for("connected", peer="bob")
    return a, connection


def test_a_hundred_messages_each_way(session):
    a, bob = session
    sent = [bob.message(f"to alice {number}") for number in range(100)]
    for number in range(100):
        a.send("bob", f"to bob {number}", ref=number)
    arrived = a.wait_for_count(100, "message")
    assert [event["id"] for event in arrived] == sent
    receipts, messages = [], []
    while len(receipts) < 100 or len(messages) < 100:
        frame = bob.read_frame()
        if frame["type"] == "receipt":
            assert frame["state"] == "delivered"
            receipts.append(frame["id"])
        elif frame["type"] == "message":
            messages.append(frame["content"])
            bob.send({"type": "receipt", "id": frame["id"], "state": "delivered"})
    assert sorted(receipts) == sorted(sent)
    assert messages == [f"to bob {number}" for number in range(100)]
    a.wait_for_count(100, "delivered")


def test_we_are_dialled_by_the_program(user, peer, listener):
    alice, bob = user("alice"), user("bob")
    server = listener(native.server_context(bob, trusted=[alice]))
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    connection = server.accept()
    assert connection.peer_fingerprint == alice.fingerprint
    assert connection.tls.selected_alpn_protocol() == "p2pchat/1"
    hello = greet(connection, "bob")
    assert hello["username"] == "alice"
    assert hello["port"] == a.port
    a.wait_for("connected", peer="bob")


def test_the_message_frame(session):
    a, bob = session
    a.send("bob", "grüß dich")
    frame = bob.expect("message")
    assert uuid.UUID(frame["id"]) and frame["id"] == frame["id"].lower()
    assert frame["sender"] == "alice"
    assert frame["content"] == "grüß dich"
    assert abs(frame["timestamp"] - time.time()) < 3600


def test_not_connected_before_the_hello(user, peer, dial):
    bob = user("bob")
    a = peer(user("alice"), trust=[bob])
    connection = dial(a.address, bob)
    connection.expect("hello")
    a.fence()
    assert not a.seen("connected")
    connection.hello("bob")
    a.wait_for("connected", peer="bob")


def test_a_message_before_the_hello_is_no_hello(user, peer, dial):
    bob = user("bob")
    a = peer(user("alice"), trust=[bob])
    connection = dial(a.address, bob)
    connection.message("too early")
    a.wait_for("refused", reason="bad-hello")
    a.fence()
    assert not a.seen("message")


def test_what_is_not_known_is_passed_over(session):
    a, bob = session
    bob.send({"type": "something-new", "content": "not a message"})
    identifier = bob.message("known")
    bob.send({"type": "message", "id": str(uuid.uuid4()), "sender": "bob", "content": "with more",
              "timestamp": 1, "color": "blue", "nested": {"a": [1]}})
    assert [e["content"] for e in a.wait_for_count(2, "message")] == ["known", "with more"]
    bob.expect("receipt", id=identifier)


def test_the_same_id_twice_is_shown_once_and_acknowledged_twice(session):
    a, bob = session
    identifier = str(uuid.uuid4())
    for _ in range(2):
        bob.message("once", identifier=identifier)
        assert bob.expect("receipt", id=identifier)["state"] == "delivered"
    a.wait_for("message")
    a.fence()
    assert len(a.seen("message")) == 1


def test_frames_may_come_in_any_pieces(session):
    a, bob = session
    frames = [{"type": "message", "id": str(uuid.uuid4()), "sender": "bob",
               "content": f"näher {number}", "timestamp": 1.5} for number in range(3)]
    data = b"".join(json.dumps(frame, ensure_ascii=False).encode() + b"\n" for frame in frames)
    # A record for every byte, within characters and within escapes; then all in one record.
    for position in range(len(data)):
        bob.send_bytes(data[position:position + 1])
    assert [e["content"] for e in a.wait_for_count(3, "message")] == [
        f"näher {number}" for number in range(3)]
    again = [dict(frame, id=str(uuid.uuid4())) for frame in frames]
    bob.send_bytes(b"".join(json.dumps(frame).encode() + b"\n" for frame in again))
    a.wait_for_count(6, "message")


def test_ping_is_answered(session):
    _, bob = session
    bob.send({"type": "ping"})
    bob.expect("pong")


def test_a_line_cut_off_by_a_lost_connection_is_dropped(session):
    a, bob = session
    whole = bob.message("whole")
    bob.expect("receipt", id=whole)
    bob.send_bytes(b'{"type":"message","id":"%s","sender":"bob","content":"part","timestamp":1}'
                   % str(uuid.uuid4()).encode())
    bob.cut()
    # What comes from one peer is told in order: after this no message can come.
    a.wait_for("disconnected", peer="bob")
    assert [event["content"] for event in a.seen("message")] == ["whole"]


def test_the_longest_message_goes_through_both_ways(session):
    a, bob = session
    # Each of these becomes six bytes on the line: the longest content, every byte escaped.
    longest = "\u0001" * 16384
    bob.message(longest)
    assert a.wait_for("message")["content"] == longest
    a.send("bob", longest)
    assert bob.expect("message")["content"] == longest


def test_close_notify_is_answered(session):
    a, bob = session
    bob.send({"type": "bye"})
    bob.expect_end()
    a.wait_for("disconnected", peer="bob")


def test_a_far_off_timestamp_is_kept(session):
    a, bob = session
    bob.message("from the future", timestamp=4102444800.5)
    assert a.wait_for("message")["timestamp"] == 4102444800.5
