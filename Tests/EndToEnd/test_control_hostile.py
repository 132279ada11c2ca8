"""Clients of the control socket that behave badly: the chat goes on, and others are served."""

import json
import socket

import pytest

from harness import control as sockets
from harness.programs import memory

LIMIT = 1 << 20


@pytest.fixture
def alice(user, peer):
    alice = user("alice")
    alice_peer = peer(alice)
    yield alice
    # Whatever was done to it, it is there and answers.
    alice_peer.fence()


@pytest.mark.parametrize("garbage", [
    b"\x00\xff\xfe\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"{}\n[]\nnull\n", b"\xef\xbb\xbf{}\n",
    b"[" * 100_000 + b"\n", b'{"command":"dance"}\n', b'{"command":"contacts","ref":' + b"[" * 99
    + b"]" * 99 + b"}\n"], ids=lambda garbage: repr(garbage[:12]))
def test_garbage_is_answered_and_the_next_command_carried_out(alice, control, garbage):
    script = control(alice)
    script.write(garbage)
    assert script.wait_for("error")["code"] == "bad-command"
    assert script.ask("contacts", ref=1)["contacts"] == []


def test_a_huge_line_is_refused_and_not_kept(alice, control, peer):
    script = control(alice)
    for _ in range(20):
        script.write(b"x" * LIMIT)
    script.write(b"\n")
    assert "1048576" in script.wait_for("error")["message"]
    assert script.ask("contacts")["contacts"] == []


def test_a_line_that_never_ends(alice, control):
    script = control(alice)
    script.write(b'{"command":"send","to":"bob","content":"')
    script.raw.close()
    assert control(alice).ask("contacts")["contacts"] == []


def test_hundreds_of_connections(alice, control):
    crowd = []
    greeted = refused = 0
    for _ in range(300):
        raw = sockets.connect(alice)
        crowd.append(raw)
        first = json.loads(raw.makefile("rb").readline())
        if first["event"] == "hello":
            greeted += 1
        else:
            assert (first["event"], first["code"]) == ("error", "queue-full")
            refused += 1
    assert (greeted, refused) == (64, 236)
    for raw in crowd:
        raw.close()
    # There is room again as soon as the program has seen them go.
    for _ in range(1000):
        raw = sockets.connect(alice)
        with raw, raw.makefile("rb") as lines:
            if json.loads(lines.readline())["event"] == "hello":
                return
    pytest.fail("there is no room after everybody has left")


def test_connections_that_say_nothing_and_leave(alice, control):
    for _ in range(300):
        sockets.connect(alice).close()
    assert control(alice).ask("contacts")["contacts"] == []


def test_who_asks_and_does_not_read_has_to_wait(alice, control):
    """Its commands are not read any more, nothing is lost, and nothing piles up."""
    script = control(alice)
    command = b'{"command":"requests"}\n' * 1000
    script.raw.settimeout(1)
    written = 0
    try:
        while written < 200 * len(command):
            written += script.raw.send(command[written % len(command):])
    except TimeoutError:
        pass
    assert written < 200 * len(command), "all of it was taken"
    assert control(alice).ask("contacts")["contacts"] == []
    script.raw.settimeout(60)
    for _ in range(written // 23):
        assert script.next()["event"] == "requests"


def test_who_watches_and_does_not_read_is_cut(pair, control):
    a, b = pair()
    before, _ = memory(a.pid)
    idler, reader = sockets.connect(a.user), control(a.user)
    idler.sendall(b'{"command":"watch"}\n')
    reader.command("watch")
    reader.wait_for("watching")
    # 16 MiB, where 8 are kept.
    for number in range(1024):
        b.send("alice", f"{number} " + "x" * 16_000)
        assert reader.wait_for("message")["content"].startswith(f"{number} ")
    received = 0
    try:
        while chunk := idler.recv(1 << 20):
            received += len(chunk)
    except ConnectionResetError:
        pass
    idler.close()
    assert received < 16_000 * 1024
    now, _ = memory(a.pid)
    assert now - before < 100 << 20
    b.send("alice", "and on it goes")
    assert reader.wait_for("message")["content"] == "and on it goes"
