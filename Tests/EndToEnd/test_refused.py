"""Who is not pinned is turned away within the handshake, and the program is well afterwards."""

import json
import socket
import ssl

import pytest

from harness import certificates, native


@pytest.fixture
def alice(user, peer):
    """Alice, who knows bob (P-256), and a function that shows that bob still gets in."""
    bob = user("bob", key_type="p256")
    a = peer(user("alice"), trust=[bob])

    def still_well():
        b = peer(bob, trust=[a.user], connect=a.at)
        b.wait_for("connected", peer="alice")
        b.send("alice", "are you well?", ref="well")
        b.wait_for("delivered", ref="well")
        assert a.wait_for("message", peer="bob")["content"] == "are you well?"
        # Not a byte of anybody else's was read.
        assert [event["peer"]["name"] for event in a.seen("message")] == ["bob"]
        assert [event["peer"]["name"] for event in a.seen("connected")] == ["bob"]
    a.bob = bob
    a.still_well = still_well
    return a


def refused(a, session, reason, *names):
    """The alert has one of these names, no data came before it, and `refused` says why."""
    alert = session.expect_alert()
    assert session.received == 0
    assert not names or any(name in alert for name in names), alert
    event = a.wait_for("refused", reason=reason)
    assert event["direction"] == "inbound"
    assert event["address"].startswith("127.0.0.1:")
    assert event["message"].endswith(".")
    return event


def test_no_certificate(alice, dial):
    session = dial(alice.address, None)
    refused(alice, session, "no-certificate", "CERTIFICATE_REQUIRED")
    assert not alice.seen("request")
    alice.still_well()


def test_an_unknown_certificate_is_a_request(alice, dial, credential):
    mallory = credential("mallory")
    event = refused(alice, dial(alice.address, mallory), "unknown-certificate",
                    "UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE", "ACCESS_DENIED")
    assert event["fingerprint"] == mallory.fingerprint
    assert event["name"] == "mallory"
    request = alice.wait_for("request")
    assert request["fingerprint"] == mallory.fingerprint
    assert request["name"] == "mallory"
    assert request["address"].startswith("127.0.0.1")
    assert request["direction"] == "inbound"
    alice.still_well()


def test_an_unknown_certificate_is_one_request_however_often_it_tries(alice, dial, credential):
    mallory = credential("mallory")
    for _ in range(20):
        dial(alice.address, mallory).expect_alert()
    alice.wait_for("request")
    alice.still_well()
    assert len(alice.seen("request")) == 1


def test_data_sent_before_the_refusal_is_not_read(alice, dial, credential):
    """A TLS 1.3 client may write before it learns that it is not wanted."""
    for shown in (None, credential("mallory")):
        session = dial(alice.address, shown)
        try:
            session.hello("bob")
            session.message("let me in", sender="bob")
        except OSError:
            pass
        with pytest.raises((ssl.SSLError, native.Truncated)):
            session.read_bytes()
        assert session.received == 0
    alice.wait_for_count(2, "refused")
    alice.still_well()


def test_a_contacts_name_with_another_key(alice, dial, credential):
    imposter = credential("imposter", common_name="bob")
    event = refused(alice, dial(alice.address, imposter), "changed-certificate")
    assert event["fingerprint"] == imposter.fingerprint
    assert event["name"] == "bob"
    # Both fingerprints, for the user to compare.
    assert imposter.fingerprint in event["message"]
    assert alice.bob.fingerprint in event["message"]
    alice.still_well()


def test_a_contacts_certificate_without_its_key(alice, dial, folder):
    thief = certificates.steal(folder / "thief", alice.bob)
    refused(alice, dial(alice.address, thief), "handshake-failed", "DECRYPT_ERROR")
    assert not alice.seen("request")
    alice.still_well()


def test_tls_1_2(alice):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(alice.bob.certificate, alice.bob.key)
    with pytest.raises(ssl.SSLError) as error:
        native.dial(alice.address, alice.bob, context=context)
    assert "ALERT_PROTOCOL_VERSION" in error.value.reason
    alice.wait_for("refused", reason="protocol-mismatch")
    alice.still_well()


def test_another_application_protocol(alice, credential):
    """A pinned peer that offers ALPN, but nothing that we speak."""
    with pytest.raises(ssl.SSLError) as error:
        native.dial(alice.address, alice.bob, alpn="h2")
    assert "ALERT_NO_APPLICATION_PROTOCOL" in native.alert_name(error.value)
    alice.wait_for("refused", reason="protocol-mismatch")
    alice.still_well()


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    json.dumps({"sender": "bob", "content": "hello", "timestamp": 1.5}).encode(),
    b"SSH-2.0-OpenSSH_9.2\r\n",
    bytes(range(256)) * 16,
    b"\x00" * 1000,
    # A TLS record that is no handshake, and one that claims more than it may hold.
    b"\x17\x03\x03\x00\x05hello",
    b"\x16\x03\x01\xff\xff" + b"x" * 100,
    # A ClientHello that is none.
    b"\x16\x03\x01\x00\x08\x01\x00\x00\x04abcd",
], ids=["http", "seed", "ssh", "bytes", "zeros", "data-record", "long-record", "bad-hello"])
def test_what_is_not_tls(alice, data):
    with socket.create_connection((alice.host, alice.port), timeout=20) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while chunk := connection.recv(4096):
                answer += chunk
        except ConnectionResetError:
            pass
    # Nothing but a TLS alert (record type 21) may come back.
    assert answer == b"" or answer[0] == 21, answer
    assert len(answer) <= 7
    event = alice.wait_for("refused")
    assert event["reason"] in ("not-tls", "handshake-failed", "protocol-mismatch"), event
    alice.still_well()


def test_half_a_handshake_and_gone(alice):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = native.client_context(alice.bob)
    client = context.wrap_bio(incoming, outgoing, server_side=False)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()
    for length in (1, 5, 40, len(hello)):
        with socket.create_connection((alice.host, alice.port), timeout=20) as connection:
            connection.sendall(hello[:length])
    alice.still_well()


def test_silence_is_ended_at_the_deadline(user, peer):
    a = peer(user("alice"), "--handshake-timeout", "1")
    with socket.create_connection((a.host, a.port), timeout=20) as connection:
        assert connection.recv(100) == b""
    a.wait_for("refused", reason="timeout")


def test_a_hello_that_does_not_come_is_ended_at_the_deadline(user, peer, dial):
    bob = user("bob")
    a = peer(user("alice"), "--handshake-timeout", "1", trust=[bob])
    session = dial(a.address, bob)
    session.expect("hello")
    session.expect_end()
    a.wait_for("refused", reason="timeout", name="bob")
    assert not a.seen("connected")


@pytest.mark.parametrize("flaw", [dict(expired=True), dict(ca=True)], ids=["expired", "ca"])
def test_pinned_means_pinned(user, peer, dial, credential, flaw):
    """The pin decides: not the calendar, not what a certificate says it may be used for."""
    odd = credential("odd", **flaw)
    a = peer(user("alice"), trust=[odd])
    session = dial(a.address, odd)
    native.greet(session, "odd")
    assert a.wait_for("connected")["peer"]["name"] == "odd"


def test_a_certificate_with_a_chain(user, peer, dial, credential, folder):
    """The leaf alone counts: pinned, it is let in whatever follows; its issuer vouches for none."""
    root = credential("root", ca=True)
    leaf = credential("leaf", issuer=root)
    stranger = credential("stranger", issuer=root)
    a = peer(user("alice"), trust=[leaf, root])

    def chain(end):
        path = certificates.bundle(folder / "chain.pem", end.certificate, root.certificate)
        return native.client_context(end, chain=path)
    session = dial(a.address, leaf, context=chain(leaf))
    native.greet(session, "leaf")
    a.wait_for("connected", peer="leaf")
    refused(a, dial(a.address, stranger, context=chain(stranger)), "unknown-certificate")


@pytest.mark.parametrize("key_type", ["rsa", "p384"])
def test_a_key_type_outside_the_profile(user, peer, dial, credential, key_type):
    odd = credential("odd", key_type=key_type)
    a = peer(user("alice"))
    try:
        session = dial(a.address, odd)
        session.expect_alert()
        assert session.received == 0
    except ssl.SSLError as error:
        # The client may give up by itself: nothing that it can sign with was asked for.
        assert "NO_SUITABLE_SIGNATURE" in (error.reason or ""), error
    a.wait_for("refused")
    assert not a.seen("connected")


def test_who_refuses_is_told_apart_from_who_is_refused(user, peer):
    """Bob knows alice, alice does not know bob."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice)
    b = peer(bob, trust=[alice], connect=a.at)
    event = b.wait_for("refused", reason="refused-by-peer")
    assert event["direction"] == "outbound"
    a.wait_for("request", fingerprint=bob.fingerprint)
    assert not b.seen("connected")
    # Accepted, bob gets in without anybody restarting anything.
    a.command("accept", fingerprint=bob.fingerprint)
    b.command("connect", address=a.address, to="alice")
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
