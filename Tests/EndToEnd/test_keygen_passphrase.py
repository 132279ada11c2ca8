"""The passphrase of a key: asked for, read, set, changed and removed."""

import os
import re
import signal
from pathlib import Path

import pexpect
import pytest

from harness.keygen import SECRET, answer, fingerprint, finish, is_pair, mode
from harness.programs import EX_DATAERR, EX_NOINPUT, EX_NOPERM, EX_USAGE, program
from harness.waiting import PATIENCE


def test_a_passphrase_is_asked_for_twice_and_not_shown(place):
    child = place.spawn("--user", "alice", "--passphrase")
    answer(child, "Passphrase for the new key: ", SECRET)
    child.expect_exact("The same again: ")
    assert child.waitnoecho(PATIENCE)
    # Typed once already, it must be nowhere that another user or a child can look.
    for name in ("cmdline", "environ"):
        assert SECRET.encode() not in Path(f"/proc/{child.pid}/{name}").read_bytes()
    child.sendline(SECRET)
    child.expect("Fingerprint: .*\r\n")
    assert SECRET not in finish(child)
    assert child.exitstatus == 0
    key = place.user("alice") / "key.pem"
    assert "BEGIN ENCRYPTED PRIVATE KEY" in key.read_text()
    assert is_pair(place.user("alice"), place.write("secret", SECRET + "\n"))


def test_no_crash_writes_memory_to_the_disk(place):
    child = place.spawn("--user", "alice", "--passphrase")
    child.expect_exact("new key: ")
    process = Path(f"/proc/{child.pid}")
    assert int((process / "coredump_filter").read_text(), 16) == 0
    assert re.search(r"^Max core file size +0 +0 ", (process / "limits").read_text(), re.M)
    child.close(force=True)


def test_two_that_differ_are_an_error(place):
    child = place.spawn("--user", "alice", "--passphrase")
    answer(child, "new key: ", SECRET)
    answer(child, "again: ", SECRET + "x")
    said = finish(child)
    assert child.exitstatus == EX_DATAERR
    assert "differ" in said and SECRET not in said
    assert not place.home.exists()


@pytest.mark.parametrize("typed", ["", "x" * 1024])
def test_what_is_no_passphrase_is_refused(place, typed):
    child = place.spawn("--user", "alice", "--passphrase")
    answer(child, "new key: ", typed)
    finish(child)
    assert child.exitstatus == EX_DATAERR
    assert not place.home.exists()


def test_end_of_input_is_no_answer(place):
    child = place.spawn("--user", "alice", "--passphrase")
    child.expect_exact("new key: ")
    assert child.waitnoecho(PATIENCE)
    child.sendeof()
    assert "No passphrase" in finish(child)
    assert child.exitstatus == EX_NOINPUT


def shell(place):
    """An interactive shell, whose jobs share its terminal."""
    child = pexpect.spawn("/bin/sh", ["-c", "set -m; exec sh -i"], timeout=PATIENCE,
                          env={**place.environment, "PS1": "READY> ", "ENV": ""},
                          cwd=str(place.folder), encoding="utf-8")
    child.expect_exact("READY> ")
    return child


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_question_and_puts_the_terminal_right(place, number):
    child = shell(place)
    keygen = program("p2pchat-keygen")
    child.sendline(f"{keygen} --user alice --passphrase & echo pid=$!; fg >/dev/null")
    child.expect(r"pid=(\d+)")
    keygen = int(child.match[1])
    child.expect_exact("new key: ")
    assert child.waitnoecho(PATIENCE)
    os.kill(keygen, number)
    child.expect_exact("READY> ")
    child.sendline("echo status=$?; stty -a | tr ' ' '\\n' | grep echo$")
    child.expect(r"status=(\d+)\r\n")
    assert int(child.match[1]) == 128 + number
    child.expect(r"(?<!-)\becho\r\n")
    assert not place.home.exists()


def test_stopped_and_continued_it_asks_again(place):
    child = shell(place)
    child.sendline(f"{program('p2pchat-keygen')} --user alice --passphrase")
    child.expect_exact("new key: ")
    assert child.waitnoecho(PATIENCE)
    child.sendcontrol("z")
    child.expect_exact("READY> ")
    child.sendline("stty -a | tr ' ' '\\n' | grep echo$")
    child.expect(r"(?<!-)\becho\r\n")
    child.sendline("fg")
    answer(child, "new key: ", SECRET)
    answer(child, "again: ", SECRET)
    child.expect("Fingerprint: ")
    child.expect_exact("READY> ")
    assert is_pair(place.user("alice"), place.write("secret", SECRET + "\n"))


def test_without_a_terminal_the_error_names_the_other_ways(place):
    sentence = place.fail(EX_USAGE, "--user", "alice", "--passphrase")
    assert "--passphrase-file" in sentence and "--passphrase-fd" in sentence
    assert not place.home.exists()


def test_a_passphrase_from_a_file(place):
    secret = place.write("secret", SECRET + "\nsecond line\n")
    place.succeed("--user", "alice", "--passphrase-file", secret)
    assert is_pair(place.user("alice"), secret)


def test_a_passphrase_from_a_descriptor(place):
    secret = place.write("secret", SECRET + "\n")
    with secret.open() as file:
        place.succeed("--user", "alice", "--passphrase-fd", file.fileno(),
                      pass_fds=[file.fileno()])
    with secret.open() as file:
        place.succeed("--user", "bob", "--passphrase-fd", 0, stdin=file)
    assert is_pair(place.user("alice"), secret)
    assert is_pair(place.user("bob"), secret)
    assert "not open" in place.fail(EX_NOINPUT, "--user", "carol", "--passphrase-fd", 99)


def test_a_passphrase_file_that_others_can_read_is_refused(place):
    secret = place.write("secret", SECRET + "\n", mode=0o644)
    sentence = place.fail(EX_NOPERM, "--user", "alice", "--passphrase-file", secret)
    assert f"chmod 600 {secret}" in sentence
    assert not place.home.exists()


def test_the_passphrase_is_set_changed_and_removed(place):
    one, two = place.write("one", "first\n"), place.write("two", "second\n")
    place.succeed("--user", "alice")
    before = fingerprint(place.folder / "alice.pem")
    key = place.user("alice") / "key.pem"
    place.succeed("passphrase", "--user", "alice", "--passphrase-file", one)
    assert is_pair(place.user("alice"), one)
    place.succeed("passphrase", "--user", "alice", "--old-passphrase-file", one,
                  "--passphrase-file", two)
    assert is_pair(place.user("alice"), two)
    place.succeed("passphrase", "--remove", "--old-passphrase-file", two)
    assert "BEGIN PRIVATE KEY" in key.read_text()
    assert mode(key) == 0o600
    assert place.succeed("show").count(before) == 1


def test_both_passphrases_may_come_from_one_descriptor(place):
    one, two = place.write("one", "first\n"), place.write("two", "second\n")
    place.succeed("--user", "alice", "--passphrase-file", one)
    with place.write("both", "first\nsecond\n").open() as file:
        place.succeed("passphrase", "--old-passphrase-fd", 0, "--passphrase-fd", 0, stdin=file)
    assert is_pair(place.user("alice"), two)


def test_a_wrong_passphrase_changes_nothing(place):
    one, wrong = place.write("one", "first\n"), place.write("wrong", "second\n")
    place.succeed("--user", "alice", "--passphrase-file", one)
    before = (place.user("alice") / "key.pem").read_bytes()
    sentence = place.fail(EX_DATAERR, "passphrase", "--remove", "--old-passphrase-file", wrong)
    assert "passphrase" in sentence and "second" not in sentence
    assert "--old-passphrase-file" not in sentence
    assert (place.user("alice") / "key.pem").read_bytes() == before


def test_the_passphrase_is_changed_on_the_terminal(place):
    place.succeed("--user", "alice", "--passphrase-file", place.write("one", "first\n"))
    child = place.spawn("passphrase", "--user", "alice")
    answer(child, "Old passphrase of alice: ", "first")
    answer(child, "New passphrase: ", SECRET)
    answer(child, "The same again: ", SECRET)
    assert "new passphrase" in finish(child)
    assert child.exitstatus == 0
    assert is_pair(place.user("alice"), place.write("secret", SECRET + "\n"))


def test_a_wrong_old_passphrase_is_told_before_the_new_is_asked_for(place):
    place.succeed("--user", "alice", "--passphrase-file", place.write("one", "first\n"))
    child = place.spawn("passphrase", "--user", "alice")
    answer(child, "Old passphrase of alice: ", "furst")
    said = finish(child)
    assert child.exitstatus == EX_DATAERR
    assert "New passphrase" not in said
