"""openssl's own client and server hold a conversation."""

import time
import uuid

import pytest

from harness import certificates


def message(content, **more):
    return {"type": "message", "id": str(uuid.uuid4()), "sender": "bob", "content": content,
            "timestamp": time.time(), **more}


HELLO = {"type": "hello", "version": 1, "username": "bob", "port": 0, "features": []}


def converse(a, bob):
    """Hello, a message and its receipt each way."""
    hello = bob.expect(type="hello")
    assert hello["version"] == 1
    assert hello["username"] == "alice"
    assert isinstance(hello["features"], list)
    bob.send(HELLO)
    a.wait_for("connected", peer="bob")

    out = message("typed into openssl ☕")
    bob.send(out)
    event = a.wait_for("message")
    assert event["id"] == out["id"]
    assert event["content"] == "typed into openssl ☕"
    assert event["peer"]["name"] == "bob"
    assert event["dialect"] == "p2pchat/1"
    assert bob.expect(type="receipt", id=out["id"])["state"] == "delivered"

    a.send("bob", "answered from p2pchat", ref=1)
    got = bob.expect(type="message")
    assert got["content"] == "answered from p2pchat"
    assert got["sender"] == "alice"
    bob.send({"type": "receipt", "id": got["id"], "state": "delivered"})
    a.wait_for("delivered", ref=1)
    bob.send({"type": "receipt", "id": got["id"], "state": "read"})
    assert a.wait_for("read", ref=1)["id"] == got["id"]

    bob.send({"type": "ping"})
    bob.expect(type="pong")


@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_s_client_holds_a_conversation(user, credential, peer, s_client, key_type):
    bob = credential("bob", key_type=key_type)
    a = peer(user("alice"), trust=[bob])
    client = s_client(a.address, bob)
    converse(a, client)
    client.send({"type": "bye"})
    a.wait_for("disconnected", peer="bob")


def test_s_client_is_told_goodbye(user, credential, peer, s_client):
    bob = credential("bob")
    a = peer(user("alice"), trust=[bob])
    client = s_client(a.address, bob)
    converse(a, client)
    a.command("quit")
    client.expect(type="bye")
    a.wait_for_exit(0)
    client.wait_for_exit()


def test_s_client_that_hangs_up_is_gone(user, credential, peer, s_client):
    bob = credential("bob")
    a = peer(user("alice"), trust=[bob])
    client = s_client(a.address, bob)
    converse(a, client)
    client.hang_up()
    a.wait_for("disconnected", peer="bob")
    assert client.wait_for_exit() == 0


@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_s_server_is_dialled_and_holds_a_conversation(user, credential, peer, s_server, key_type):
    alice, bob = user("alice"), credential("bob", key_type=key_type)
    server = s_server(bob, alice)
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    converse(a, server)


def test_s_client_without_alpn_speaks_the_seed_dialect(user, credential, peer, s_client):
    bob = credential("bob")
    a = peer(user("alice"), trust=[bob])
    client = s_client(a.address, bob, alpn=None)
    a.wait_for("connected", peer="bob")
    for content in ("hello", "again, ünïcödé"):
        client.send({"sender": "bob", "content": content, "timestamp": time.time()})
        event = a.wait_for("message")
        assert event["content"] == content
        assert event["peer"]["fingerprint"] == bob.fingerprint
        assert event["secure"] is True
        assert event["dialect"] == "seed"
        ack = client.expect()
        assert (ack["sender"], ack["content"]) == ("alice", "Ack: Message received")
        assert isinstance(ack["timestamp"], float)
    a.send("bob", "to you", ref=2)
    got = client.expect()
    assert (got["sender"], got["content"]) == ("alice", "to you")
    assert "id" not in got
    client.send({"sender": "bob", "content": "Ack: Message received", "timestamp": time.time()})
    a.wait_for("delivered", ref=2)
    # The ack was a delivery state: neither shown nor answered.
    a.fence()
    assert len(a.seen("message")) == 2


def test_openssl_sees_the_tls_profile(user, credential, peer, s_client):
    """TLS 1.3, a certificate that is alice's, ALPN, no ticket, and a request for ours."""
    alice, bob = user("alice"), credential("bob")
    a = peer(alice, trust=[bob])
    client = s_client(a.address, bob)
    client.expect(type="hello")
    client.hang_up()
    client.wait_for_exit()
    said = "\n".join(client.chatter)
    assert "TLSv1.3" in said
    assert "ALPN protocol: p2pchat/1" in said
    assert "New Session Ticket" not in said
    assert "Post-Handshake" not in said
    assert "Server Temp Key: X25519" in said or "X25519MLKEM768" in said
    pem = said[said.index("-----BEGIN CERTIFICATE"):]
    shown = a.user.home / "shown.pem"
    shown.write_text(pem)
    assert certificates.fingerprint(shown) == alice.fingerprint


def test_a_user_made_by_openssl_is_a_user(adopt, credential, user, peer):
    """A home whose key and certificate come from `openssl genpkey` and `openssl req`."""
    alice, bob = adopt("alice", credential("alice")), user("bob")
    a = peer(alice, trust=[bob])
    b = peer(bob, trust=[alice], connect=a.at)
    b.send("alice", "made by openssl", ref=1)
    b.wait_for("delivered", ref=1)
    assert a.wait_for("message")["content"] == "made by openssl"


def test_our_key_works_in_openssl(user, s_server, peer):
    """The other way round: s_server runs on the key and certificate of p2pchat-keygen."""
    alice, bob = user("alice"), user("bob", key_type="p256")
    server = s_server(bob, alice)
    a = peer(alice, trust=[bob], connect=f"bob@{server.address}")
    converse(a, server)
