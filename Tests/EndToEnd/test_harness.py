"""The stand-ins against each other and against openssl: what the other tests lean on holds."""

import json
import socket
import ssl
import threading

import pytest

from harness import certificates, native
from harness.objects import split_output


@pytest.fixture
def keys(credential):
    return credential("alice"), credential("bob", key_type="p256")


def in_background(work, *arguments):
    """Runs `work` beside the test; the result is a function that waits for what it returned."""
    outcome = {}

    def run():
        try:
            outcome["value"] = work(*arguments)
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def wait():
        thread.join(30)
        assert not thread.is_alive(), "still running"
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]
    return wait


def test_python_talks_to_python_in_mutual_tls(keys, listener, dial):
    alice, bob = keys
    server = listener(native.server_context(alice, trusted=[bob]))
    accepted = in_background(server.accept)
    client = dial(server.address, bob)
    session = accepted()
    assert session.peer_fingerprint == bob.fingerprint
    assert client.peer_fingerprint == alice.fingerprint
    assert session.tls.selected_alpn_protocol() == native.ALPN
    identifier = client.message("grüß dich")
    assert session.expect("message")["id"] == identifier
    in_background(client.close)
    assert session.read_frame() is None


def test_a_missing_close_notify_is_seen(keys, listener, dial):
    alice, bob = keys
    server = listener(native.server_context(alice, trusted=[bob]))
    accepted = in_background(server.accept)
    client = dial(server.address, bob)
    session = accepted()
    client.cut()
    with pytest.raises(native.Truncated):
        session.read_bytes()


@pytest.mark.parametrize("flaw", ["none", "stranger", "stolen"])
def test_a_server_refuses_what_is_not_pinned(keys, listener, dial, credential, folder, flaw):
    alice, bob = keys
    shown = {"none": lambda: None,
             "stranger": lambda: credential("mallory"),
             "stolen": lambda: certificates.steal(folder / "stolen", bob)}[flaw]()
    server = listener(native.server_context(alice, trusted=[bob]))
    accepted = in_background(server.accept)
    client = dial(server.address, shown)
    reason = client.expect_alert()
    with pytest.raises(ssl.SSLError):
        accepted()
    assert reason == {"none": "TLSV13_ALERT_CERTIFICATE_REQUIRED",
                      "stranger": "TLSV1_ALERT_UNKNOWN_CA",
                      "stolen": "TLSV1_ALERT_DECRYPT_ERROR"}[flaw]


def test_openssl_s_client_talks_to_python(keys, listener, s_client):
    alice, bob = keys
    server = listener(native.server_context(alice, trusted=[bob]))
    client = s_client(server.address, bob)
    session = server.accept()
    assert session.tls.selected_alpn_protocol() == native.ALPN
    native_hello = in_background(native.greet, session, "alice")
    client.send({"type": "hello", "version": 1, "username": "bob", "port": 0, "features": []})
    assert native_hello()["username"] == "bob"
    assert client.expect(type="hello")["username"] == "alice"
    client.hang_up()
    assert session.read_frame() is None


def test_openssl_s_server_talks_to_python(keys, s_server, dial):
    alice, bob = keys
    server = s_server(alice, bob)
    client = dial(server.address, bob)
    assert client.tls.selected_alpn_protocol() == native.ALPN
    client.message("hello")
    assert server.expect(type="message")["content"] == "hello"
    server.send({"type": "bye"})
    assert client.expect("bye")


def test_certificates_have_the_flaw_asked_for(credential):
    ca = credential("root", ca=True)
    for made, expected in [(ca, "CA:TRUE"),
                           (credential("leaf", issuer=ca), "CN = root"),
                           (credential("old", expired=True), "CA:FALSE"),
                           (credential("rsa", key_type="rsa"), "rsaEncryption")]:
        text = certificates.openssl("x509", "-in", made.certificate, "-noout", "-text").decode()
        assert expected in text
        printed = certificates.openssl(
            "x509", "-in", made.certificate, "-noout", "-fingerprint", "-sha256").decode()
        assert printed.strip().endswith("=" + made.fingerprint)


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "tls"])
def test_the_seed_stand_in_talks_to_itself(keys, seed, wrapped):
    alice, bob = keys
    options = {"alice": {}, "bob": {}}
    if wrapped:
        options = {
            name: dict(certificate=own.certificate, key=own.key, trusted=other.certificate)
            for name, own, other in [("alice", alice, bob), ("bob", bob, alice)]}
    a, b = seed("alice", **options["alice"]), seed("bob", **options["bob"])
    ack = a.send(b.address, "naïve ☕")
    assert (ack["sender"], ack["content"]) == ("bob", "Ack: Message received")
    assert isinstance(ack["timestamp"], float)
    assert b.messages.get(timeout=10) == ("alice", "naïve ☕")


def test_the_seed_stand_in_closes_on_what_it_cannot_parse(seed):
    peer = seed("alice")
    with socket.create_connection((peer.host, peer.port), timeout=10) as connection:
        # Longer than one read: the first 1,024 bytes are no JSON document.
        connection.sendall(json.dumps({"sender": "bob", "content": "x" * 2000}).encode())
        try:
            assert connection.recv(1024) == b""
        except ConnectionResetError:
            pass
    assert peer.messages.empty()


def test_output_is_split_into_objects_and_talk():
    text = b'CONNECTED\n{"a":1}{"b":\n2}\nread R BLOCK\n{"c": "\xc3'
    found, rest = split_output(text)
    assert found == ["CONNECTED", {"a": 1}, {"b": 2}, "read R BLOCK"]
    assert rest == b'{"c": "\xc3'


def test_the_proxy_freezes_and_cuts(seed, proxy):
    peer = seed("alice")
    between = proxy(peer.address)
    assert seed("bob").send(between.address, "through")["sender"] == "alice"
    host, _, port = between.address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b'{"sender": "x", "content": "one"}')
        connection.recv(1024)
        between.freeze()
        connection.sendall(b'{"sender": "x", "content": "two"}')
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1024)
        connection.settimeout(10)
        between.thaw()
        assert b"Ack" in connection.recv(1024)
        between.cut()
        assert connection.recv(1024) == b""


def test_the_terminal_shows_what_is_printed_and_typed(folder, terminal):
    shell = terminal(["/bin/sh", "-c", 'printf "who? "; read -r name; echo "hello, $name"; exit 3'])
    shell.wait_for("who?")
    shell.type("Zoë 'x'; $y \\")
    row = shell.wait_for("Zoë")
    assert row == "who? Zoë 'x'; $y \\"
    assert shell.cursor() == (len(row), 0)
    shell.press("Enter")
    shell.wait_for("hello, Zoë 'x'; $y \\")
    assert shell.wait_for("left with") == "left with 3"


def test_the_terminal_passes_on_an_interrupt(terminal):
    shell = terminal(["/bin/sh", "-c", 'trap "echo caught; exit 5" INT; echo ready; read -r _'])
    shell.wait_for("ready")
    shell.press("C-c")
    shell.wait_for("caught")
    assert shell.wait_for("left with") == "left with 5"
