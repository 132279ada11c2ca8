"""The programs that are measured, and running them."""

import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

# Longer than anything here takes on a machine that is worth measuring on.
PATIENCE = 240


class Failed(Exception):
    """Why something can't be measured: a sentence."""


class Programs:
    """Where the programs are, and the keys that they use."""

    def __init__(self, products, limit, folder, identities):
        self.products = Path(products)
        self.limit = str(limit)
        self.folder = Path(folder)
        self.home = self.folder / "home"
        for user in ("alice", "bob"):
            run([self.product("p2pchat-keygen"), "--home", self.home, "--user", user,
                 "--out", self.folder / ""])
        self.pins = {user: self._pin(user) for user in ("alice", "bob")}
        self.identities = self.folder / "identities"
        run([self.limit, "identities", f"identities={self.identities}", f"count={identities}"])
        self.crowd_pins = Path(f"{self.identities}.pins")

    def product(self, name):
        return str(self.products / name)

    def _pin(self, user):
        shown = run(["openssl", "x509", "-in", self.folder / f"{user}.pem", "-noout",
                     "-fingerprint", "-sha256"])
        path = self.folder / f"{user}.pin"
        path.write_text(shown.split("=")[1].replace(":", ""))
        return path

    def certificate(self, user):
        return self.home / user / "certificate.pem"

    def key(self, user):
        return self.home / user / "key.pem"

    # The command lines.

    def limit_side(self, role, what, user, pins, **options):
        return [self.limit, role, what, f"certificate={self.certificate(user)}",
                f"key={self.key(user)}", f"pins={pins}", *named(options)]

    def bench(self, what, user=None, pins=None, **options):
        identity = [f"home={self.home}", f"user={user}"] if user else []
        return [self.product("p2pchat-bench"), what, *identity, f"pins={pins}", *named(options)]

    def listener(self, pins=None, cores=(), **options):
        """Our node, as the one that is called; `cores` is where."""
        return Server([*cores, *self.bench("listen", "bob", pins or self.pins["alice"], **options)])


def named(options):
    return [f"{name}={value}" for name, value in options.items() if value is not None]


def run(command, timeout=PATIENCE):
    """Runs a program to its end; returns its output."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failed(f"{Path(command[0]).name} failed: {done.stderr.strip()[-400:]}")
    return done.stdout


def answer(command):
    """The JSON object in the last line that a program prints."""
    return json.loads(run(command).splitlines()[-1])


def installed(program):
    return shutil.which(program) is not None


class Server:
    """A program that says `port N` and then serves, until its input ends."""

    def __init__(self, command):
        self.name = Path(command[0]).name
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1)
        self.port = int(self._line("its port").split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass

    @property
    def pid(self):
        return self.process.pid

    def _line(self, what):
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"{self.name} ended before it said {what}")
        return line

    def ask(self, command):
        """Sends a command, and returns the object that answers it."""
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return json.loads(self._line(f"the answer to {command}"))

    def end(self):
        """Ends its input; returns what it says last."""
        self.process.stdin.close()
        last = json.loads(self._line("its last word"))
        self.process.wait(PATIENCE)
        return last

    def last_word(self):
        """What it says last, where it ends by itself."""
        last = json.loads(self._line("its last word"))
        self.process.wait(PATIENCE)
        return last


class Crowd:
    """Many peers of a server, in one program."""

    def __init__(self, programs, port, sessions, rate=None, deaf=None):
        self.process = subprocess.Popen(
            [programs.limit, "call", "crowd", f"identities={programs.identities}",
             f"pins={programs.pins['bob']}", f"port={port}", f"sessions={sessions}",
             *named({"rate": rate, "deaf": deaf})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # Two milliseconds each on a machine that does nothing else.
        self.patience = PATIENCE + sessions // 10

    def wait(self):
        # Nothing but this line ever comes, so none is in Python's own buffer.
        if not select.select([self.process.stdout], [], [], self.patience)[0]:
            raise Failed(f"the crowd was not ready within {self.patience} s")
        if not self.process.stdout.readline().startswith("ready"):
            raise Failed("the crowd could not connect")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def resident_bytes(pid):
    """Memory that a process alone has, in bytes."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            total += int(line.split()[1]) * 1024
    return total


def apart():
    """A core for each of two sides, as the beginnings of their command lines; the same for whoever
    is measured. Without taskset, or with one core, each side runs where it likes."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2 or not installed("taskset"):
        return [], []
    return tuple(["taskset", "--cpu-list", str(core)] for core in cores[:2])


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def context_switches(pid):
    """How often each thread of a process has gone to sleep of itself, by thread."""
    counts = {}
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        try:
            text = status.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # The thread has ended meanwhile.
        for line in text.splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                counts[status.parent.name] = int(line.split()[1])
    return counts


def wake_ups(before, after):
    """How often the threads that are there now have slept since. A thread that has ended has done
    its work and is left out."""
    return sum(count - before.get(thread, 0) for thread, count in after.items())


def warn(sentence):
    print(f"bench: {sentence}", file=sys.stderr, flush=True)
