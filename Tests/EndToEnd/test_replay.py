"""Ids belong to the contact they come from: nobody reaches another's messages with them."""

import pytest

from harness import crash, database
from harness.native import greet


@pytest.fixture
def three(user, peer):
    """Bob, whose contacts are alice and carol; nobody is connected."""
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    return alice, bob, carol, peer(bob, trust=[alice, carol])


def greeted(dial, address, credential, name):
    session = dial(address, credential)
    greet(session, name)
    return session


def test_the_id_of_another_contacts_message_is_a_new_message(three, dial, peer):
    alice, bob, carol, b = three
    first = greeted(dial, b.address, alice, "alice")
    identifier = first.message("I am alice", sender="alice")
    first.expect("receipt", id=identifier)
    second = greeted(dial, b.address, carol, "carol")
    second.message("I am carol", sender="alice", identifier=identifier)
    second.expect("receipt", id=identifier)

    shown = b.wait_for_count(2, "message", id=identifier)
    assert [(event["peer"]["name"], event["content"]) for event in shown] == [
        ("alice", "I am alice"), ("carol", "I am carol")]
    b.quit()
    stored = [(message["contact"], message["content"]) for message in crash.dump(bob)]
    assert stored == [(alice.fingerprint, "I am alice"), (carol.fingerprint, "I am carol")]


@pytest.mark.parametrize("leave", ["quit", "kill"])
def test_a_message_that_comes_again_after_a_restart_is_acknowledged_and_not_shown(
        three, dial, peer, leave):
    alice, bob, _, b = three
    session = greeted(dial, b.address, alice, "alice")
    identifier = session.message("once", sender="alice")
    session.expect("receipt", id=identifier)
    getattr(b, leave)()
    again = peer(bob)
    session = greeted(dial, again.address, alice, "alice")
    for text in ("once", "another text under the same id"):
        session.message(text, sender="alice", identifier=identifier)
        session.expect("receipt", id=identifier, state="delivered")
    last = session.message("last", sender="alice")
    session.expect("receipt", id=last)
    assert again.wait_for("message")["content"] == "last"
    again.quit()
    assert [message["content"] for message in crash.dump(bob)] == ["once", "last"]


@pytest.mark.parametrize("state", ["delivered", "read"])
def test_a_receipt_for_a_message_to_somebody_else_changes_nothing(three, dial, peer, state):
    alice, bob, carol, b = three
    b.send("alice", "for alice alone", ref=1)
    identifier = b.wait_for("queued", ref=1)["id"]
    session = greeted(dial, b.address, carol, "carol")
    session.send({"type": "receipt", "id": identifier, "state": state})
    # An answer says that what stood before it was looked at.
    session.send({"type": "ping"})
    session.expect("pong")
    done = session.message("done", sender="carol")
    session.expect("receipt", id=done)
    assert not b.seen("delivered") and not b.seen("read")
    with database.opened(bob) as connection:
        assert [row.state for row in database.rows(connection, "outgoing")] == ["queued"]

    a = peer(alice, trust=[bob], connect=b.at)
    assert a.wait_for("message")["content"] == "for alice alone"
    b.wait_for("delivered", id=identifier)
