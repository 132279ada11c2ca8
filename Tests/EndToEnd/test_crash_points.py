"""Crashes at the worst moments: between storing and saying so, on either side."""

import ssl

import pytest

from harness import crash, native
from harness.crash import CrashPeer
from harness.native import greet
from harness.programs import run
from harness.waiting import Deadline

BEFORE_AND_AFTER = ["before", "after"]


@pytest.fixture
def friends(user):
    """Alice and bob, each other's contacts; nothing runs."""
    alice, bob = user("alice"), user("bob")
    befriend(alice, bob)
    befriend(bob, alice)
    return alice, bob


def befriend(user, other):
    result = run("p2pchat", "trust", other.certificate, *user.tail(), home=user.home)
    assert result.returncode == 0, result.stderr


@pytest.fixture
def crash_peer(ending):
    def start(user, moment):
        process = CrashPeer(user, moment)
        ending.callback(process.dispose)
        return process.started()
    return start


def contents(user, direction):
    return [message["content"] for message in crash.dump(user)
            if message["direction"] == direction]


def states(user):
    return [message["state"] for message in crash.dump(user)
            if message["direction"] == "outgoing"]


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("side", BEFORE_AND_AFTER)
def test_a_receiver_dies_as_it_stores(friends, peer, crash_peer, side, number):
    """Before: it has the message in memory alone. After: it has stored it, and not said so."""
    alice, bob = friends
    texts = [f"text {index}" for index in range(6)]
    b = crash_peer(bob, f"{side}:incoming:{number}")
    a = peer(alice, connect=f"bob@{b.address}")
    a.wait_for("connected", peer="bob")
    for text in texts:
        a.send("bob", text, ref=text)
    a.wait_for_count(len(texts), "queued")
    b.wait_for_kill()
    a.wait_for("disconnected", peer="bob")
    told = {event["ref"] for event in a.seen("delivered")}
    kept = contents(bob, "incoming")
    assert told <= set(kept)
    assert (texts[number - 1] in kept) == (side == "after")
    # What was in that commit has had no receipt.
    assert texts[number - 1] not in told

    again = peer(bob, connect=a.at)
    a.wait_for_count(len(texts), "delivered")
    shown = again.wait_for_count(len(texts) - len(kept), "message")
    assert contents(bob, "incoming") == texts
    assert [event["content"] for event in shown] == texts[len(kept):]
    again.quit()
    assert len(again.seen("message")) == len(shown)
    assert {event["content"] for event in b.seen("message")} <= set(kept)
    a.quit()
    assert states(alice) == ["delivered"] * len(texts)


@pytest.mark.parametrize("number", [1, 4])
@pytest.mark.parametrize("side", BEFORE_AND_AFTER)
def test_a_sender_dies_as_it_records_a_receipt(friends, peer, crash_peer, side, number):
    """The message was on the wire, and is on the other side's disk."""
    alice, bob = friends
    texts = [f"text {index}" for index in range(6)]
    b = peer(bob)
    a = crash_peer(alice, f"{side}:delivered:{number}")
    for text in texts:
        a.send("bob", text, ref=text)
    a.wait_for_count(len(texts), "queued")
    a.command("connect", address=b.address, to="bob")
    a.wait_for_kill()
    # It may have been told: it is true.
    assert (states(alice)[number - 1] == "delivered") == (side == "after")

    again = peer(alice, connect=b.at)
    last = "last words"
    again.send("bob", last, ref=last)
    again.wait_for("delivered", ref=last)
    shown = b.wait_for_count(len(texts) + 1, "message")
    assert [event["content"] for event in shown] == [*texts, last]
    assert contents(bob, "incoming") == [*texts, last]
    again.quit()
    assert states(alice) == ["delivered"] * (len(texts) + 1)


@pytest.mark.parametrize("side", BEFORE_AND_AFTER)
def test_a_sender_dies_as_it_accepts(friends, peer, crash_peer, side):
    """`queued` was not said: the message may be kept or not, but goes out once at most."""
    alice, bob = friends
    b = peer(bob)
    a = crash_peer(alice, f"{side}:outgoing:3")
    for number in range(3):
        a.send("bob", f"text {number}", ref=number)
        if number < 2:
            a.wait_for("queued", ref=number)
    a.wait_for_kill()
    assert not a.seen("queued", ref=2)
    kept = contents(alice, "outgoing")
    assert kept == [f"text {number}" for number in range(3 if side == "after" else 2)]

    again = peer(alice, connect=b.at)
    again.send("bob", "last words", ref="last")
    again.wait_for("delivered", ref="last")
    assert contents(bob, "incoming") == [*kept, "last words"]


def test_a_sender_dies_once_the_message_is_on_the_wire(friends, peer, dial, credential):
    """Whoever reads it sees it again, with its id, from the sender's next life."""
    alice, bob = friends
    a = peer(alice)
    with native.dial(a.address, bob) as session:
        greet(session, "bob")
        a.send("bob", "are you there?")
        first = session.expect("message")
        a.kill()
    again = peer(alice)
    session = dial(again.address, bob)
    greet(session, "bob")
    second = session.expect("message")
    assert second == first
    session.send({"type": "receipt", "id": second["id"], "state": "delivered"})
    again.wait_for("delivered", id=first["id"])


@pytest.mark.parametrize("side", BEFORE_AND_AFTER)
def test_a_sender_to_the_seed_dialect_dies_as_it_records_that_it_sends(
        friends, peer, crash_peer, listener, side):
    """Such a peer can't tell a second copy from a new message: it must never get one by itself."""
    alice, bob = friends
    server = listener(native.server_context(bob, trusted=[alice], alpn=None))
    a = crash_peer(alice, f"{side}:sent:1")
    a.send("bob", "once at most", ref=1)
    a.wait_for("queued", ref=1)
    a.command("connect", address=server.address, to="bob")
    try:
        with server.accept() as session:
            seen = drain(session)
    except (ssl.SSLError, ConnectionError):
        # It died before the last of its handshake was out.
        seen = b""
    a.wait_for_kill()
    assert not seen, "it went out before that was recorded"

    # The next life sends what had not gone out; what may have gone out waits for the user's word.
    again = peer(alice, connect=f"bob@{server.address}")
    with server.accept() as session:
        again.wait_for("connected", peer="bob")
        again.send("bob", "second", ref=2)
        first = session.read_object()
        expected = "once at most" if side == "before" else "second"
        assert first["content"] == expected, first


def drain(session):
    """What a connection that was cut had brought."""
    data = b""
    deadline = Deadline()
    while True:
        try:
            more = session.read_bytes(deadline.left)
        except native.Truncated:
            return data
        if not more:
            return data
        data += more
