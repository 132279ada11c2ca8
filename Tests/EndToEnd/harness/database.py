"""What lies in a home's database, seen past the program with Python's own SQLite."""

import contextlib
import shutil
import sqlite3
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

NAME = "p2pchat.sqlite"
STATES = ("queued", "sent", "delivered", "read")


@dataclass(frozen=True)
class Row:
    """A message without its text, which is sealed."""

    position: int
    contact: str
    direction: str
    id: str
    # None for what came in.
    state: str


def path(user):
    return user.folder / NAME


def files(user):
    """The database and what SQLite puts beside it."""
    return sorted(user.folder.glob(NAME + "*"))


def log(user):
    """Where commits stand until they go into the database."""
    return user.folder / f"{NAME}-wal"


def log_length(data):
    """How much of a log is frames; what is behind them is room for more.

    They have the salts of the log's header (SQLite's "Database File Format", section 4.1).
    """
    page, salts = int.from_bytes(data[8:12], "big"), data[16:24]
    end = 32
    while page and data[end + 8:end + 16] == salts:
        end += 24 + page
    return end


@contextlib.contextmanager
def opened(user):
    """A connection to the database of a program that has left, or still runs. It changes nothing."""
    uri = f"{path(user).absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection:
        yield connection


@contextlib.contextmanager
def copied(user):
    """A connection to a copy of what a program that was killed left behind.

    To look at the files themselves would roll the log forward, which is the next start's part.
    """
    with tempfile.TemporaryDirectory(prefix="p2pchat-") as folder:
        for file in files(user):
            if not file.name.endswith("-shm"):
                shutil.copyfile(file, Path(folder) / file.name)
        with contextlib.closing(sqlite3.connect(Path(folder) / NAME)) as connection:
            yield connection


def rows(connection, direction=None):
    """Every message, in the order of arrival; those of one direction, where it is given."""
    found = connection.execute(
        "SELECT position, hex(contact), direction, hex(id), state FROM message "
        "JOIN conversation ON number = conversation ORDER BY position")
    all_rows = [
        Row(position, ":".join(contact[i:i + 2] for i in range(0, 64, 2)),
            "outgoing" if way else "incoming", str(uuid.UUID(identifier)),
            None if state is None else STATES[state])
        for position, contact, way, identifier, state in found]
    return [row for row in all_rows if direction in (None, row.direction)]


def check_integrity(user):
    """Fails with what SQLite finds wrong in the file of a program that has left."""
    with opened(user) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
