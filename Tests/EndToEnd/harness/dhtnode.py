"""Debian's `dhtnode`: the table that p2pchat's nodes join, and ways to look and write into it."""

import os
import re
import select
import subprocess
import sys
import threading
from pathlib import Path

from .programs import clean_environment, tool
from .waiting import Deadline


class DHTNode:
    """Debian's `dhtnode`, as the one that everybody joins through, and to look with."""

    def __init__(self, host, folder, port=4222):
        """On a host of harness.networks."""
        self.process = subprocess.Popen(
            [tool("dhtnode"), "-p", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=folder, env=clean_environment(folder),
            preexec_fn=host.prepare)
        self.address = f"{host.address}:{port}"
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


class Stranger:
    """Somebody else's node, which writes what it likes."""

    def __init__(self, host, bootstrap, folder):
        """On a host of harness.networks."""
        place, _, port = bootstrap.rpartition(":")
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("dht_writer.py"), place, port],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
            env=clean_environment(folder), preexec_fn=host.prepare)

    def put(self, key, data, timeout=60):
        """Until a node has taken the bytes."""
        self.process.stdin.write(f"{key} {data.hex()}\n".encode())
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        assert ready, f"nobody took a value for {key} within {timeout} s"
        assert self.process.stdout.readline() == b"taken\n", "it has ended"

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
