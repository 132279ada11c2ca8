"""What was said is still there after a restore, a new key pair and a new passphrase."""

import pytest

from harness.programs import EX_DATAERR, EX_USAGE, run
from harness.users import User


@pytest.fixture
def talk(pair, user):
    """Alice and bob have talked and left; returns alice."""
    def make():
        alice = user("alice")
        a, b = pair(alice, user("bob"))
        a.send("bob", "what was said", ref="one")
        a.wait_for("delivered", ref="one")
        a.quit()
        b.quit()
        return alice
    return make


def keygen(place, user, *arguments):
    """Without a terminal to ask on."""
    return place.run(*arguments, "--user", user.name, "--home", user.home)


def said(user, *arguments):
    return run("p2pchat", *arguments, "history", "bob", "--json", *user.tail(),
               home=user.home)


def test_a_restored_home_has_it(place, talk):
    alice = talk()
    word = place.write("word", "the backup's\n")
    file = place.folder / "alice.backup"
    made = keygen(place, alice, "backup", file, "--backup-passphrase-file", word)
    assert made.returncode == 0, made.stderr
    assert b"what was said" not in file.read_bytes()
    restored = User("alice", place.folder / "new", alice.certificate)
    restored.home.mkdir()
    put = keygen(place, restored, "restore", file, "--backup-passphrase-file", word)
    assert put.returncode == 0, put.stderr
    assert "what was said" in said(restored).stdout


def test_a_new_key_pair_has_it_and_so_has_a_new_passphrase(place, talk):
    alice = talk()
    one, two = place.write("one", "first\n"), place.write("two", "second\n")
    made = keygen(place, alice, "--force", "--passphrase-file", one)
    assert made.returncode == 0, made.stderr
    assert "what was said" in said(alice, "--passphrase-file", one).stdout
    made = keygen(place, alice, "passphrase", "--old-passphrase-file", one, "--passphrase-file", two)
    assert made.returncode == 0, made.stderr
    assert "what was said" in said(alice, "--passphrase-file", two).stdout
    # A key that has a passphrase is replaced by who knows it.
    before = alice.key.read_bytes()
    refused = keygen(place, alice, "--force")
    assert refused.returncode == EX_USAGE
    assert "--set-history-aside" in refused.stderr and "--old-passphrase-file" in refused.stderr
    assert keygen(place, alice, "--force", "--old-passphrase-file", one).returncode == EX_DATAERR
    assert alice.key.read_bytes() == before
    made = keygen(place, alice, "--force", "--old-passphrase-file", two)
    assert made.returncode == 0, made.stderr
    assert "what was said" in said(alice).stdout


def test_set_aside_it_waits_for_the_old_key(place, talk):
    alice = talk()
    word = place.write("word", "forgotten\n")
    keygen(place, alice, "passphrase", "--passphrase-file", word)
    made = keygen(place, alice, "--force", "--set-history-aside")
    assert made.returncode == 0, made.stderr
    assert "p2pchat.sqlite.1" in made.stdout
    assert "what was said" not in said(alice).stdout
    # The contacts came along. The old key opens the database that was kept for it.
    assert run("p2pchat", "contacts", *alice.tail(), home=alice.home).stdout.startswith("bob")
    for name in ("key.pem", "certificate.pem", "p2pchat.sqlite"):
        (alice.folder / f"{name}.1").replace(alice.folder / name)
    assert "what was said" in said(alice, "--passphrase-file", word).stdout
