"""Dialling out: nothing is said to anybody but the contact, and it is said within the deadline."""

import socket
import ssl

import pytest

from harness import native


@pytest.fixture
def alice(user):
    return user("alice")


def shake(server):
    """Accepts and shakes hands; None where the program broke the handshake off."""
    try:
        return server.accept()
    except (ssl.SSLError, ConnectionError):
        return None


def nothing_came(session):
    """Reads to the end; not a byte of application data may come."""
    if session is None:
        return
    try:
        session.read_bytes()
    except (ssl.SSLError, native.Truncated):
        pass
    assert session.received == 0


def test_an_imposter(alice, user, peer, credential, listener):
    """The contact's name and address, but another key."""
    bob = user("bob")
    imposter = credential("imposter", common_name="bob")
    server = listener(native.server_context(imposter, trusted=[alice]))
    a = peer(alice, trust=[bob])
    a.send("bob", "secret", ref=1)
    a.command("connect", address=server.address, to="bob")
    nothing_came(shake(server))
    event = a.wait_for("refused", direction="outbound")
    assert event["reason"] == "changed-certificate"
    assert imposter.fingerprint in event["message"]
    assert bob.fingerprint in event["message"]
    a.fence()
    assert not a.seen("connected") and not a.seen("sent")


def test_another_contact_than_the_one_dialled(alice, user, peer, listener):
    bob, carol = user("bob"), user("carol")
    server = listener(native.server_context(carol, trusted=[alice]))
    a = peer(alice, trust=[bob, carol], connect=f"bob@{server.address}")
    nothing_came(shake(server))
    event = a.wait_for("refused", reason="wrong-contact")
    assert event["fingerprint"] == carol.fingerprint
    assert not a.seen("connected")


def test_a_stranger_is_not_spoken_to(alice, peer, credential, listener):
    stranger = credential("stranger")
    server = listener(native.server_context(stranger, trusted=[alice]))
    a = peer(alice, connect=server.address)
    nothing_came(shake(server))
    event = a.wait_for("refused", reason="unknown-certificate", direction="outbound")
    assert event["fingerprint"] == stranger.fingerprint
    assert stranger.fingerprint in event["message"]
    assert not a.seen("connected")


def test_a_stranger_is_accepted_and_dialled_again(alice, peer, credential, listener):
    """As with ssh: the fingerprint is shown, and a yes connects."""
    stranger = credential("stranger")
    server = listener(native.server_context(stranger, trusted=[alice]))
    a = peer(alice, connect=server.address)
    shake(server)
    request = a.wait_for("request", fingerprint=stranger.fingerprint)
    assert request["direction"] == "outbound"
    assert request["address"] == server.address
    a.command("accept", fingerprint=stranger.fingerprint)
    session = server.accept()
    native.greet(session, "stranger")
    assert a.wait_for("connected")["peer"]["name"] == "stranger"


def test_accept_new_connects_at_once(alice, user, peer):
    bob = user("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, "--accept-new", connect=b.address)
    assert a.wait_for("connected")["peer"]["fingerprint"] == bob.fingerprint
    # For good.
    contacts = a.ask("contacts")["contacts"]
    assert [contact["fingerprint"] for contact in contacts] == [bob.fingerprint]


def test_accept_new_lets_nobody_in(alice, user, peer, dial, credential):
    """It is about whom we dial, not about who dials us."""
    a = peer(alice, "--accept-new")
    dial(a.address, credential("mallory")).expect_alert()
    a.wait_for("request")
    assert a.ask("contacts")["contacts"] == []


def test_accept_new_does_not_accept_an_imposter(alice, user, peer, credential, listener):
    bob = user("bob")
    imposter = credential("imposter", common_name="bob")
    server = listener(native.server_context(imposter, trusted=[alice]))
    a = peer(alice, "--accept-new", trust=[bob], connect=f"bob@{server.address}")
    nothing_came(shake(server))
    a.wait_for("refused", reason="changed-certificate")
    contacts = a.ask("contacts")["contacts"]
    assert [contact["fingerprint"] for contact in contacts] == [bob.fingerprint]


def test_a_server_that_does_not_ask_who_we_are(alice, user, peer, listener):
    bob = user("bob")
    server = listener(native.server_context(bob, ask=False))
    a = peer(alice, trust=[bob])
    a.send("bob", "secret", ref=1)
    a.command("connect", address=server.address, to="bob")
    nothing_came(shake(server))
    a.wait_for("refused", reason="no-client-authentication", direction="outbound")
    a.fence()
    assert not a.seen("connected") and not a.seen("sent")


def test_a_server_of_tls_1_2(alice, user, peer, listener):
    bob = user("bob", key_type="p256")
    context = native.server_context(bob, trusted=[alice])
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = listener(context)
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    assert shake(server) is None
    a.wait_for("refused", reason="protocol-mismatch", direction="outbound")


@pytest.mark.parametrize("answer", [
    b"SSH-2.0-OpenSSH_9.2\r\n", b'{"sender": "bob", "content": "hi", "timestamp": 1}',
    b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["ssh", "seed", "http"])
def test_a_server_that_speaks_no_tls(alice, user, peer, listener, answer):
    bob = user("bob")
    server = listener()
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    raw = server.accept_raw()
    with raw:
        assert raw.recv(65536)[0] == 22, "the first thing sent is a ClientHello"
        raw.sendall(answer)
        a.wait_for("refused", reason="not-tls", direction="outbound")
    assert not a.seen("connected")


def half_of_the_flight(raw, context, share):
    """Reads the ClientHello and answers it with the first part of the server's flight."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    side = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(raw.recv(65536))
    with pytest.raises(ssl.SSLWantReadError):
        side.do_handshake()
    flight = outgoing.read()
    raw.sendall(flight[:int(len(flight) * share)])


@pytest.mark.parametrize("share", [None, 0.0, 0.1, 0.5, 0.95])
def test_a_server_that_falls_silent_half_way(alice, user, peer, listener, share):
    """None: it does not even read. In each case the deadline ends it, and nothing was sent."""
    bob = user("bob")
    server = listener(native.server_context(bob, trusted=[alice]))
    a = peer(alice, "--handshake-timeout", "1", trust=[bob])
    a.send("bob", "secret", ref=1)
    a.command("connect", address=server.address, to="bob")
    with server.accept_raw() as raw:
        if share is not None:
            half_of_the_flight(raw, server.context, share)
        event = a.wait_for("refused", reason="timeout", direction="outbound")
        assert event["message"].endswith(".")
        # What came after our ClientHello, if anything, is an alert: never data.
        rest = b""
        try:
            while chunk := raw.recv(65536):
                rest += chunk
        except ConnectionResetError:
            pass
        if share is not None:
            assert rest == b"" or rest[0] in (20, 21) or len(rest) < 64, rest
    assert not a.seen("connected") and not a.seen("sent")


def test_a_server_that_never_says_hello(alice, user, peer, listener):
    """The handshake is done and it is the contact, but it may be no p2pchat: no message goes."""
    bob = user("bob")
    server = listener(native.server_context(bob, trusted=[alice]))
    a = peer(alice, "--handshake-timeout", "1", trust=[bob])
    a.send("bob", "secret", ref=1)
    a.command("connect", address=server.address, to="bob")
    session = server.accept()
    frames = session.expect_end()
    assert [frame["type"] for frame in frames if frame["type"] not in ("error", "bye")] == ["hello"]
    a.wait_for("refused", reason="timeout", direction="outbound")
    assert not a.seen("connected") and not a.seen("sent")


def test_a_server_that_hangs_up(alice, user, peer, listener):
    bob = user("bob")
    server = listener()
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    server.accept_raw().close()
    a.wait_for("refused", reason="closed", direction="outbound")


def test_nobody_listens_and_then_somebody_does(alice, user, peer):
    """The contact's address is tried again until the contact is there."""
    bob = user("bob")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    a = peer(alice, trust=[bob], connect=f"bob@127.0.0.1:{port}")
    a.send("bob", "are you there?", ref=1)
    a.wait_for("queued", ref=1)
    b = peer(bob, trust=[alice], listen=f"127.0.0.1:{port}")
    a.wait_for("connected", peer="bob")
    a.wait_for("delivered", ref=1)
    assert b.wait_for("message")["content"] == "are you there?"


def test_ourselves(alice, peer):
    a = peer(alice)
    a.command("connect", address=a.address)
    a.wait_for("refused", reason="ourselves")
    assert not a.seen("connected") and not a.seen("request")


def test_a_contact_dialled_without_a_name(alice, user, peer):
    bob = user("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.address)
    assert a.wait_for("connected")["peer"]["name"] == "bob"


def test_the_clienthello_tells_nothing(alice, user, peer, listener):
    """No server name, no names at all: what goes out in the clear says p2pchat/1 at most."""
    bob = user("bob")
    server = listener()
    a = peer(alice, trust=[bob])
    port = server.address.rpartition(":")[2]
    a.command("connect", address=f"localhost:{port}", to="bob")
    with server.accept_raw() as raw:
        hello = raw.recv(65536)
    assert hello[0] == 22
    for word in (b"alice", b"bob", b"localhost", b"127.0.0.1"):
        assert word not in hello
    assert b"p2pchat/1" in hello
