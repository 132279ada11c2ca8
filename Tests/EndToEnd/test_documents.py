"""What README and the protocol document tell a reader to type, typed; what they show, seen."""

import json
import re
import shlex
import socket

import pytest

from harness.openssl_cli import OpenSSL
from harness.programs import REPOSITORY

README = REPOSITORY / "README.md"
PROTOCOL = REPOSITORY / "Sources" / "ChatWire" / "ChatWire.docc" / "Protocol.md"


def commands(document, start):
    """The commands in a document's indented blocks that start like this, as lists of words."""
    text = document.read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(rf"^    ({re.escape(start)}.*)$", text, re.M)]


def filled_in(words, credential, trusted, **values):
    """The command with real files for the document's, and other values for its options."""
    values |= {"-cert": credential.certificate, "-key": credential.key,
               "-CAfile": trusted.certificate}
    words = list(words)
    for option, value in values.items():
        assert option in words, f"{option} is not in {words}"
        words[words.index(option) + 1] = str(value)
    assert words[0] == "openssl"
    return words[1:]


@pytest.fixture
def openssl(ending):
    def start(words):
        process = OpenSSL(*words)
        ending.callback(process.dispose)
        return process
    return start


def exchange():
    """The lines of the protocol document's example: who says it, and what."""
    section = PROTOCOL.read_text().split("## An example with openssl", 1)[1]
    block = section.split("```text\n", 1)[1].split("```", 1)[0]
    lines = [line.split(": ", 1) for line in block.splitlines()]
    assert {who for who, _ in lines} == {"C", "S"}
    return [(who, json.loads(line)) for who, line in lines]


def play(a, openssl):
    """Holds the documented conversation. The server's lines must have the documented keys."""
    identifiers = {}
    for who, frame in exchange():
        if frame.get("id") in identifiers:
            frame["id"] = identifiers[frame["id"]]
        if who == "C":
            openssl.send(frame)
            continue
        if frame["type"] == "message":
            a.send("bob", frame["content"], ref="documented")
        seen = openssl.expect(type=frame["type"])
        assert set(seen) == set(frame), f"documented {frame}, seen {seen}"
        for key in ("version", "username", "action", "content", "sender", "state"):
            assert seen.get(key) == frame.get(key)
        if frame["type"] == "message":
            identifiers[frame["id"]] = seen["id"]
    a.wait_for("delivered", ref="documented")
    a.wait_for("disconnected", peer="bob")


def test_the_protocol_documents_client(user, credential, peer, openssl):
    alice, bob = user("alice"), credential("bob")
    a = peer(alice, "--keepalive", "1", trust=[bob])
    [words] = commands(PROTOCOL, "openssl s_client")
    play(a, openssl(filled_in(words, bob, alice, **{"-connect": a.address})))


def test_the_protocol_documents_server(user, credential, peer, openssl):
    alice, bob = user("alice"), credential("bob")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        address = "127.0.0.1:%d" % reserved.getsockname()[1]
    [words] = commands(PROTOCOL, "openssl s_server")
    server = openssl(filled_in(words, bob, alice, **{"-accept": address}))
    # The server does not say when it listens; alice tries until it does.
    a = peer(alice, "--keepalive", "1", trust=[bob], connect=f"bob@{address}")
    play(a, server)


def test_the_documented_client_lets_no_imposter_be_alice(user, credential, peer, openssl):
    """`-CAfile` with `-verify_return_error` pins, as the document says."""
    alice, bob = user("alice"), credential("bob")
    imposter = credential("imposter", common_name="alice")
    a = peer(alice, trust=[bob])
    [words] = commands(PROTOCOL, "openssl s_client")
    client = openssl(filled_in(words, bob, imposter, **{"-connect": a.address}))
    client.wait_for_chatter("certificate verify failed")
    assert client.wait_for_exit() != 0


def test_the_readmes_client(user, peer, openssl):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    [words] = commands(README, "openssl s_client")
    client = openssl(filled_in(words, bob, alice, **{"-connect": a.address}))
    typed = [json.loads(line) for line in re.findall(r'^    (\{"type".*\})$', README.read_text(),
                                                     re.M)]
    assert [frame["type"] for frame in typed] == ["hello", "message"]
    for frame in typed:
        client.send(frame)
    client.expect(type="hello", username="alice")
    client.expect(type="user_presence", action="online")
    client.expect(type="receipt", id=typed[1]["id"], state="delivered")
    assert a.wait_for("message")["content"] == typed[1]["content"]
