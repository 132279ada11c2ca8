"""`p2pchat send`: one message, and a status that scripts can trust."""

import json
import socket
import threading

import pytest

from harness import native
from harness.programs import (
    EX_DATAERR, EX_NOPERM, EX_NOUSER, EX_TEMPFAIL, EX_USAGE, assert_one_sentence, run)


@pytest.fixture
def acquainted(user, peer):
    """Alice has talked with bob, who is there; she is not running."""
    alice, bob = user("alice"), user("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.at)
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    a.quit()
    b.wait_for("disconnected", peer="alice")
    return alice, b


def send(user, *arguments, stdin=""):
    return run("p2pchat", "send", *user.tail(), *arguments, home=user.home, stdin=stdin)


def test_a_message_is_delivered(acquainted):
    alice, b = acquainted
    result = send(alice, "bob", "on my way")
    assert result.returncode == 0, result.stderr
    assert b.wait_for("message")["content"] == "on my way"
    assert result.stderr == ""


def test_text_from_standard_input(acquainted):
    alice, b = acquainted
    result = send(alice, "bob", "-", stdin="from a pipe,\ntwo lines ☕\n")
    assert result.returncode == 0, result.stderr
    assert b.wait_for("message")["content"].rstrip("\n") == "from a pipe,\ntwo lines ☕"


def test_text_that_looks_like_an_option(acquainted):
    alice, b = acquainted
    result = send(alice, "--", "bob", "--help")
    assert result.returncode == 0, result.stderr
    assert b.wait_for("message")["content"] == "--help"


def test_json(acquainted):
    alice, b = acquainted
    result = send(alice, "--json", "bob", "for a script")
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[-1]["event"] == "delivered"
    assert events[-1]["id"] == b.wait_for("message")["id"]


def test_nobody_is_there(acquainted):
    alice, b = acquainted
    b.quit()
    result = run("p2pchat", "send", *alice.tail(), "--wait", "2", "bob", "are you there?",
                 home=alice.home)
    assert result.returncode == EX_TEMPFAIL
    assert "bob" in assert_one_sentence(result.stderr)
    assert "queued" in result.stderr


def test_what_was_queued_goes_out_when_p2pchat_runs(user, peer):
    """Nobody knows yet where bob is: three messages wait for a run in which he comes."""
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    for number in range(3):
        result = send(alice, "--wait", "0", "bob", f"message {number}")
        assert result.returncode == EX_TEMPFAIL, result.stderr
        assert "queued" in assert_one_sentence(result.stderr)
    a = peer(alice)
    b = peer(bob, trust=[alice], connect=f"alice@{a.address}")
    told = b.wait_for_count(3, "message")
    assert [event["content"] for event in told] == [f"message {number}" for number in range(3)]
    assert len(a.wait_for_count(3, "delivered")) == 3
    # Once: a later run has nothing to send.
    a.quit()
    a = peer(alice, connect=b.at)
    a.wait_for("connected", peer="bob")
    a.send("bob", "later")
    told = b.wait_for_count(4, "message")
    assert [event["content"] for event in told][3:] == ["later"]


def test_an_unknown_name(user):
    result = send(user("alice"), "nobody", "hello")
    assert result.returncode == EX_NOUSER
    assert "nobody" in assert_one_sentence(result.stderr)


def test_too_long(acquainted):
    alice, _ = acquainted
    result = send(alice, "bob", "-", stdin="x" * 16385)
    assert result.returncode == EX_DATAERR
    assert "16" in assert_one_sentence(result.stderr)


def test_nothing_to_say(acquainted):
    alice, _ = acquainted
    result = send(alice, "bob", "-", stdin="")
    assert result.returncode in (EX_DATAERR, EX_USAGE)
    assert result.stderr.strip()


def test_text_that_is_not_utf8(acquainted):
    alice, _ = acquainted
    result = send(alice, "bob", "-", stdin="\udcff\udcfe")
    assert result.returncode == EX_DATAERR, result.stderr
    assert "UTF-8" in assert_one_sentence(result.stderr)


def test_a_missing_argument(user):
    assert send(user("alice"), "bob").returncode == EX_USAGE


def test_an_imposter_at_the_contacts_address_gets_nothing(acquainted, credential):
    alice, b = acquainted
    port = b.port
    b.quit()
    imposter = credential("imposter", common_name="bob")
    context = native.server_context(imposter, trusted=[alice])
    received = []

    def accept(server):
        raw, _ = server.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as tls:
                received.append(tls.recv(4096))
        except OSError:
            pass
    with socket.create_server(("127.0.0.1", port)) as server:
        server.settimeout(20)
        thread = threading.Thread(target=accept, args=(server,), daemon=True)
        thread.start()
        result = send(alice, "bob", "secret")
        thread.join(20)
    assert result.returncode == EX_NOPERM
    assert received in ([], [b""])
    assert imposter.fingerprint in result.stderr
