"""Backup and restore, with p2pchat-keygen and with the stock tools."""

import resource
import shlex
import shutil
import signal
import subprocess
import sys

import pytest

from harness.keygen import SECRET, answer, finish, fingerprint, is_pair, mode
from harness.programs import (
    EX_CANTCREAT, EX_DATAERR, EX_IOERR, EX_NOINPUT, EX_TEMPFAIL, EX_USAGE, REPOSITORY, program)
from harness.users import User
from harness.waiting import PATIENCE

FORMAT = REPOSITORY / "Sources" / "ChatBackup" / "ChatBackup.docc" / "BackupFormat.md"


def blocks(text):
    """The indented blocks of a document."""
    found, block = [], []
    for line in text.splitlines() + [""]:
        if line.startswith("    "):
            block.append(line[4:])
        elif line and block:
            found.append("\n".join(block).rstrip("\n"))
            block = []
        elif block:
            block.append("")
    return found + (["\n".join(block).rstrip("\n")] if block else [])


@pytest.fixture
def word(place):
    return place.write("word", SECRET + "\n")


def shell(place, command):
    return subprocess.run(["bash", "-c", f"set -euo pipefail; {command}"], cwd=place.folder,
                          env=place.environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE, check=False)


def by_hand(place, word, file, command):
    """A documented command, with our file for its own and the passphrase from a file."""
    assert "openssl enc -d" in command
    command = command.replace("FILE", str(file)).replace(
        "-iter 600000", f"-iter 600000 -pass file:{word}")
    return shell(place, command)


def backed_up(place, word, *arguments):
    place.succeed("--user", "alice", *arguments)
    said = place.succeed("backup", "alice.backup", "--backup-passphrase-file", word)
    file = place.folder / "alice.backup"
    assert f"{file.stat().st_size} bytes" in said
    return file


def contents(folder):
    return {each.name: each.read_bytes() for each in folder.iterdir()
            if not each.name.startswith(".")}


def test_what_is_backed_up_is_restored(place, word):
    file = backed_up(place, word)
    assert mode(file) == 0o600
    before = contents(place.user("alice"))
    said = place.succeed("restore", file, "--home", place.folder / "new",
                         "--backup-passphrase-file", word)
    assert fingerprint(place.folder / "alice.pem") in said
    folder = place.folder / "new" / "alice"
    assert contents(folder) == before
    assert (mode(folder), mode(folder / "key.pem")) == (0o700, 0o600)
    assert is_pair(folder)


def test_the_stock_tools_open_it_as_documented(place, word):
    file = backed_up(place, word)
    document = blocks(FORMAT.read_text())
    [opening] = [block for block in document if "openssl enc" in block]
    result = by_hand(place, word, file, opening)
    assert result.returncode == 0, result.stderr
    [checking] = [block for block in document if block.startswith("sha256sum")]
    result = shell(place, f"cd alice && {checking}")
    assert result.returncode == 0, result.stderr
    (place.folder / "alice" / "SHA256SUMS").unlink()
    assert contents(place.folder / "alice") == contents(place.user("alice"))
    # What tar has made is a home.
    shutil.copytree(place.folder / "alice", place.folder / "byhand" / "alice")
    assert "alice" in place.succeed("show", "--home", place.folder / "byhand")


def test_the_stock_tools_open_it_as_the_file_itself_says(place, word):
    file = backed_up(place, word)
    [_, opening, checking] = blocks(shell(place, f"tar -xOf {file} README.txt").stdout)
    result = by_hand(place, word, file, opening)
    assert result.returncode == 0, result.stderr
    assert shell(place, f"cd alice && {checking}").returncode == 0


def test_the_documented_script_authenticates(place, word):
    file = backed_up(place, word)
    [script] = [block for block in blocks(FORMAT.read_text()) if "import hashlib" in block]
    script = place.write("check.py", script)
    check = f"{shlex.quote(sys.executable)} {script}"
    assert shell(place, f"{check} {file} {word}").returncode == 0
    wrong = place.write("wrong", "another\n")
    assert shell(place, f"{check} {file} {wrong}").returncode != 0
    damaged = bytearray(file.read_bytes())
    damaged[3000] ^= 1
    file.write_bytes(damaged)
    assert shell(place, f"{check} {file} {word}").returncode != 0


def test_both_passphrases_are_asked_for_on_the_terminal(place):
    place.succeed("--user", "alice", "--passphrase-file", place.write("key", "the key's\n"))
    child = place.spawn("backup", "alice.backup")
    answer(child, "Passphrase for the backup: ", SECRET)
    answer(child, "The same again: ", SECRET)
    assert "alice.backup" in finish(child)
    assert child.exitstatus == 0
    child = place.spawn("restore", "alice.backup", "--home", "new")
    answer(child, "Passphrase of the backup: ", SECRET)
    answer(child, "Passphrase of alice's key: ", "the key's")
    said = finish(child)
    assert child.exitstatus == 0 and "Fingerprint" in said and SECRET not in said
    assert is_pair(place.folder / "new" / "alice", place.folder / "key")


def test_without_a_terminal_the_error_names_the_right_options(place, word):
    file = backed_up(place, word, "--passphrase-file", place.write("key", "the key's\n"))
    assert "--backup-passphrase-file" in place.fail(EX_USAGE, "backup", "other")
    assert "--backup-passphrase-file" in place.fail(EX_USAGE, "restore", file)
    new = place.folder / "new"
    sentence = place.fail(EX_USAGE, "restore", file, "--home", new,
                          "--backup-passphrase-file", word)
    assert "--key-passphrase-file" in sentence
    assert not (new / "alice").exists() and not (new / ".restore").exists()
    place.succeed("restore", file, "--home", new, "--backup-passphrase-file", word,
                  "--key-passphrase-file", place.folder / "key")


def test_an_empty_passphrase_is_refused(place):
    place.succeed("--user", "alice")
    empty = place.write("empty", "\n")
    place.fail(EX_DATAERR, "backup", "b", "--backup-passphrase-file", empty)
    assert not (place.folder / "b").exists()


def test_nothing_is_overwritten(place, word):
    file = backed_up(place, word)
    before = file.read_bytes()
    assert "--force" in place.fail(EX_CANTCREAT, "backup", file, "--backup-passphrase-file", word)
    assert file.read_bytes() == before
    place.succeed("backup", file, "--backup-passphrase-file", word, "--force")
    assert file.read_bytes() != before
    sentence = place.fail(EX_CANTCREAT, "restore", file, "--backup-passphrase-file", word)
    assert "--force" in sentence and "--home" in sentence
    said = place.succeed("restore", file, "--backup-passphrase-file", word, "--force")
    assert str(place.home / "alice~1") in said
    assert is_pair(place.home / "alice~1")
    # The old folder is nobody's: alice is still the only one there is.
    place.succeed("show")


def test_a_wrong_passphrase_and_damage_change_nothing(place, word):
    file = backed_up(place, word)
    new = place.folder / "new"
    wrong = place.write("wrong", "another\n")
    sentence = place.fail(EX_DATAERR, "restore", file, "--home", new,
                          "--backup-passphrase-file", wrong)
    assert "passphrase" in sentence and "another" not in sentence.replace("another copy", "")
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:3000], whole + b"\0", b"", b"hello"):
        file.write_bytes(damaged)
        place.fail(EX_DATAERR, "restore", file, "--home", new, "--backup-passphrase-file", word)
    assert not (new / "alice").exists() and not (new / ".restore").exists()
    place.fail(EX_NOINPUT, "restore", "none", "--backup-passphrase-file", word)


def test_standard_output_takes_a_backup(place, word):
    place.succeed("--user", "alice")
    with (place.folder / "piped").open("wb") as output:
        place.run("backup", "-", "--backup-passphrase-file", word, stdout=output).check_returncode()
    place.succeed("restore", "piped", "--home", "new", "--backup-passphrase-file", word)
    with open("/dev/full", "wb") as full:
        result = place.run("backup", "-", "--backup-passphrase-file", word, stdout=full)
    assert result.returncode == EX_IOERR and "make room" in result.stderr


def test_a_disk_that_fills_up_leaves_nothing_behind(place, word):
    backed_up(place, word)
    file = place.folder / "small"
    file.write_text("what was there")

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    before = sorted(each.name for each in place.folder.iterdir())
    result = place.run("backup", file, "--backup-passphrase-file", word, "--force",
                       preexec_fn=limit)
    assert result.returncode == EX_CANTCREAT, result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert sorted(each.name for each in place.folder.iterdir()) == before
    assert file.read_text() == "what was there"


def test_killed_at_any_moment_it_leaves_no_half_backup(place, word):
    place.succeed("--user", "alice")
    command = [program("p2pchat-keygen"), "backup", "b", "--backup-passphrase-file", str(word)]
    before = sorted(each.name for each in place.folder.iterdir())
    for number in range(8):
        process = subprocess.Popen(command, env=place.environment, cwd=place.folder,
                                   stdout=subprocess.DEVNULL)
        try:
            # Any moment must do.
            process.wait(number / 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)
        if (place.folder / "b").exists():
            break
        left = sorted(each.name for each in place.folder.iterdir())
        assert [name for name in left if not name.startswith(".p2pchat-")] == before
    place.succeed("backup", "b", "--backup-passphrase-file", word, "--force")
    place.succeed("restore", "b", "--home", "new", "--backup-passphrase-file", word)


def keygen(place, user, *arguments):
    return place.run(*arguments, "--home", user.home)


def test_a_backup_is_made_beside_a_running_p2pchat(place, pair, user, peer, word):
    alice, bob = user("alice"), user("bob")
    a, b = pair(alice, bob)
    result = keygen(place, alice, "backup", "b", "--backup-passphrase-file", word)
    assert result.returncode == 0, result.stderr
    # Its home can't be replaced meanwhile, nor its key.
    result = keygen(place, alice, "restore", "b", "--force", "--backup-passphrase-file", word)
    assert result.returncode == EX_TEMPFAIL, result.stderr
    result = keygen(place, alice, "--user", "alice", "--force")
    assert result.returncode == EX_TEMPFAIL, result.stderr
    a.send("bob", "still here", ref="after")
    a.wait_for("delivered", ref="after")
    a.quit()
    # In the new home alice is who she was, with the contacts that she had.
    new = place.folder / "new"
    place.succeed("restore", "b", "--home", new, "--backup-passphrase-file", word)
    again = peer(User("alice", new, alice.certificate), connect=b.at)
    again.wait_for("connected", peer="bob")


def test_the_readmes_command_opens_it(place, word):
    file = backed_up(place, word)
    [command] = [block for block in blocks((REPOSITORY / "README.md").read_text())
                 if "openssl enc" in block]
    result = by_hand(place, word, file, command.replace("alice.backup", "FILE"))
    assert result.returncode == 0, result.stderr
    assert is_pair(place.folder / "alice")
