"""A damaged database: a clear error or a message shown as damaged, never a crash or a wrong text."""

import json
import random
import shutil
import sqlite3
import subprocess

import pytest

from harness import crash, database
from harness.programs import assert_no_crash, assert_one_sentence, clean_environment, program, run

TEXTS = [f"text {number} " + "y" * (number * 37 % 900) for number in range(60)]
FLIPS = 12


@pytest.fixture
def used(user, peer):
    """Bob's home with messages of alice's in it: `used("quit")`, or after a crash."""
    def make(leave):
        alice, bob = user("alice"), user("bob")
        b = peer(bob, trust=[alice])
        a = peer(alice, trust=[bob], connect=b.at)
        for text in TEXTS:
            a.send("bob", text, ref=text)
        a.wait_for_count(len(TEXTS), "delivered")
        getattr(b, leave)()
        a.quit()
        return bob
    return make


def look(user):
    """What the programs make of a home: the texts that they show, None for a damaged one.

    Nothing at all where they refuse it, which must be with one sentence.
    """
    result = subprocess.run(
        [program("CrashPeer"), "dump", str(user.home), user.name], capture_output=True,
        text=True, timeout=60, env=clean_environment(user.home))
    assert_no_crash("CrashPeer", result.returncode, result.stderr)
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    started = run("p2pchat", "--json", "--listen", "127.0.0.1:0", *user.tail(), home=user.home)
    if started.returncode:
        sentence = assert_one_sentence(started.stderr)
        assert "database" in sentence or "messages" in sentence, sentence
        assert str(user.folder) in sentence, sentence
    # A damaged tree may be gone through in another order; what counts is what each place holds.
    shown.sort(key=lambda message: message["position"])
    return [message["content"] for message in shown]


def check(user):
    """Whatever is shown is what was said, in that order."""
    shown = look(user)
    known = [text for text in shown if text is not None]
    assert set(known) <= set(TEXTS), "a text that nobody said"
    assert known == [text for text in TEXTS if text in set(known)], "another order"
    assert len(known) == len(set(known)), "a text is shown twice"
    return shown


@pytest.fixture
def damage(folder):
    """Runs a check on a home after each of several damages, each done to an undamaged copy."""
    def each(user, path, harm):
        good = folder / "good"
        # Not the socket that a crash leaves behind.
        shutil.copytree(user.folder, good, ignore=shutil.ignore_patterns("*.sock"))
        for number in range(FLIPS):
            shutil.rmtree(user.folder)
            shutil.copytree(good, user.folder)
            data = bytearray(path.read_bytes())
            end = database.log_length(data) if path == database.log(user) else len(data)
            assert end > 8192, f"{path.name} holds nothing"
            room = data[end:]
            del data[end:]
            harm(random.Random(number), data)
            path.write_bytes(data + room if len(data) == end else data)
            yield check(user)
    return each


def flip(rng, data):
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def flip_header(rng, data):
    data[rng.randrange(100)] ^= 1 << rng.randrange(8)


def zero_a_page(rng, data):
    start = 4096 * rng.randrange(len(data) // 4096)
    data[start:start + 4096] = bytes(4096)


def swap_pages(rng, data):
    one, other = (4096 * number for number in rng.sample(range(len(data) // 4096), 2))
    data[one:one + 4096], data[other:other + 4096] = (
        data[other:other + 4096], data[one:one + 4096])


def truncate(rng, data):
    del data[rng.randrange(1, len(data)):]


@pytest.mark.slow
@pytest.mark.parametrize("harm", [flip, flip_header, zero_a_page, swap_pages, truncate])
def test_a_damaged_file(used, damage, harm):
    bob = used("quit")
    assert look(bob) == TEXTS
    results = list(damage(bob, database.path(bob), harm))
    assert len(results) == FLIPS


@pytest.mark.slow
@pytest.mark.parametrize("harm", [flip, flip_header, zero_a_page, truncate])
def test_a_damaged_log(used, damage, harm):
    """What SQLite finds unfit in the log it drops with all after it: a crash looks the same."""
    bob = used("kill")
    results = list(damage(bob, database.log(bob), harm))
    assert len(results) == FLIPS


def edit(user, *statements):
    connection = sqlite3.connect(database.path(user))
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("statements, broken", [
    (["UPDATE message SET sealed = zeroblob(length(sealed)) WHERE position = 7"], {7}),
    (["CREATE TEMP TABLE two AS SELECT position, sealed FROM message WHERE position IN (3, 4)",
      "UPDATE message SET sealed = (SELECT sealed FROM two WHERE two.position = 7 - "
      "message.position) WHERE position IN (3, 4)"], {3, 4}),
    (["UPDATE message SET timestamp = timestamp + 60 WHERE position = 5"], {5}),
    (["UPDATE message SET position = 1000 WHERE position = 9"], {1000}),
], ids=["overwritten", "swapped", "another-time", "moved"])
def test_a_message_that_was_tampered_with_is_shown_as_damaged(used, statements, broken):
    bob = used("quit")
    edit(bob, *statements)
    stored = crash.dump(bob)
    assert {message["position"] for message in stored if message["content"] is None} == broken
    others = [message["content"] for message in stored if message["content"] is not None]
    assert set(others) <= set(TEXTS) and len(others) == len(TEXTS) - len(broken)


def test_the_messages_of_another_key_pair_are_refused(used, user):
    """Whoever takes the database but not the key has nothing of it."""
    bob, carol = used("quit"), user("carol")
    shutil.copyfile(database.path(bob), database.path(carol))
    result = run("p2pchat", "--json", "--listen", "127.0.0.1:0", *carol.tail(), home=carol.home)
    assert result.returncode != 0
    assert "another key pair" in assert_one_sentence(result.stderr)
