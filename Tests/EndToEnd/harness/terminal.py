"""A real terminal, seen as a person sees it: a program inside tmux, which knows the screen.

tmux's control mode says when something was printed, so that waiting needs no polling.
"""

import queue
import shlex
import subprocess
import threading

from .programs import clean_environment, tool
from .waiting import PATIENCE, Deadline


class Terminal:
    """Runs a command in a terminal of `columns` by `rows`.

    When the command ends, the screen says `left with STATUS` on a line of its own.
    """

    def __init__(self, command, folder, *, columns=80, rows=24, environment=None):
        script = "trap : INT TERM; \"$@\"; printf '\\nleft with %s\\n' $?; exec cat >/dev/null"
        self._socket = str(folder / "tmux")
        inner = shlex.join(["/bin/sh", "-c", script, "sh", *map(str, command)])
        environment = environment or clean_environment(folder)
        environment["TERM"] = "xterm"
        self._news = threading.Condition()
        self._printed = 0
        self._ended = False
        self._answers = queue.Queue()
        self._process = subprocess.Popen(
            [tool("tmux"), "-S", self._socket, "-f", "/dev/null", "-u", "-C", "new-session",
             "-x", str(columns), "-y", str(rows), inner],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment, cwd=folder)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self._answers.get(timeout=PATIENCE)
        self._command(f"refresh-client -C {columns}x{rows}")
        # If the tests are killed, the terminal goes with them.
        self._command("set-option -g destroy-unattached on")

    # Typing

    def type(self, text):
        """Types text as it is."""
        quoted = text.replace("'", "'\\''")
        self._command(f"send-keys -l -- '{quoted}'")

    def press(self, *keys):
        """Presses keys by tmux's names: Enter, BSpace, Left, C-c."""
        self._command("send-keys " + " ".join(keys))

    def enter(self, text):
        self.type(text)
        self.press("Enter")

    def resize(self, columns, rows):
        self._command(f"refresh-client -C {columns}x{rows}")

    # Looking

    def screen(self, colors=False):
        """The rows of the screen, without the empty ones at its end."""
        rows = [row.rstrip() for row in
                self._command("capture-pane -p" + (" -e" if colors else ""))]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def cursor(self):
        """Column and row, from 0."""
        answer = self._command("display-message -p '#{cursor_x} #{cursor_y}'")[0]
        return tuple(map(int, answer.split()))

    def title(self):
        return self._command("display-message -p '#{pane_title}'")[0]

    def wait_until(self, condition, what, timeout=None):
        """Waits until `condition(rows)` holds for the screen; returns the rows."""
        deadline = Deadline(timeout)
        while True:
            with self._news:
                printed = self._printed
            rows = self.screen()
            if condition(rows):
                return rows
            with self._news:
                while self._printed == printed and not self._ended and not deadline.passed:
                    self._news.wait(deadline.left)
                over = self._ended or deadline.passed
            if over:
                shown = "\n".join(rows)
                raise AssertionError(f"waited for {what}; the screen shows\n{shown}")

    def wait_for(self, text, timeout=None):
        """Waits until a row holds the text; returns the last such row."""
        rows = self.wait_until(lambda rows: any(text in row for row in rows), repr(text), timeout)
        return [row for row in rows if text in row][-1]

    # The end

    def dispose(self):
        if self._process.poll() is None:
            try:
                self._process.stdin.write(b"kill-server\n")
                self._process.stdin.close()
                self._process.wait(5)
            except (OSError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
        self._thread.join(5)
        self._process.stdout.close()

    # Control mode (tmux(1), CONTROL MODE)

    def _command(self, command):
        """Gives tmux a command and returns the lines of its answer."""
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()
        good, lines = self._answers.get(timeout=PATIENCE)
        assert good, f"tmux: {command}: {lines}"
        return lines

    def _read(self):
        answer = None
        for raw in self._process.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line.startswith("%begin "):
                answer = []
            elif line.startswith(("%end ", "%error ")):
                self._answers.put((line.startswith("%end "), answer))
                answer = None
            elif answer is not None:
                answer.append(line)
            elif line.startswith("%output "):
                with self._news:
                    self._printed += 1
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()
