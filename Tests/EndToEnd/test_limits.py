"""The limits on what anybody, contact or not, may hold of us."""

import re
import select
import socket
import time
from pathlib import Path

import pytest

from harness import native
from harness.native import greet
from harness.waiting import Deadline

FROM_ONE_ADDRESS = 64
UNFINISHED = 256


class Silent:
    """TCP connections that never speak, from addresses of 127.0.0.0/8."""

    def __init__(self, target, ending):
        self._target = target
        self._ending = ending
        self.connections = []

    def open(self, count, source):
        for _ in range(count):
            connection = socket.create_connection(self._target, timeout=20,
                                                  source_address=(source, 0))
            self._ending.enter_context(connection)
            self.connections.append(connection)

    def closed(self):
        """The places of those that the program has ended, in order of opening."""
        gone = []
        watch = select.poll()
        numbers = {}
        for index, connection in enumerate(self.connections):
            numbers[connection.fileno()] = index
            watch.register(connection, select.POLLIN | select.POLLHUP)
        for descriptor, _ in watch.poll(0):
            # It never has anything to say to a connection that says nothing.
            try:
                assert self.connections[numbers[descriptor]].recv(100) == b""
            except ConnectionResetError:
                pass
            gone.append(numbers[descriptor])
        return sorted(gone)

    def wait_for_closed(self, count):
        deadline = Deadline()
        gone = set()
        while len(gone) < count:
            assert not deadline.passed, f"{len(gone)} of {count} were dropped: {sorted(gone)}"
            waiting = [c for i, c in enumerate(self.connections) if i not in gone]
            select.select(waiting, [], [], deadline.left)
            gone.update(self.closed())
        return sorted(gone)


@pytest.fixture
def flood(ending):
    def start(target):
        return Silent((target.host, target.port), ending)
    return start


@pytest.mark.slow
def test_three_hundred_silent_connections_from_one_address(user, peer, dial, flood):
    bob = user("bob")
    a = peer(user("alice"), "--handshake-timeout", "60", trust=[bob])
    silent = flood(a)
    silent.open(300, "127.0.0.1")
    # The oldest make room for the newest.
    assert silent.wait_for_closed(300 - FROM_ONE_ADDRESS) == list(range(300 - FROM_ONE_ADDRESS))
    # A contact from that very address gets in, and one more of the silent ones goes.
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    session.message("through the crowd")
    assert a.wait_for("message")["content"] == "through the crowd"
    assert silent.closed() == list(range(300 - FROM_ONE_ADDRESS + 1))


@pytest.mark.slow
def test_silent_connections_from_many_addresses(user, peer, dial, flood):
    bob = user("bob")
    a = peer(user("alice"), "--handshake-timeout", "60", trust=[bob])
    silent = flood(a)
    for number in range(2, 8):
        silent.open(50, f"127.0.0.{number}")
    assert silent.wait_for_closed(300 - UNFINISHED) == list(range(300 - UNFINISHED))
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    assert len(silent.closed()) == 300 - UNFINISHED + 1


def test_finished_handshakes_do_not_count(user, peer, dial, flood):
    """A session that stands is not dropped for those that are unfinished."""
    bob = user("bob")
    a = peer(user("alice"), "--handshake-timeout", "60", trust=[bob])
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    silent = flood(a)
    silent.open(100, "127.0.0.1")
    silent.wait_for_closed(100 - FROM_ONE_ADDRESS)
    session.message("still here")
    assert a.wait_for("message")["content"] == "still here"
    assert not a.seen("disconnected")


def test_a_contact_that_hides_its_hello_counts_as_unfinished(user, peer, dial):
    """Done with TLS is not done: without a hello the deadline still holds."""
    bob = user("bob")
    a = peer(user("alice"), "--handshake-timeout", "60", trust=[bob])
    sessions = [dial(a.address, bob) for _ in range(FROM_ONE_ADDRESS + 1)]
    sessions[0].expect("hello")
    try:
        sessions[0].expect_end()
    except native.Truncated:
        pass
    for session in sessions[1:]:
        session.expect("hello")
    assert all(session.silent() for session in sessions[1:])


def test_the_longest_content(pair):
    a, b = pair()
    for number, content in enumerate(["x" * 16384, "ü" * 8192, "\U0001F600" * 4096]):
        a.send("bob", content, ref=number)
        assert b.wait_for("message")["content"] == content
        a.wait_for("delivered", ref=number)


@pytest.mark.parametrize("content", ["x" * 16385, "ü" * 8193, "\U0001F600" * 4097],
                         ids=["ascii", "two-bytes", "emoji"])
def test_longer_content_is_an_error_that_names_the_limit(pair, content):
    a, b = pair()
    a.send("bob", content, ref="long")
    error = a.wait_for("error", ref="long")
    assert error["code"] == "content-too-long"
    assert "16" in error["message"]
    a.send("bob", "short", ref="short")
    a.wait_for("delivered", ref="short")
    # The first that comes: nothing of the long one came before it.
    assert b.wait_for("message")["content"] == "short"


def test_an_empty_message_is_an_error(pair):
    a, b = pair()
    a.send("bob", "", ref="empty")
    assert a.wait_for("error", ref="empty")["code"] == "content-empty"
    a.fence()
    assert not a.seen("queued") and not b.seen("message")


def test_a_dead_peer_is_noticed(user, peer, proxy):
    """Nothing comes any more and nobody says so: after the keep-alive's time the peer is gone."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, "--keepalive", "1", trust=[bob])
    between = proxy(a.address)
    b = peer(bob, "--keepalive", "1", trust=[alice], connect=f"alice@{between.address}")
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    between.freeze()
    a.wait_for("disconnected", peer="bob")
    b.wait_for("disconnected", peer="alice")
    between.cut()
    between.thaw()
    a.wait_for("connected", peer="bob")


def test_an_idle_peer_is_kept(user, peer, dial):
    """Somebody who only answers pings stays connected over several times the deadline."""
    bob = user("bob")
    a = peer(user("alice"), "--keepalive", "1", trust=[bob])
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    for _ in range(5):
        session.expect("ping")
        session.send({"type": "pong"})
    a.fence()
    assert not a.seen("disconnected")


def test_many_commands_at_once(pair):
    """Standard input is read as fast as it can be used, whatever is written there."""
    a, b = pair()
    started = time.time()
    a.write("".join('{"command":"presence","state":"%s"}\n' % ("away", "online")[n % 2]
                    for n in range(2000)))
    a.send("bob", "after", ref="after")
    a.wait_for("delivered", ref="after")
    assert b.wait_for("message")["timestamp"] >= started - 1


def test_there_are_descriptors_for_as_many_sessions_as_there_may_be(pair):
    a, _ = pair()
    limits = Path(f"/proc/{a.pid}/limits").read_text()
    soft, hard = re.search(r"Max open files\s+(\d+)\s+(\d+)", limits).groups()
    assert int(soft) >= min(int(hard), 8192)
