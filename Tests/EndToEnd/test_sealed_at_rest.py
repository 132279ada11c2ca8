"""Nothing of what is said stands readable in a home: while programs run, after crashes, after all."""

import base64

import pytest

from harness import database
from harness.native import greet
from harness.programs import run

TEXT = "the heron wades at dusk past the old mill"
NICKNAME = "Zwiebelturmwaechter"
SECRETS = [TEXT, NICKNAME]


def spellings(text):
    """The bytes that a text could stand as in a file."""
    raw = text.encode()
    yield raw
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield text.encode(encoding)
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    # base64 of the text within something longer: at each of three alignments, without the ends.
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + raw)
        yield encoded[4 if shift else 0:-4]
        yield base64.urlsafe_b64encode(bytes(shift) + raw)[4 if shift else 0:-4]
    yield raw[::-1]


def findings(*folders):
    """Which files hold a secret in one of its spellings."""
    return [(str(path), spelling[:20])
            for folder in folders for path in folder.rglob("*") if path.is_file()
            for data in [path.read_bytes()]
            for text in SECRETS for spelling in spellings(text) if spelling in data]


def test_the_search_finds_what_is_there(folder):
    for index, spelling in enumerate(spellings(TEXT)):
        (folder / str(index)).write_bytes(b"some\xff" + spelling + b"\x00more")
    found = {path for path, _ in findings(folder)}
    assert len(found) == len(list(spellings(TEXT)))
    (folder / "wrapped").write_bytes(base64.b64encode(b"{..." + TEXT.encode() + b"...}"))
    assert str(folder / "wrapped") in {path for path, _ in findings(folder)}


@pytest.fixture
def talk(user, peer, dial, folder, monkeypatch):
    """Alice and bob have talked, and carol under a nickname of hers; all still run."""
    scratch = folder / "scratch"
    scratch.mkdir()
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(scratch),
                   "SQLITE_TMPDIR": str(scratch)}
    logging = ("--log-level", "trace")
    b = peer(bob, *logging, trust=[alice, carol], environment=environment)
    a = peer(alice, *logging, trust=[bob], connect=b.at, environment=environment)
    for number in range(30):
        for here, there in [(a, b), (b, a)]:
            here.send(there.name, f"{number}: {TEXT}", ref=number)
    # To somebody who is away: it stays in the outbox.
    a.wait_for_count(30, "delivered")
    b.wait_for_count(30, "delivered")
    with dial(b.address, carol) as session:
        greet(session, "carol")
        identifier = session.message(TEXT, sender=NICKNAME)
        session.expect("receipt", id=identifier)
    assert b.wait_for("message", peer="carol")["claimed_name"] == NICKNAME
    b.send("carol", f"waiting: {TEXT}", ref="waiting")
    b.wait_for("queued", ref="waiting")
    return a, b, scratch


def places(a, b, scratch):
    return [a.user.home, b.user.home, scratch]


def count(user):
    with database.opened(user) as connection:
        return len(database.rows(connection))


def test_no_text_stands_in_a_home(talk):
    a, b, scratch = talk
    assert findings(*places(*talk)) == []
    # There was something to find: the messages are on the disk.
    assert count(a.user) == 60 and count(b.user) == 62
    for here in (a, b):
        here.quit()
        assert not [text for text in SECRETS if text in here.stderr]
    assert findings(*places(*talk)) == []
    assert not list(scratch.iterdir())


def test_no_text_stands_in_a_home_after_a_crash(talk):
    a, b, scratch = talk
    for here in (a, b):
        here.kill()
        assert any(path.name.endswith("-wal") and path.stat().st_size
                   for path in database.files(here.user))
    assert findings(*places(*talk)) == []
    assert not list(scratch.iterdir())


def sealed(user, *, contact):
    """What lies sealed on the disk of the conversation with a contact."""
    with database.copied(user) as connection:
        found = connection.execute(
            "SELECT sealed FROM message JOIN conversation ON number = conversation "
            "WHERE hex(contact) = ?", [contact.fingerprint.replace(":", "")])
        return [row[0] for row in found]


def remains(user, blobs):
    """How many of the sealed texts stand in a file of the home, even in part."""
    files = [path.read_bytes() for path in user.folder.iterdir() if path.is_file()]
    pieces = [blob[start:start + 16] for blob in blobs for start in (0, len(blob) - 16)]
    return sum(any(piece in data for data in files) for piece in pieces)


@pytest.mark.parametrize("leave", ["quit", "kill"])
@pytest.mark.parametrize("what", ["conversation", "contact"])
def test_nothing_sealed_stays_after_forget(talk, leave, what):
    a, b, _ = talk
    alice, bob = a.user, b.user
    for here in (a, b):
        getattr(here, leave)()
    blobs = sealed(bob, contact=alice)
    kept = count(bob) - len(blobs)
    # To begin with all of it can be found.
    assert len(blobs) == 60 and remains(bob, blobs) == 2 * len(blobs)
    more = ["--contact"] if what == "contact" else []
    result = run("p2pchat", "forget", "alice", "--yes", *more, *bob.tail(), home=bob.home)
    assert result.returncode == 0, result.stderr
    assert remains(bob, blobs) == 0
    assert count(bob) == kept > 0
    database.check_integrity(bob)


@pytest.mark.parametrize("leave", ["quit", "kill"])
def test_nothing_sealed_stays_of_one_message(talk, leave):
    a, b, _ = talk
    bob = b.user
    for here in (a, b):
        getattr(here, leave)()
    with database.copied(bob) as connection:
        identifier, blob = [
            (row.id, connection.execute("SELECT sealed FROM message WHERE position = ?",
                                        [row.position]).fetchone()[0])
            for row in database.rows(connection, "incoming")][5]
    before = count(bob)
    assert remains(bob, [blob]) == 2
    result = run("p2pchat", "forget", "--message", identifier, "alice", "--yes", *bob.tail(),
                 home=bob.home)
    assert result.returncode == 0, result.stderr
    assert remains(bob, [blob]) == 0 and count(bob) == before - 1
