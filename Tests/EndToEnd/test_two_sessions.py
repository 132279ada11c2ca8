"""Two sessions with one contact: one stays, by the protocol's rule, and nothing is lost or doubled."""

import select
import shutil

from harness import crash
from harness.users import User
from harness.waiting import Deadline

TIMES = 20
EACH = 5


def wait_for_dial(proxy):
    """Waits until somebody has dialled a frozen proxy."""
    deadline = Deadline()
    assert select.select([proxy._server], [], [], deadline.left)[0], "nobody has dialled"


def wait_for_connections(proxies, counts):
    """Waits until so many connections go through each of the proxies."""
    deadline = Deadline()
    while (found := [len(proxy._pairs) // 2 for proxy in proxies]) != counts:
        assert not deadline.passed, f"{found} connections instead of {counts}"
        select.select([], [], [], 0.01)


def wait_for_one_session(peer):
    deadline = Deadline()
    while len(peer.seen("connected")) != 1 + len(peer.seen("disconnected")):
        assert not deadline.passed, f"{peer.name} never had a session again"
        select.select([], [], [], 0.01)


def say(here, there, texts):
    for text in texts:
        here.send(there.name, text, ref=text)


def test_both_dial_at_the_same_moment(user, peer, proxy):
    alice, bob = user("alice"), user("bob")
    lower = min(alice, bob, key=lambda user: bytes.fromhex(user.fingerprint.replace(":", "")))
    said = {alice: [], bob: []}
    for time in range(TIMES):
        a, b = peer(alice, trust=[bob]), peer(bob, trust=[alice])
        # Frozen, so that each has dialled before either hears of the other.
        to_bob, to_alice = proxy(b.address), proxy(a.address)
        for between in (to_bob, to_alice):
            between.freeze()
        a.command("connect", address=to_bob.address, to="bob")
        b.command("connect", address=to_alice.address, to="alice")
        wait_for_dial(to_bob)
        wait_for_dial(to_alice)
        texts = {}
        for here, there in [(a, b), (b, a)]:
            texts[here] = [f"{here.name} {time}.{number}" for number in range(2 * EACH)]
            said[here.user] += texts[here]
            say(here, there, texts[here][:EACH])
        for here in (a, b):
            here.wait_for_count(EACH, "queued")
        to_bob.thaw()
        to_alice.thaw()
        # Whose first session is ended before the second one's hello has come sees a gap; to say
        # something in it would be to dial once more.
        for here in (a, b):
            here.wait_for_count(EACH, "delivered", timeout=60)
        wait_for_connections([to_bob, to_alice], [1, 0] if lower is alice else [0, 1])
        for here in (a, b):
            wait_for_one_session(here)
        for here, there in [(a, b), (b, a)]:
            say(here, there, texts[here][EACH:])
        for here in (a, b):
            here.wait_for_count(2 * EACH, "delivered", timeout=60)
        for here, there in [(a, b), (b, a)]:
            shown = there.wait_for_count(2 * EACH, "message")
            assert [event["content"] for event in shown] == texts[here]
            assert [event["ref"] for event in here.seen("delivered")] == texts[here]
            assert len(here.seen("connected")) == 1 + len(here.seen("disconnected"))
        a.quit()
        b.quit()
    for here, there in [(alice, bob), (bob, alice)]:
        stored = [message["content"] for message in crash.dump(there)
                  if message["direction"] == "incoming"]
        assert stored == said[here]


def test_the_same_identity_from_two_places(user, peer, folder):
    """The newer session stays, and who was replaced does not come back by himself."""
    alice, bob = user("alice"), user("bob")
    waiting = ["one", "two", "three"]
    offline = peer(alice, trust=[bob])
    say(offline, bob, waiting)
    offline.wait_for_count(len(waiting), "queued")
    offline.quit()
    shutil.copytree(
        alice.home, folder / "elsewhere", ignore=shutil.ignore_patterns("control.sock"))
    copy = User("alice", folder / "elsewhere", folder / "elsewhere" / "alice.pem")

    b = peer(bob, trust=[alice])
    first = peer(alice, connect=b.at)
    first.wait_for_count(len(waiting), "delivered")
    second = peer(copy, connect=b.at)
    replaced = first.wait_for("disconnected", peer="bob")
    assert "another place" in replaced["reason"], replaced
    # The copy has the same messages to send, with the same ids.
    second.wait_for_count(len(waiting), "delivered")
    assert [event["content"] for event in b.wait_for_count(3, "message")] == waiting

    # What is said to alice reaches the newer place alone; the older one does not dial by itself.
    b.send("alice", "where are you?", ref=1)
    b.wait_for("delivered", ref=1)
    second.wait_for("message", content="where are you?")
    say(second, bob, ["from the new place"])
    second.wait_for("delivered", ref="from the new place")
    assert not first.seen("message") and len(first.seen("connected")) == 1

    # Until its user says something there: then that is the newer place.
    say(first, bob, ["from the old place"])
    first.wait_for("delivered", ref="from the old place")
    assert "another place" in second.wait_for("disconnected", peer="bob")["reason"]
    b.send("alice", "and now?", ref=2)
    b.wait_for("delivered", ref=2)
    first.wait_for("message", content="and now?")
    assert not second.seen("message", content="and now?")
    assert [event["content"] for event in b.wait_for_count(5, "message")] == [
        *waiting, "from the new place", "from the old place"]
