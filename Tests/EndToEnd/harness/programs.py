"""Where the programs are, and running them once."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from .waiting import PATIENCE

REPOSITORY = Path(__file__).resolve().parents[3]

# Exit statuses after sysexits(3).
EX_USAGE, EX_DATAERR, EX_NOINPUT = 64, 65, 66
EX_NOUSER, EX_UNAVAILABLE = 67, 69
EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, EX_NOPERM = 73, 74, 75, 77


def program(name):
    """The path of one of our programs."""
    folder = Path(os.environ.get("P2PCHAT_BIN", REPOSITORY / ".build" / "debug"))
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: run `swift build`, or set P2PCHAT_BIN")
    return str(path)


def clean_environment(home, **more):
    """An environment in which nothing of the developer's own set-up shows."""
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "TZ": "UTC",
    }
    for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "SWIFT_BACKTRACE"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment.update(more)
    return environment


def run(name, *arguments, home, stdin="", timeout=None, cwd=None, environment=None):
    """Runs a program to its end. The result has `returncode`, `stdout` and `stderr`."""
    result = subprocess.run(
        [program(name), *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=PATIENCE if timeout is None else timeout,
        cwd=cwd or home,
        env=environment or clean_environment(home),
    )
    assert_no_crash(name, result.returncode, result.stderr)
    return result


def assert_no_crash(name, status, stderr):
    """Fails where a program was ended by a trap, whatever the test was about."""
    traps = (signal.SIGILL, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT,
             signal.SIGFPE, signal.SIGPIPE)
    crashed = status is not None and -status in traps
    crashed = crashed or "Fatal error" in stderr or "Sanitizer" in stderr
    assert not crashed, f"{name} crashed with status {status}:\n{stderr}"


def assert_one_sentence(stderr):
    """What is said to a person about an error: one line, that ends as a sentence does."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    assert len(lines) == 1, f"expected one line on stderr, got:\n{stderr}"
    assert not any(ord(character) < 32 for character in lines[0]), lines[0]
    # A command or a path to be copied ends a sentence without a full stop.
    ends = lines[0].endswith((".", "?")) or ": " in lines[0].split(": ", 1)[1]
    assert ends, f"not a sentence that says what to do: {lines[0]}"
    return lines[0]


def memory(pid):
    """Resident memory of a process in bytes: now, and the most it ever was."""
    values = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, rest = line.partition(":")
        if key in ("VmRSS", "VmHWM"):
            values[key] = int(rest.split()[0]) * 1024
    return values["VmRSS"], values["VmHWM"]


def forget_peak(pid):
    """Starts the count of the most memory used (VmHWM) afresh."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def tool(name):
    """The path of a program of the system that a test cannot do without."""
    path = shutil.which(name)
    assert path, f"{name} is not installed: Scripts/test installs what the tests need"
    return path
