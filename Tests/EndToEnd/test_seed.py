"""The seed program's dialect: over plain TCP with --insecure, and inside TLS for a contact."""

import json
import socket

import pytest

TEXTS = ["hello", "naïve ☕ 日本語 👩‍👩‍👧‍👦", "line\nbreak and \"quotes\"", "\U0001F600" * 10]
# Three kinds of long text: as long as may be, and costly when escaped.
LONG = ["a" * 16384, "ü" * 4000, "\U0001F600" * 1500]


@pytest.fixture
def insecure(user, peer):
    def start(name="alice", **options):
        return peer(user(name), "--insecure", **options)
    return start


@pytest.fixture
def wrapped(user, peer, seed):
    """Alice in TLS, and bob's old program wrapped in mutual TLS; `dialled`: by alice."""
    def make(dialled):
        alice, bob = user("alice"), user("bob", key_type="p256")
        stand_in = seed("bob", certificate=bob.certificate, key=bob.key,
                        trusted=alice.certificate)
        connect = f"bob@{stand_in.address}" if dialled else ()
        return peer(alice, trust=[bob], connect=connect), stand_in
    return make


def test_insecure_says_so(insecure):
    a = insecure()
    event = a.seen("listening")[0]
    assert event["secure"] is False


def test_seed_to_insecure(insecure, seed):
    a, bob = insecure(), seed("bob")
    for text in TEXTS + LONG:
        ack = bob.send(a.address, text)
        assert set(ack) == {"sender", "content", "timestamp"}
        assert (ack["sender"], ack["content"]) == ("alice", "Ack: Message received")
        event = a.wait_for("message")
        assert event["content"] == text
        assert event["secure"] is False
        assert event["dialect"] == "seed"
        assert event["peer"].get("fingerprint") is None
        assert event["peer"].get("trust") is None


def test_insecure_to_seed(insecure, seed):
    a, bob = insecure(), seed("bob")
    for number, text in enumerate(TEXTS):
        a.send(bob.address, text, ref=number)
        a.wait_for("delivered", ref=number)
        assert bob.messages.get(timeout=10) == ("alice", text)
    assert not bob.errors
    # The acks were delivery states: nothing was shown.
    a.fence()
    assert not a.seen("message")


@pytest.mark.parametrize("text", LONG, ids=["ascii", "two-bytes", "emoji"])
def test_long_text_to_the_seed_is_split_at_characters(insecure, seed, text):
    a, bob = insecure(), seed("bob")
    a.send(bob.address, text, ref=1)
    a.wait_for("delivered", ref=1)
    pieces = []
    while sum(map(len, pieces)) < len(text):
        sender, content = bob.messages.get(timeout=10)
        assert sender == "alice"
        pieces.append(content)
    assert "".join(pieces) == text
    assert bob.longest <= 1024
    assert not bob.errors
    assert len(a.seen("delivered")) == 1


def test_many_to_the_seed_at_once_go_one_by_one(insecure, seed):
    a, bob = insecure(), seed("bob")
    for number in range(50):
        a.send(bob.address, f"number {number}", ref=number)
    a.wait_for_count(50, "delivered")
    assert [bob.messages.get(timeout=10)[1] for _ in range(50)] == [
        f"number {number}" for number in range(50)]
    assert not bob.errors


def test_both_ways_at_once(insecure, seed):
    a, bob = insecure(), seed("bob")
    for number in range(20):
        a.send(bob.address, f"to bob {number}", ref=number)
        bob.send(a.address, f"to alice {number}")
    a.wait_for_count(20, "delivered")
    arrived = [event["content"] for event in a.wait_for_count(20, "message")]
    assert arrived == [f"to alice {number}" for number in range(20)]


def test_insecure_programs_talk_to_each_other(insecure):
    a, b = insecure("alice"), insecure("bob")
    a.send(b.address, "ahoi", ref=1)
    a.wait_for("delivered", ref=1)
    event = b.wait_for("message")
    assert event["content"] == "ahoi"
    assert event["peer"]["name"] == "alice"


def documents(*contents):
    return [json.dumps({"sender": "bob", "content": content, "timestamp": 1.5}).encode()
            for content in contents]


def read_acks(connection, count):
    data = b""
    decoder, acks = json.JSONDecoder(), []
    while len(acks) < count:
        chunk = connection.recv(4096)
        assert chunk, f"closed after {len(acks)} of {count} acks"
        data += chunk
        while data.strip():
            try:
                value, end = decoder.raw_decode(data.decode().lstrip())
            except ValueError:
                break
            acks.append(value)
            data = data.decode().lstrip()[end:].encode()
    return acks


@pytest.mark.parametrize("separator", [b"", b"\n", b" \r\n"], ids=["none", "lf", "crlf"])
def test_objects_come_in_any_pieces(insecure, separator):
    a = insecure()
    with socket.create_connection((a.host, a.port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(separator.join(documents("one", "two", "three")) + separator)
        assert all(ack["content"] == "Ack: Message received" for ack in read_acks(connection, 3))
        for byte in documents("fünf } { \" ")[0]:
            connection.sendall(bytes([byte]))
        read_acks(connection, 1)
    contents = [event["content"] for event in a.wait_for_count(4, "message")]
    assert contents == ["one", "two", "three", "fünf } { \" "]


def test_an_ack_is_neither_shown_nor_answered(insecure):
    a = insecure()
    with socket.create_connection((a.host, a.port), timeout=20) as connection:
        connection.sendall(json.dumps({"sender": "bob", "content": "Ack: Message received",
                                       "timestamp": 1.5}).encode())
        connection.sendall(documents("a real one")[0])
        assert len(read_acks(connection, 1)) == 1
    assert a.wait_for("message")["content"] == "a real one"


def test_presence_goes_only_to_those_who_sent_it(insecure, seed):
    a, bob = insecure(), seed("bob")
    a.send(bob.address, "hello", ref=1)
    a.wait_for("delivered", ref=1)
    with socket.create_connection((a.host, a.port), timeout=20) as connection:
        connection.sendall(json.dumps(
            {"type": "user_presence", "action": "online", "username": "carol",
             "ip": "127.0.0.1", "port": 5557}).encode())
        a.wait_for("presence", state="online")
    a.quit()
    assert [bob.messages.get_nowait()] == [("alice", "hello")]
    assert bob.messages.empty() and not bob.errors


def test_nobody_in_plain_text_is_a_contact(user, peer, seed):
    """A name that is a contact's, in plain text, is not that contact, and hears nothing of it."""
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    a, stand_in = peer(alice, "--insecure"), seed("bob")
    stand_in.send(a.address, "I am bob")
    event = a.wait_for("message")
    assert event["secure"] is False
    assert event["peer"].get("fingerprint") is None
    # And nothing meant for the contact goes out in plain text.
    a.send("bob", "for bob's eyes", ref=1)
    a.send(bob.fingerprint, "for bob's eyes", ref=2)
    a.wait_for("error", ref=1)
    a.wait_for("error", ref=2)
    assert stand_in.messages.empty()


def test_an_insecure_program_hears_nothing_from_a_secure_one(insecure, user, peer):
    """No fall back: TLS that meets plain text ends in a refusal."""
    a, bob = insecure(), user("bob")
    b = peer(bob, connect=a.address)
    b.wait_for("refused", direction="outbound")
    assert not b.seen("connected")
    assert not a.seen("message")


def test_the_wrapped_seed_sends(wrapped):
    a, bob = wrapped(dialled=False)
    for text in TEXTS + LONG[:1]:
        assert bob.send(a.address, text)["content"] == "Ack: Message received"
        event = a.wait_for("message")
        assert event["content"] == text
        assert event["secure"] is True
        assert event["dialect"] == "seed"
        assert event["peer"]["name"] == "bob"
        assert event["peer"]["fingerprint"]


def test_the_wrapped_seed_is_sent_to(wrapped):
    a, bob = wrapped(dialled=True)
    for number, text in enumerate([*TEXTS, LONG[1]]):
        a.send("bob", text, ref=number)
    a.wait_for_count(len(TEXTS) + 1, "delivered")
    for text in TEXTS:
        assert bob.messages.get(timeout=10) == ("alice", text)
    pieces = []
    while len("".join(pieces)) < len(LONG[1]):
        pieces.append(bob.messages.get(timeout=10)[1])
    assert "".join(pieces) == LONG[1]
    assert bob.longest <= 1024
    assert not bob.errors
    a.fence()
    assert not a.seen("message")


def test_a_wrong_sender_in_the_dialect_is_still_the_contact(wrapped):
    a, bob = wrapped(dialled=False)
    bob.username = "the bank"
    bob.send(a.address, "send money")
    assert a.wait_for("message")["peer"]["name"] == "bob"


def test_a_lost_ack_is_not_a_delivery(insecure):
    """A listener that closes without an ack has not confirmed anything."""
    a = insecure()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        a.send("127.0.0.1:%d" % server.getsockname()[1], "hello?", ref=1)
        connection, _ = server.accept()
        with connection:
            connection.settimeout(20)
            assert json.loads(connection.recv(1024))["content"] == "hello?"
    a.wait_for("disconnected")
    a.fence()
    assert not a.seen("delivered")
