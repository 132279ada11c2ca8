"""Conversations through `openssl s_client` and `openssl s_server`."""

import json
import os
import re
import subprocess
import threading

from .objects import split_output
from .waiting import PATIENCE, Deadline


class OpenSSL:
    """A running openssl whose standard input and output carry the frames.

    Lines that are not JSON objects (what openssl tells about the connection) are kept apart in
    `chatter`.
    """

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            ["openssl", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self._news = threading.Condition()
        self._frames = []
        self._ended = False
        self.chatter = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @classmethod
    def client(cls, address, credential, *more, alpn="p2pchat/1", commands=False):
        """`openssl s_client`, as README says it to a person."""
        arguments = ["s_client", "-connect", address, "-cert", credential.certificate,
                     "-key", credential.key]
        if not commands:
            arguments.append("-nocommands")
        if alpn:
            arguments += ["-alpn", alpn]
        return cls(*arguments, *more)

    @classmethod
    def server(cls, credential, trusted, *more, alpn="p2pchat/1"):
        """`openssl s_server` on a free port; its address is in `address`."""
        arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", credential.certificate,
                     "-key", credential.key, "-Verify", "0", "-verify_return_error", "-CAfile",
                     trusted.certificate, "-no_ticket", "-naccept", "1"]
        if alpn:
            arguments += ["-alpn", alpn]
        server = cls(*arguments, *more)
        match = server.wait_for_chatter(r"ACCEPT (127\.0\.0\.1:\d+)")
        server.address = match.group(1)
        return server

    def send(self, frame):
        """Writes a frame as a person would type it: a line."""
        self.write(json.dumps(frame, ensure_ascii=False) + "\n")

    def write(self, text):
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def expect(self, timeout=None, **match):
        """The next frame with these values; others before it are passed over."""
        deadline = Deadline(timeout)
        with self._news:
            while True:
                while self._frames:
                    frame = self._frames.pop(0)
                    if all(frame.get(key) == value for key, value in match.items()):
                        return frame
                if self._ended or deadline.passed:
                    raise AssertionError(f"openssl: waited for a frame with {match}; openssl said\n"
                                         + "\n".join(self.chatter))
                self._news.wait(deadline.left)

    def wait_for_chatter(self, pattern, timeout=None, count=1):
        """What openssl says itself, by a regular expression: the match of that number."""
        deadline = Deadline(timeout)
        with self._news:
            while True:
                matches = [match for line in self.chatter if (match := re.search(pattern, line))]
                if len(matches) >= count:
                    return matches[count - 1]
                if self._ended or deadline.passed:
                    raise AssertionError(f"openssl: waited for {pattern!r}; openssl said\n"
                                         + "\n".join(self.chatter))
                self._news.wait(deadline.left)

    def hang_up(self):
        """Ends standard input: openssl then says close_notify and leaves."""
        self._process.stdin.close()

    def wait_for_exit(self):
        self._process.wait(PATIENCE)
        self._thread.join(5)
        return self._process.returncode

    def dispose(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        self._thread.join(5)
        self._process.stdout.close()

    def _read(self):
        data = b""
        while chunk := os.read(self._process.stdout.fileno(), 65536):
            found, data = split_output(data + chunk)
            self._add(found)
        self._add([data.decode("utf-8", "replace")], ended=True)

    def _add(self, found, ended=False):
        with self._news:
            self._frames += [item for item in found if isinstance(item, dict)]
            self.chatter += [item for item in found if isinstance(item, str)]
            self._ended = ended
            self._news.notify_all()
