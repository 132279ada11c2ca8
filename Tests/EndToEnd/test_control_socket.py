"""The control socket itself: what is spoken there, where it stands, and whom it lets in."""

import fcntl
import os
import socket
import stat
import subprocess
import sys

import pytest

from harness import control as sockets
from harness import users
from harness.programs import (
    EX_NOPERM, EX_TEMPFAIL, assert_one_sentence, clean_environment, program, run)
from harness.waiting import PATIENCE

LEAVE = 20


def p2pchat(user, command, *arguments):
    return run("p2pchat", command, *user.tail(), *arguments, home=user.home)


# What is spoken

def test_it_says_hello(user, peer, control):
    alice = user("alice")
    peer(alice)
    hello = control(alice).hello
    assert (hello["user"], hello["fingerprint"]) == ("alice", alice.fingerprint)
    assert hello["protocol"] == 1


def test_a_conversation(pair, control):
    a, b = pair()
    script = control(a.user)
    script.command("send", to="bob", content="hi", ref={"any": ["thing"]})
    for event in ("queued", "sent", "delivered"):
        assert script.wait_for(event)["ref"] == {"any": ["thing"]}
    assert b.wait_for("message")["content"] == "hi"
    [contact] = script.ask("contacts")["contacts"]
    assert (contact["name"], contact["presence"]) == ("bob", "online")
    script.command("verify", contact="bob", compared=True)
    assert script.wait_for("verify")["contact"]["trust"] == "verified"


def test_what_others_say_and_do_is_not_told(pair, control):
    a, b = pair()
    script, other = control(a.user), control(a.user)
    b.send("alice", "for the screen")
    a.wait_for("message")
    other.command("send", to="bob", content="other", ref=1)
    other.wait_for("delivered", ref=1)
    script.command("requests", ref="fence")
    assert script.next() == {"event": "requests", "time": pytest.approx(0, abs=1e12),
                             "requests": [], "ref": "fence"}


def test_who_watches_is_told_everything(pair, control):
    a, b = pair()
    bot = control(a.user)
    bot.command("watch", ref=1)
    assert bot.wait_for("watching")["ref"] == 1
    b.send("alice", "hello")
    assert bot.wait_for("message")["content"] == "hello"
    a.send("bob", "from standard input", ref="mine")
    assert "ref" not in bot.wait_for("delivered")
    b.quit()
    bot.wait_for("disconnected")


def test_quit_ends_the_connection_and_not_the_program(user, peer, control):
    alice = user("alice")
    a = peer(alice)
    script = control(alice)
    script.command("quit")
    assert script.next() is None
    a.fence()
    assert control(alice).ask("contacts")["contacts"] == []


def test_the_end_of_what_it_says_is_the_end_after_the_answers(user, peer, control):
    """As with `echo … | socat - UNIX-CONNECT:control.sock`; the last line may lack its end."""
    alice = user("alice")
    peer(alice)
    script = control(alice)
    script.write(b'{"command":"contacts"}\n{"command":"requests"}')
    script.raw.shutdown(socket.SHUT_WR)
    assert [script.next()["event"], script.next()["event"]] == ["contacts", "requests"]
    assert script.next() is None


def test_who_hangs_up_has_sent_all_the_same(pair, control):
    a, b = pair()
    script = control(a.user)
    script.command("send", to="bob", content="and gone")
    script.close()
    assert b.wait_for("message")["content"] == "and gone"


def test_a_file_is_not_read_for_a_client(user, peer, control):
    alice, bob = user("alice"), user("bob")
    peer(alice)
    script = control(alice)
    script.command("trust", file=str(bob.certificate))
    assert script.wait_for("error")["code"] == "bad-command"
    script.command("trust", certificate=bob.certificate.read_text())
    assert script.wait_for("trusted")["contact"]["fingerprint"] == bob.fingerprint


# Where it stands

def test_it_is_there_while_the_chat_is(user, peer):
    alice = user("alice")
    a = peer(alice)
    information = os.lstat(sockets.path(alice))
    assert stat.S_ISSOCK(information.st_mode)
    assert stat.S_IMODE(information.st_mode) == 0o600
    a.quit()
    assert not sockets.path(alice).exists()
    assert not list(alice.folder.glob(".control*"))


def test_what_a_killed_chat_leaves_is_replaced(user, peer, control):
    alice = user("alice")
    a = peer(alice)
    a.kill()
    assert sockets.path(alice).exists()
    # Nobody holds the lock: a sub-command does its work itself.
    assert p2pchat(alice, "trust", user("bob").certificate).returncode == 0
    peer(alice)
    assert len(control(alice).ask("contacts")["contacts"]) == 1


def test_a_home_deeper_than_a_sockets_address_takes(folder, peer, control):
    deep = folder.joinpath(*["d" * 50] * 5)
    alice = users.make_user(deep, "alice")
    assert len(str(sockets.path(alice))) > 250
    peer(alice)
    assert control(alice).ask("contacts")["contacts"] == []
    assert p2pchat(alice, "trust", "--fingerprint", ":".join(["AB"] * 32), "bob").returncode == 0


@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_something_else_in_its_place(user, peer, folder, kind):
    """The chat goes on without a socket, says so, and leaves alone what is not its own."""
    alice = user("alice")
    path = sockets.path(alice)
    elsewhere = folder / "elsewhere"
    if kind == "link":
        path.symlink_to(elsewhere)
    elif kind == "file":
        path.write_text("mine")
    else:
        path.mkdir()
    a = peer(alice)
    a.fence()
    assert "control.sock is not a socket" in a.stderr
    assert not elsewhere.exists()
    result = p2pchat(alice, "trust", user("bob").certificate)
    assert result.returncode != 0
    assert "control.sock" in assert_one_sentence(result.stderr)
    # What needs no chat is still answered.
    assert p2pchat(alice, "contacts").returncode == 0
    a.quit()
    assert path.is_symlink() or path.exists()


def test_a_link_to_anothers_socket_is_not_followed(user, peer):
    """A socket in the chat's place, reached by a link, gets nothing from a sub-command."""
    alice, mallory = user("alice"), user("mallory")
    peer(alice)
    sockets.path(alice).unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(mallory.folder / "trap"))
        server.listen()
        server.settimeout(0)
        sockets.path(alice).symlink_to(mallory.folder / "trap")
        result = p2pchat(alice, "send", "bob", "secret")
        assert result.returncode != 0
        assert "not a socket" in assert_one_sentence(result.stderr)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_modes_that_let_others_in_are_refused(user, peer):
    alice = user("alice")
    peer(alice)
    sockets.path(alice).chmod(0o666)
    result = p2pchat(alice, "send", "bob", "hi")
    assert result.returncode == EX_NOPERM
    assert "chmod 600" in assert_one_sentence(result.stderr)


# Whom it lets in

@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_is_turned_away(user, peer):
    """Even where all modes were loosened: the kernel says who it is."""
    alice = user("alice")
    a = peer(alice)
    for folder in [alice.folder, *alice.folder.parents]:
        if folder != folder.parent and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    sockets.path(alice).chmod(0o666)
    script = ("import socket, sys\n"
              "s = socket.socket(socket.AF_UNIX)\n"
              f"s.settimeout({PATIENCE})\n"
              "s.connect(sys.argv[1])\n"
              "try:\n"
              "    s.sendall(b'{\"command\":\"contacts\"}\\n')\n"
              "    print(repr(s.recv(100)))\n"
              "except (BrokenPipeError, ConnectionResetError):\n"
              "    print(repr(b''))\n")
    result = subprocess.run(
        [sys.executable, "-c", script, str(sockets.path(alice))], user=65534, group=65534,
        extra_groups=[], capture_output=True, text=True, timeout=PATIENCE, cwd="/")
    assert result.stdout.strip() == "b''", result.stderr
    a.fence()


# Coming and going

def hold_lock(user):
    lock = open(user.folder / "lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def listen(user):
    """Poses as a chat."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(sockets.path(user)))
    sockets.path(user).chmod(0o600)
    server.listen()
    server.settimeout(PATIENCE)
    return server


def start(user, command, *arguments):
    return subprocess.Popen(
        [program("p2pchat"), command, *user.tail(), *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=user.home, env=clean_environment(user.home))


def hello(user):
    return (b'{"event":"hello","time":1,"protocol":1,"version":"0","user":"alice","fingerprint":"'
            + user.fingerprint.encode() + b'"}\n')


@pytest.mark.parametrize("says_so", [False, True])
def test_a_chat_that_is_just_leaving(user, says_so):
    """The lock is held, the socket there, and then neither: the sub-command does it itself."""
    alice, bob = user("alice"), user("bob")
    with hold_lock(alice), listen(alice) as server:
        script = start(alice, "trust", bob.certificate)
        connection, _ = server.accept()
        if says_so:
            connection.sendall(hello(alice))
            assert b'"certificate"' in connection.recv(4096)
            connection.sendall(
                b'{"event":"error","time":1,"code":"stopping","message":"About to end."}\n')
        connection.close()
        sockets.path(alice).unlink()
    with script:
        _, errors = script.communicate(timeout=60)
    assert script.returncode == 0, errors
    assert bob.fingerprint in p2pchat(alice, "contacts").stdout


def test_a_chat_that_is_just_starting(user, ending, peer):
    """The lock is held and the socket not there yet: it is waited for."""
    alice, bob = user("alice"), user("bob")
    lock = hold_lock(alice)
    script = start(alice, "trust", bob.certificate)
    with script, lock:
        server = listen(alice)
        connection, _ = server.accept()
        connection.sendall(hello(alice))
        assert b'"certificate"' in connection.recv(4096)
        connection.sendall(
            b'{"event":"trusted","time":1,"contact":{"name":"bob","fingerprint":"'
            + bob.fingerprint.encode() + b'","trust":"trusted","addresses":[],"added":1}}\n')
        _, errors = script.communicate(timeout=60)
        connection.close()
        server.close()
    assert script.returncode == 0, errors


def test_a_holder_that_never_listens(user):
    alice = user("alice")
    with hold_lock(alice):
        result = p2pchat(alice, "trust", user("bob").certificate)
    assert result.returncode == EX_TEMPFAIL
    assert "in use" in assert_one_sentence(result.stderr)


@pytest.mark.parametrize("greeting", [
    b"", b"\x00\xff\n", b'{"event":"message"}\n', b"{" * 100_000 + b"\n"],
    ids=["nothing", "binary", "other", "deep"])
def test_a_holder_that_speaks_otherwise(user, greeting):
    """Not forever, and with a sentence."""
    alice = user("alice")
    with hold_lock(alice), listen(alice) as server:
        script = start(alice, "send", "bob", "hi")
        connections = []
        with script:
            while script.poll() is None:
                try:
                    server.settimeout(0.2)
                    connections.append(server.accept()[0])
                    connections[-1].sendall(greeting)
                except (TimeoutError, BrokenPipeError):
                    pass
            _, errors = script.communicate(timeout=60)
        for connection in connections:
            connection.close()
    assert script.returncode == EX_TEMPFAIL
    assert_one_sentence(errors)
