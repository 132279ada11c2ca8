"""The control socket of a running p2pchat, spoken to as any program would."""

import json
import os
import socket

from . import schema
from .waiting import PATIENCE


def path(user):
    return user.folder / "control.sock"


def connect(user, timeout=PATIENCE):
    """A bare connection. The folder's path may be longer than a socket's address."""
    folder = os.open(user.folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Without a timeout: where many are connecting it waits for its turn.
            raw.connect(f"/proc/self/fd/{folder}/control.sock")
            raw.settimeout(timeout)
        except OSError:
            raw.close()
            raise
        return raw
    finally:
        os.close(folder)


class Control:
    """A client. Every line that it gets is held against the JSON Schema."""

    def __init__(self, user):
        self.raw = connect(user)
        self._checker = schema.EventChecker()
        self._lines = self.raw.makefile("rb")
        self.hello = self.next()
        assert self.hello["event"] == "hello", self.hello

    def next(self):
        """The next event; None at the end."""
        try:
            line = self._lines.readline()
        except ConnectionResetError:
            return None
        if not line:
            return None
        assert line.endswith(b"\n"), line
        event = json.loads(line)
        self._checker.check(event)
        return event

    def wait_for(self, name, **match):
        """The next event of this name that fits; those before it are dropped."""
        while True:
            event = self.next()
            assert event is not None, f"the connection ended; waited for {name}"
            if event["event"] == name and all(
                    event.get(key) == value for key, value in match.items()):
                return event

    def command(self, name, /, **fields):
        command = {"command": name, **fields}
        schema.check(command, "commands")
        self.write(json.dumps(command).encode() + b"\n")

    def ask(self, name, /, **fields):
        """A command that is answered by an event of its own name."""
        self.command(name, **fields)
        return self.wait_for(name)

    def write(self, data):
        self.raw.sendall(data)

    def close(self):
        self._lines.close()
        self.raw.close()
