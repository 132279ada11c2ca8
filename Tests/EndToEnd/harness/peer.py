"""A running `p2pchat --json`, and waiting for what it says."""

import json
import signal
import subprocess
import threading

from . import schema
from .programs import assert_no_crash, clean_environment, program
from .waiting import Deadline


class Peer:
    """Starts `p2pchat --json` for a user and collects its events.

    Unless a test says `internet=True` it stays out of the distributed hash table and leaves the
    router alone: tests touch no network but their own.

    `trust` takes users, credentials or paths. Every event is held against the JSON Schema as it
    comes; one that does not fit fails the next wait.
    """

    OFFLINE = ("--no-dht", "--no-port-mapping")

    def __init__(self, user, *arguments, trust=(), listen="127.0.0.1:0", connect=(),
                 environment=None, preparation=None, internet=False):
        if not internet:
            arguments = (*self.OFFLINE, *arguments)
        command = self.command_line(user, arguments, trust, listen, connect)
        self.user = user
        self.name = user.name
        self.events = []
        self._taken = set()
        self._news = threading.Condition()
        self._checker = schema.EventChecker()
        self._complaint = None
        self._ended = False
        self._stderr = []
        self._killed = False
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=user.home, env=environment or clean_environment(user.home),
            preexec_fn=preparation)
        self._threads = [threading.Thread(target=self._read_events, daemon=True),
                         threading.Thread(target=self._read_stderr, daemon=True)]
        for thread in self._threads:
            thread.start()
        self.host, self.port = None, None

    @staticmethod
    def command_line(user, arguments, trust, listen, connect):
        command = [program("p2pchat"), "--json", *user.tail()]
        if listen:
            command += ["--listen", listen]
        for address in [connect] if isinstance(connect, str) else connect:
            command += ["--connect", address]
        for other in trust:
            command += ["--trust", str(getattr(other, "certificate", other))]
        return [*command, *map(str, arguments)]

    # Where it listens

    def started(self):
        """Waits until it listens, and knows where."""
        event = self.wait_for("listening")
        self.host, self.port = event["host"], event["port"]
        return self

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def at(self):
        """What others give to --connect."""
        return f"{self.name}@{self.address}"

    @property
    def pid(self):
        return self.process.pid

    @property
    def stderr(self):
        return "".join(self._stderr)

    # Commands

    def command(self, name, /, **fields):
        """Writes one command, which must be one by the schema."""
        command = {"command": name, **fields}
        schema.check(command, "commands")
        self.write(json.dumps(command) + "\n")

    def write(self, text):
        """Writes text to the program's standard input as it is."""
        try:
            self.process.stdin.write(text.encode("utf-8", "surrogateescape"))
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise AssertionError(f"{self.name} does not read any more ({error}){self._report()}")

    def send(self, to, content, ref=None):
        """Sends a message. Unlike other commands not held against the schema: there are many."""
        fields = {"to": getattr(to, "fingerprint", to), "content": content}
        if ref is not None:
            fields["ref"] = ref
        self.write(json.dumps({"command": "send", **fields}) + "\n")

    def ask(self, name, /, **fields):
        """Writes a command that is answered by an event of its own name; returns the answer."""
        with self._news:
            for index, event in enumerate(self.events):
                if event.get("event") == name:
                    self._taken.add(index)
        self.command(name, **fields)
        return self.wait_for(name)

    def fence(self):
        """Returns once everything that was commanded before has been looked at.

        What comes from the network is told beside it, and may come a moment later.
        """
        self.ask("contacts")

    # Events

    def wait_for(self, event, /, timeout=None, **match):
        """The first event of this name that fits and that no wait has returned before.

        A value to match may be a function, a dictionary of which every entry must fit, or plain;
        `peer="bob"` means the peer of that name.
        """
        return self._wait(event, match, 1, timeout, take=True)[0]

    def wait_for_count(self, count, event, /, timeout=None, **match):
        """Waits until this many events that fit are there, taken or not; returns them all."""
        return self._wait(event, match, count, timeout, take=False)

    def _wait(self, event, match, count, timeout, take):
        wanted = {"event": event, **match}
        deadline = Deadline(timeout)
        found, position = [], 0
        with self._news:
            while True:
                if self._complaint:
                    raise AssertionError(f"{self.name}: {self._complaint}")
                while position < len(self.events):
                    candidate = self.events[position]
                    if not (take and position in self._taken) and fits(candidate, wanted):
                        found.append(candidate)
                        if take:
                            self._taken.add(position)
                            return found
                    position += 1
                if len(found) >= count:
                    return found
                if self._ended or deadline.passed:
                    why = "has ended" if self._ended else f"kept us waiting {deadline.seconds:g} s"
                    number = "" if take else f"{len(found)} of {count} "
                    raise AssertionError(f"{self.name} {why}; waited for {number}"
                                         f"{describe(wanted)}{self._report()}")
                self._news.wait(deadline.left)

    def seen(self, event, /, **match):
        """Every event of a name so far that fits, taken or not."""
        with self._news:
            return [item for item in self.events if fits(item, {"event": event, **match})]

    # The end

    def quit(self):
        """Asks it to leave and waits until it has, with status 0."""
        self.command("quit")
        self.wait_for_exit(0)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """What a power cut would do."""
        self._killed = True
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def wait_for_kill(self):
        """Waits until the process has ended itself, or was ended, by SIGKILL."""
        self._killed = True
        status = self.process.wait(Deadline().left)
        assert status == -signal.SIGKILL, f"{self.name} left with {status}{self._report()}"
        for thread in self._threads:
            thread.join(5)

    def close_stdin(self):
        self.process.stdin.close()

    def wait_for_exit(self, status=None, timeout=None):
        deadline = Deadline(timeout)
        try:
            result = self.process.wait(deadline.left)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.name} did not leave within {deadline.seconds:g} s{self._report()}")
        for thread in self._threads:
            thread.join(5)
        assert_no_crash("p2pchat", result, self.stderr)
        if status is not None:
            assert result == status, f"{self.name} left with status {result}{self._report()}"
        return result

    def dispose(self):
        """Ends the process, however it is doing, and fails if it had crashed."""
        if self.process.poll() is None:
            try:
                self.command("quit")
                self.process.wait(5)
            except (AssertionError, subprocess.TimeoutExpired):
                self.kill()
        for thread in self._threads:
            thread.join(5)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        if not self._killed:
            assert_no_crash("p2pchat", self.process.returncode, self.stderr)
        assert self._complaint is None, f"{self.name}: {self._complaint}"

    # Reading

    def _read_events(self):
        for line in self.process.stdout:
            complaint = None
            try:
                event = json.loads(line)
                assert isinstance(event, dict), "an event that is not an object"
                assert isinstance(event.get("event"), str), "an event without a name"
                assert isinstance(event.get("time"), (int, float)), "an event without a time"
                self._checker.check(event)
            except (ValueError, AssertionError) as error:
                complaint = f"a bad line on standard output: {error}\n{line[:2000]!r}"
                event = None
            with self._news:
                if event is not None:
                    self.events.append(event)
                self._complaint = self._complaint or complaint
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _read_stderr(self):
        for line in self.process.stderr:
            self._stderr.append(line.decode("utf-8", "replace"))

    def _report(self):
        lines = [json.dumps(event)[:300] for event in self.events]
        if len(lines) > 60:
            lines = lines[:20] + [f"… {len(lines) - 60} more …"] + lines[-40:]
        shown = "\n  ".join(lines) or "(none)"
        return f"\nevents so far:\n  {shown}\nstderr:\n{self.stderr}"


def fits(value, wanted):
    """Whether an event, or a part of one, is as wanted."""
    if callable(wanted):
        return bool(wanted(value))
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            fits(value.get(key), inner) for key, inner in wanted.items())
    if isinstance(value, dict) and isinstance(wanted, str):
        return wanted in (value.get("name"), value.get("fingerprint"))
    return value == wanted


def describe(wanted):
    return ", ".join(
        f"{key}={'…' if callable(value) else value!r}" for key, value in wanted.items())
