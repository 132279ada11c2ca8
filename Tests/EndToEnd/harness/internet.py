"""A small internet of network namespaces: subnets with a router between them, made by a test.

Needs root and Linux. Addresses are those set aside for documentation, which look global to programs
and belong to nobody.
"""

import os
import re
import subprocess
import threading

from .programs import tool
from .waiting import Deadline


def can_make_networks():
    return os.geteuid() == 0 and subprocess.run(
        ["ip", "netns", "list"], capture_output=True).returncode == 0


def ip(*arguments, inside=None):
    command = [tool("ip"), *(["-n", inside] if inside else []), *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{' '.join(command)}: {result.stderr}"


class Machine:
    """A namespace with one interface."""

    def __init__(self, name, address):
        self.name, self.address = name, address

    def command(self):
        """What runs a command here."""
        return [tool("ip"), "netns", "exec", self.name]

    def start(self, *arguments, **options):
        return subprocess.Popen([*self.command(), *arguments], **options)


class Internet:
    """Subnets 198.51.100.0/24, 203.0.113.0/24 and 192.0.2.0/24, and a router that joins them."""

    SUBNETS = ("198.51.100", "203.0.113", "192.0.2")

    def __init__(self):
        self._tag = f"p{os.getpid() % 100_000}"
        self._names = []
        self._count = 0
        self.router = self._namespace("router")
        subprocess.run(["ip", "netns", "exec", self.router, "sysctl", "-qw",
                        "net.ipv4.ip_forward=1"], check=True)

    def _namespace(self, what):
        name = f"{self._tag}-{what}"
        ip("netns", "add", name)
        self._names.append(name)
        ip("link", "set", "lo", "up", inside=name)
        return name

    def machine(self, subnet):
        """A machine on one of the subnets, each behind a leg of the router's own."""
        self._count += 1
        number = self._count
        name = self._namespace(f"m{number}")
        far, near = f"{self._tag}r{number}", f"{self._tag}n{number}"
        ip("link", "add", near, "netns", name, "type", "veth", "peer", "name", far, "netns",
           self.router)
        address = f"{self.SUBNETS[subnet]}.{number * 4 + 2}"
        gateway = f"{self.SUBNETS[subnet]}.{number * 4 + 1}"
        ip("address", "add", f"{gateway}/30", "dev", far, inside=self.router)
        ip("address", "add", f"{address}/30", "dev", near, inside=name)
        ip("link", "set", far, "up", inside=self.router)
        ip("link", "set", near, "up", inside=name)
        ip("route", "add", "default", "via", gateway, inside=name)
        return Machine(name, address)

    def close(self):
        for name in reversed(self._names):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)


class DHTNode:
    """Debian's `dhtnode`, as the one that everybody joins through, and to look with."""

    def __init__(self, machine, port=4222, *arguments):
        self.process = machine.start(
            tool("dhtnode"), "-p", str(port), *arguments, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.address = f"{machine.address}:{port}"
        self._text = ""
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        while data := os.read(self.process.stdout.fileno(), 65536):
            with self._news:
                self._text += data.decode("utf-8", "replace")
                self._news.notify_all()

    def write(self, line):
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def wait_for(self, pattern, timeout=None, start=0):
        deadline = Deadline(timeout)
        with self._news:
            while not (match := re.search(pattern, self._text[start:])):
                assert not deadline.passed, f"dhtnode never said {pattern}: {self._text[-2000:]}"
                self._news.wait(deadline.left)
            return match

    def get(self, key):
        """What `g` says of a key."""
        with self._news:
            start = len(self._text)
        self.write(f"g {key}")
        self.wait_for(r"Get: (success|failure|completed)", timeout=60, start=start)
        return self._text[start:]

    def wait_for_value(self, key, beginning, timeout):
        """Looks a key up until one of its values begins so, in hexadecimal; returns the value."""
        deadline = Deadline(timeout)
        while True:
            said = self.get(key)
            if match := re.search(f"{beginning}[0-9a-f]*", said):
                return match.group()
            assert not deadline.passed, f"no such value under {key}: {said}"

    def put(self, key, text):
        with self._news:
            start = len(self._text)
        self.write(f"p {key} {text}")
        self.wait_for(r"Put: success", timeout=60, start=start)

    def close(self):
        self.process.kill()
        self.process.wait()
        self._thread.join(5)
        self.process.stdin.close()
        self.process.stdout.close()
