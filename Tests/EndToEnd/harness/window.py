"""The desktop program as somebody sees it who uses a screen reader and a keyboard.

What is looked for is looked for in the accessibility tree; what is done is done with real key
presses, or by the actions that the tree offers.
"""

import os
import subprocess
import time

from . import atspi
from .programs import assert_no_crash, program
from .waiting import Deadline

PAUSE = 0.05


class Window:
    """A running p2pchat-gtk."""

    def __init__(self, desktop, *arguments, home, environment=None,
                 preparation=None, command=None):
        self.desktop = desktop
        self.home = home
        self.log = open(desktop.folder / f"window-{time.monotonic_ns()}.log", "w+")
        self.process = subprocess.Popen(
            [*map(str, command or [program("p2pchat-gtk")]), "--home", str(home),
             *map(str, arguments)],
            env={**desktop.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, preexec_fn=preparation)

    # Looking

    def walk(self):
        """Everything in the tree that is in sight, from the top, as (role, name, node)."""
        for node in self._nodes():
            try:
                yield node.role, node.name, node
            except atspi.Gone:
                continue

    def _nodes(self):
        root = self.desktop.accessibility.application(self.process.pid)
        waiting = [root] if root else []
        while waiting:
            node = waiting.pop()
            try:
                # GTK 4.8 says "showing" of windows alone.
                if node is not root and not node.has(atspi.VISIBLE):
                    continue
                waiting += reversed(node.children)
            except atspi.Gone:
                continue
            yield node

    def find(self, name, role=None):
        """The first whose name has this in it, or fits where it is a function; else None."""
        return next(self._all(name, role), None)

    def _all(self, name, role):
        fits = name if callable(name) else lambda text: name in text
        for node in self._nodes():
            try:
                if (role is None or node.role == role) and fits(node.name):
                    yield node
            except atspi.Gone:
                continue

    def texts(self):
        """Every name in sight, in order."""
        return [name for _, name, _ in self.walk() if name]

    def wait_for(self, name, role=None, timeout=None):
        deadline = Deadline(timeout)
        while True:
            found = self.find(name, role)
            if found:
                return found
            self._check(f"{role or 'anything'} called {name!r}", deadline)

    def wait_gone(self, name, role=None, timeout=None):
        deadline = Deadline(timeout)
        while self.find(name, role):
            self._check(f"{name!r} to go", deadline)

    def wait_until(self, condition, what, timeout=None):
        deadline = Deadline(timeout)
        while not condition():
            self._check(what, deadline)

    def _check(self, what, deadline):
        status = self.process.poll()
        if status is not None:
            raise AssertionError(f"the window ended with {status}:\n{self.output()}")
        if deadline.left <= 0:
            raise AssertionError(f"never saw {what}; there was:\n{self.report()}")
        time.sleep(PAUSE)

    def report(self):
        lines = [f"{role}: {name}" for role, name, _ in self.walk() if name]
        return "\n".join(lines[:200]) + "\n" + self.output()

    def output(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()

    # Where it listens

    @property
    def address(self):
        """As the window says it."""
        node = self.wait_for("Listening at ", "label")
        return node.name.removeprefix("Listening at ")

    def at(self, name):
        """What others give to --connect."""
        return f"{name}@{self.address}"

    # Doing

    def press(self, name, role="push button"):
        """Does what a button or row does, through the tree."""
        self.wait_for(name, role)
        # A menu button has a second one inside, which is the one to press.
        for node in self._all(name, role):
            if node.press():
                return
        raise AssertionError(f"nothing can be done with {name!r}:\n{self.report()}")

    def toggle(self, name):
        """Turns a switch over, and waits until it has come to rest on the other side."""
        node = self.wait_for(name, "check box")
        before = node.has(atspi.CHECKED)
        self.press(name, "check box")
        self.wait_until(lambda: node.has(atspi.CHECKED) != before, f"{name!r} to turn over")

    def focus(self):
        """Gives the keyboard to this program's newest window."""
        self.desktop.tool("xdotool", "windowactivate", "--sync", self.number)

    @property
    def number(self):
        """The newest window's, as X knows it."""
        deadline = Deadline()
        while True:
            listed = self.desktop.tool(
                "xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)).split()
            if listed:
                return listed[-1]
            self._check("a window on the screen", deadline)

    @property
    def geometry(self):
        """X, Y, WIDTH and HEIGHT of the newest window, in pixels."""
        lines = self.desktop.tool("xdotool", "getwindowgeometry", "--shell", self.number)
        return {name: int(value) for name, value in
                (line.split("=") for line in lines.split()) if value.isdigit()}

    def focus_on(self, name):
        """Goes to a field by the keyboard, from field to field."""
        node, deadline = self.wait_for(name, "text"), Deadline()
        while not node.has(atspi.FOCUSED):
            self.keys("shift+Tab")
            self._check(f"the focus on {name!r}", deadline)

    def dismiss(self, sight):
        """Closes the dialog that shows this, by Escape."""
        self.keys("Escape")
        self.wait_gone(sight)
        self.focus()

    def keys(self, *names):
        self.desktop.keys(*names)

    def type(self, text):
        self.desktop.type(text)

    def end(self):
        """Asks it to end, and returns its status."""
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(Deadline().left)
        assert_no_crash("p2pchat-gtk", status, self.output())
        return status

    def dispose(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        os.unlink(self.log.name)
