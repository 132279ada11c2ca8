"""Line mode where input and output are no terminal: plain lines, safe to show and to log."""

import re
import subprocess
import threading
import unicodedata

import pytest

from harness import certificates
from harness.native import greet
from harness.programs import EX_TEMPFAIL, clean_environment, program
from harness.waiting import Deadline

# Escape sequences, bidi overrides and isolates, tags, zero-width, line and paragraph separators,
# C1, DEL and a lone carriage return.
HOSTILE = ("x\x1b[31m\x1b]0;owned\x07\u202etxt.exe\u202c\u2066i\u2069\U000e0041\u200b\u2028\u2029"
           "\u0085\x9b2J\x7f\r\ny")


class Lines:
    """p2pchat in line mode behind pipes."""

    def __init__(self, user, *arguments):
        self.process = subprocess.Popen(
            [program("p2pchat"), *user.tail(), "--no-dht", "--no-port-mapping",
             *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=clean_environment(user.home), cwd=user.home)
        self.output = b""
        self._ended = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def wait_for(self, pattern):
        deadline = Deadline()
        with self._news:
            while True:
                text = self.output.decode("utf-8", "replace")
                if match := re.search(pattern, text):
                    return match
                if self._ended or deadline.passed:
                    raise AssertionError(f"waited for {pattern!r}; it printed\n{text}")
                self._news.wait(deadline.left)

    def leave(self):
        self.process.stdin.close()
        status = self.process.wait(Deadline().left)
        self._thread.join(5)
        return status

    def dispose(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._thread.join(5)
        self.process.stdout.close()
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass

    def _read(self):
        while chunk := self.process.stdout.read1(65536):
            with self._news:
                self.output += chunk
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


def assert_safe(output):
    """Nothing but line feeds and what may be shown to a person."""
    text = output.decode("utf-8")
    bad = {f"U+{ord(c):04X}" for c in text if c != "\n" and (
        unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs")
        or c in "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        or 0xE0000 <= ord(c) < 0xE0080)}
    assert not bad, f"{bad} in\n{text!r}"
    return text


@pytest.fixture
def lines(ending):
    def start(*arguments):
        process = Lines(*arguments)
        ending.callback(process.dispose)
        return process
    return start


def listen(a):
    return a.wait_for(r"127\.0\.0\.1:\d+").group()


def test_a_conversation_through_pipes(user, peer, lines):
    alice, bob = user("alice"), user("bob")
    a = lines(alice, "--listen", "127.0.0.1:0", "--trust", bob.certificate, "--to", "bob")
    b = peer(bob, trust=[alice], connect=listen(a))
    b.wait_for("connected")
    a.type("from a script")
    # Whatever a pipe carries is text: a line that looks like a command is no exception.
    a.type("/quit")
    assert [e["content"] for e in b.wait_for_count(2, "message")] == ["from a script", "/quit"]
    b.send("alice", "grüß dich ☕")
    a.wait_for(r"bob.*grüß dich ☕")
    assert a.leave() == 0
    b.wait_for("disconnected")
    text = assert_safe(a.output)
    assert "\n> " not in text


def test_every_field_of_a_peer_is_made_safe(user, lines, dial):
    """Content, names, presence, reasons: nothing of it reaches the terminal as it came."""
    alice, bob = user("alice"), user("bob")
    a = lines(alice, "--listen", "127.0.0.1:0", "--trust", bob.certificate)
    session = dial(listen(a), bob)
    greet(session, HOSTILE)
    session.message(HOSTILE + "content-end", sender=HOSTILE)
    a.wait_for("content-end")
    session.send({"type": "user_presence", "action": "online", "username": HOSTILE,
                  "ip": HOSTILE, "port": 1})
    session.send({"type": "presence_list", "users": {HOSTILE: {"ip": HOSTILE, "port": 1}}})
    session.send({"type": HOSTILE, HOSTILE: HOSTILE})
    session.send({"type": "receipt", "id": HOSTILE, "state": HOSTILE})
    session.send({"type": "error", "code": HOSTILE, "reason": HOSTILE})
    session.close()
    assert a.leave() == 0
    text = assert_safe(a.output)
    assert "txt.exe" in text


def test_names_in_certificates_are_made_safe(user, lines, dial, folder):
    """The name of somebody unknown is the first thing that a stranger can put on the screen."""
    stranger = certificates.make(folder / "strange", "strange",
                                 common_name="x\u202egnp.exe\u200b\x1b[31mred")
    a = lines(user("alice"), "--listen", "127.0.0.1:0")
    dial(listen(a), stranger).expect_alert()
    a.wait_for(stranger.fingerprint)
    assert a.leave() == 0
    assert_safe(a.output)


def test_a_message_of_several_lines_cannot_forge_one(user, peer, lines):
    alice, bob = user("alice"), user("bob")
    a = lines(alice, "--listen", "127.0.0.1:0", "--trust", bob.certificate)
    b = peer(bob, trust=[alice], connect=listen(a))
    b.send("alice", "one line")
    model = a.wait_for(r"(?m)^.*one line$").group()
    forged = model.replace("bob", "carol").replace("one line", "send money")
    b.send("alice", f"first\n{forged}")
    a.wait_for("send money")
    assert a.leave() == 0
    prefix = forged[:forged.index("carol") + len("carol")]
    assert not [line for line in a.output.decode().splitlines() if line.startswith(prefix)]


def test_what_is_piped_in_arrives_before_the_end(user, peer, lines):
    """`echo … | p2pchat --to bob`: the text waits for the connection, the end for the text."""
    alice, bob = user("alice"), user("bob")
    b = peer(bob, trust=[alice])
    a = lines(alice, "--no-listen", "--trust", bob.certificate, "--connect", b.at)
    a.type("one")
    a.type("two")
    assert a.leave() == 0
    assert [event["content"] for event in b.wait_for_count(2, "message")] == ["one", "two"]


def test_what_could_not_be_delivered_is_said(user, lines):
    alice, bob = user("alice"), user("bob")
    a = lines(alice, "--no-listen", "--trust", bob.certificate, "--to", "bob")
    a.type("is anybody there?")
    assert a.leave() == EX_TEMPFAIL
    assert "bob" in a.wait_for("(?i)not delivered.*").group()


def test_a_line_that_is_not_utf8_is_said_and_not_sent(user, peer, lines):
    alice, bob = user("alice"), user("bob")
    a = lines(alice, "--listen", "127.0.0.1:0", "--trust", bob.certificate, "--to", "bob")
    b = peer(bob, trust=[alice], connect=listen(a))
    b.wait_for("connected")
    a.process.stdin.write(b"\xff\xfe\n")
    a.type("after")
    assert b.wait_for("message")["content"] == "after"
    a.wait_for("UTF-8")
