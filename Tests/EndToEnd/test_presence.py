"""Who is there: on connect, on a change, on leaving, on loss and on return."""

import json

import pytest

from harness import native
from harness.native import greet


def online(peer):
    """The names of those who are online, as `contacts` says."""
    return sorted(contact["name"] for contact in peer.ask("contacts")["contacts"]
                  if contact.get("presence", contact.get("state")) in ("online", "away"))


def test_both_are_online_once_connected(pair):
    a, b = pair()
    a.wait_for("presence", peer="bob", state="online")
    b.wait_for("presence", peer="alice", state="online")
    assert online(a) == ["bob"]
    assert online(b) == ["alice"]


def test_away_and_back(pair):
    a, b = pair()
    b.wait_for("presence", peer="alice", state="online")
    for state in ("away", "online"):
        a.command("presence", state=state)
        b.wait_for("presence", peer="alice", state=state)


def test_away_is_told_to_who_comes_later(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    a.command("presence", state="away")
    a.fence()
    b = peer(bob, trust=[alice], connect=a.at)
    b.wait_for("presence", peer="alice", state="away")


def test_quitting_is_told_at_once(pair):
    a, b = pair()
    a.quit()
    b.wait_for("presence", peer="alice", state="offline")
    event = b.wait_for("disconnected", peer="alice")
    assert event["reason"]
    assert event["address"] == b.seen("connected", peer="alice")[0]["address"]
    assert online(b) == []


def test_a_crash_is_noticed(pair):
    a, b = pair()
    a.kill()
    b.wait_for("presence", peer="alice", state="offline")
    b.wait_for("disconnected", peer="alice")


def test_a_lost_peer_is_offline_and_online_on_return(user, peer, proxy):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, "--keepalive", "1", trust=[bob])
    between = proxy(a.address)
    b = peer(bob, "--keepalive", "1", trust=[alice], connect=f"alice@{between.address}")
    for each, other in [(a, "bob"), (b, "alice")]:
        each.wait_for("presence", peer=other, state="online")
    between.freeze()
    for each, other in [(a, "bob"), (b, "alice")]:
        each.wait_for("presence", peer=other, state="offline")
    between.cut()
    between.thaw()
    for each, other in [(a, "bob"), (b, "alice")]:
        each.wait_for("presence", peer=other, state="online")
        assert online(each) == [other]


def test_a_restarted_peer_is_back(pair, peer):
    a, b = pair()
    address = b.address
    a.wait_for("presence", peer="bob", state="online")
    b.kill()
    a.wait_for("presence", peer="bob", state="offline")
    again = peer(b.user, listen=address, connect=a.at)
    a.wait_for("presence", peer="bob", state="online")
    again.send("alice", "back", ref=1)
    again.wait_for("delivered", ref=1)
    assert a.wait_for("message")["content"] == "back"


@pytest.fixture
def bob(user, peer, dial):
    """Alice, and bob and carol: bob by Python's ssl."""
    bob, carol = user("bob"), user("carol")
    a = peer(user("alice"), trust=[bob, carol])
    peer(carol, trust=[a.user], connect=a.at)
    a.wait_for("connected", peer="carol")
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    session.alice = a
    return session


def test_presence_is_the_seeds_object(bob):
    """`ip` and `port` say where we listen; names nobody but ourselves."""
    bob.alice.command("presence", state="away")
    frame = bob.expect("user_presence", action="away")
    assert frame["username"] == "alice"
    bob.alice.command("presence", state="online")
    frame = bob.expect("user_presence", action="online")
    assert frame["port"] == bob.alice.port
    assert isinstance(frame["ip"], str)
    bob.alice.command("quit")
    frames = bob.expect_end()
    said = [frame for frame in frames if frame["type"] in ("user_presence", "bye")]
    assert {"type": "bye"}.items() <= said[-1].items()
    assert any(frame.get("action") == "offline" for frame in said)
    assert "carol" not in json.dumps(frames)


def test_presence_of_a_peer_is_believed_of_that_peer_only(bob):
    a = bob.alice
    bob.send({"type": "user_presence", "action": "away", "username": "bob"})
    a.wait_for("presence", peer="bob", state="away")
    bob.send({"type": "user_presence", "action": "offline", "username": "carol"})
    bob.send({"type": "user_presence", "action": "online", "username": "bob", "ip": "127.0.0.1",
              "port": 5555})
    a.wait_for("presence", peer="bob", state="online")
    assert not a.seen("presence", peer="carol", state="offline")


@pytest.mark.parametrize("frame", [
    {"type": "user_presence", "action": "dancing", "username": "bob"},
    {"type": "user_presence", "action": "online", "username": "bob", "ip": 7, "port": "x"},
    {"type": "user_presence", "action": "online", "username": "bob", "ip": "::1", "port": 99999},
    {"type": "presence_list", "users": []},
], ids=["unknown-action", "types", "port", "list"])
def test_odd_presence_does_no_harm(bob, frame):
    a = bob.alice
    bob.send(frame)
    try:
        bob.message("still here")
        bob.expect("receipt")
    except (AssertionError, OSError, native.Truncated):
        # A frame that is none may end the session, as long as it is said.
        a.wait_for("disconnected", peer="bob")
    a.fence()
    assert not a.seen("disconnected", peer="carol")
