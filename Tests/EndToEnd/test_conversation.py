"""Two programs that hold each other's certificates talk."""

import socket

import pytest

UNUSUAL = [
    "grüß dich ☕ 👩‍👩‍👧‍👦",
    "two\nlines\tand a tab",
    '"quotes" \\ and \u0001 controls \u007f',
    "\u202eright to left override",
    "\x1b[31mred\x1b[0m",
    " leading and trailing ",
]


def test_listening_says_who_and_where(user, peer):
    alice = user("alice")
    a = peer(alice)
    event = a.seen("listening")[0]
    assert event["user"] == "alice"
    assert event["fingerprint"] == alice.fingerprint
    assert event["host"] == "127.0.0.1"
    assert event["port"] > 0
    assert event["secure"] is True


def test_both_see_whom_they_are_connected_with(pair):
    a, b = pair()
    for here, there in [(a, b), (b, a)]:
        event = here.seen("connected")[0]
        assert event["secure"] is True
        assert event["peer"]["name"] == there.name
        assert event["peer"]["fingerprint"] == there.user.fingerprint
        assert event["peer"]["trust"] == "trusted"


def test_a_message_is_queued_sent_and_delivered(pair):
    a, b = pair()
    a.send("bob", "hello", ref="one")
    queued = a.wait_for("queued", ref="one")
    for step in ("sent", "delivered"):
        event = a.wait_for(step, ref="one")
        assert event["id"] == queued["id"]
        assert event["peer"]["name"] == "bob"
    message = b.wait_for("message")
    assert message["id"] == queued["id"]
    assert message["content"] == "hello"
    assert message["peer"]["fingerprint"] == a.user.fingerprint
    assert message["secure"] is True
    assert message["dialect"] == "p2pchat/1"
    order = [event["event"] for event in a.events if event.get("ref") == "one"]
    assert order == ["queued", "sent", "delivered"]


@pytest.mark.parametrize("ref", [7, "text", {"deep": [1, None, True]}, [], 1.5, False])
def test_any_json_value_comes_back_as_ref(pair, ref):
    a, _ = pair()
    a.send("bob", "hello", ref=ref)
    assert a.wait_for("delivered")["ref"] == ref


def test_content_arrives_exactly(pair):
    a, b = pair()
    for content in UNUSUAL:
        a.send("bob", content)
    arrived = [event["content"] for event in b.wait_for_count(len(UNUSUAL), "message")]
    assert arrived == UNUSUAL


def test_a_contact_is_addressed_by_fingerprint_in_any_spelling(pair):
    a, b = pair()
    fingerprint = b.user.fingerprint
    spellings = [fingerprint, fingerprint.lower(), fingerprint.replace(":", "")]
    for spelling in spellings:
        a.command("send", to=spelling, content=spelling)
    assert [event["content"] for event in b.wait_for_count(3, "message")] == spellings


@pytest.mark.slow
@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_a_thousand_messages_each_way_at_once(user, pair, key_type):
    a, b = pair(user("alice"), user("bob", key_type=key_type))
    count = 1000
    for number in range(count):
        a.send("bob", f"from alice {number}", ref=number)
        b.send("alice", f"from bob {number}", ref=number)
    for here, there in [(a, b), (b, a)]:
        here.wait_for_count(count, "delivered", timeout=120)
        arrived = there.wait_for_count(count, "message", timeout=120)
        expected = [f"from {here.name} {number}" for number in range(count)]
        assert [event["content"] for event in arrived] == expected
    for here, there in [(a, b), (b, a)]:
        # Nothing comes after: both have answered a later command and said bye.
        here.fence()
        for step in ("queued", "sent", "delivered"):
            assert sorted(event["ref"] for event in here.seen(step)) == list(range(count))
        assert len(here.seen("message")) == count
        sent = {event["ref"]: event["id"] for event in here.seen("queued")}
        received = [event["id"] for event in there.seen("message")]
        assert received == [sent[number] for number in range(count)]


def test_messages_of_one_moment_stay_in_order_between_three(user, peer):
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    a = peer(alice, trust=[bob, carol])
    b = peer(bob, trust=[alice], connect=a.at)
    c = peer(carol, trust=[alice], connect=a.at)
    a.wait_for("connected", peer="bob")
    a.wait_for("connected", peer="carol")
    for number in range(50):
        b.send("alice", f"b{number}")
        c.send("alice", f"c{number}")
    a.wait_for_count(100, "message")
    for name in ("bob", "carol"):
        contents = [event["content"] for event in a.seen("message", peer=name)]
        assert contents == [f"{name[0]}{number}" for number in range(50)]


def test_both_dial_at_once_and_have_one_conversation(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    b = peer(bob, trust=[alice], connect=a.at)
    a.command("connect", address=b.address, to="bob")
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    for number in range(20):
        a.send("bob", f"a{number}", ref=number)
        b.send("alice", f"b{number}", ref=number)
    a.wait_for_count(20, "delivered")
    b.wait_for_count(20, "delivered")
    for each in (a, b):
        each.wait_for_count(20, "message")
        each.fence()
    assert [e["content"] for e in a.seen("message")] == [f"b{n}" for n in range(20)]
    assert [e["content"] for e in b.seen("message")] == [f"a{n}" for n in range(20)]


def test_what_is_said_before_the_connection_is_sent_once_it_stands(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    for number in range(5):
        a.send("bob", f"early {number}", ref=number)
    a.wait_for_count(5, "queued")
    assert not a.seen("sent")
    b = peer(bob, trust=[alice], connect=a.at)
    a.wait_for_count(5, "delivered")
    arrived = [event["content"] for event in b.wait_for_count(5, "message")]
    assert arrived == [f"early {n}" for n in range(5)]


def test_a_cut_connection_is_made_again_and_loses_nothing(user, peer, proxy):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    between = proxy(a.address)
    b = peer(bob, trust=[alice], connect=f"alice@{between.address}")
    b.wait_for("connected", peer="alice")
    a.wait_for("connected", peer="bob")
    between.freeze()
    for number in range(10):
        b.send("alice", f"into the dark {number}", ref=number)
    b.fence()
    between.cut()
    between.thaw()
    b.wait_for("disconnected", peer="alice")
    b.wait_for("connected", peer="alice")
    b.wait_for_count(10, "delivered")
    a.wait_for_count(10, "message")
    a.fence()
    arrived = [event["content"] for event in a.seen("message")]
    assert arrived == [f"into the dark {n}" for n in range(10)]


def test_over_ipv6(user, peer):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob], listen="[::1]:0")
    assert a.host == "::1"
    b = peer(bob, trust=[alice], connect=f"alice@[::1]:{a.port}")
    b.send("alice", "over IPv6", ref=1)
    b.wait_for("delivered", ref=1)
    assert a.wait_for("connected")["address"].startswith("[::1]:")


def test_dialled_by_host_name(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    b = peer(bob, trust=[alice], connect=f"alice@localhost:{a.port}")
    b.wait_for("connected", peer="alice")


def test_without_listening(user, peer):
    """`--no-listen`: nobody can dial us, and what we say to others does not name a port."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    b = peer(bob, "--tls", "--no-listen", listen=None, wait=False, trust=[alice], connect=a.at)
    b.send("alice", "hello", ref=1)
    b.wait_for("delivered", ref=1)
    assert not b.seen("listening")
    a.send("bob", "hello back", ref=2)
    a.wait_for("delivered", ref=2)


def test_an_address_that_worked_is_remembered(user, peer):
    """--connect once; after that both find each other, whoever starts first."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    b = peer(bob, trust=[alice], connect=a.at)
    b.wait_for("connected", peer="alice")
    b.quit()
    a.wait_for("disconnected", peer="bob")
    b = peer(bob)
    b.wait_for("connected", peer="alice")
    a.wait_for("connected", peer="bob")
