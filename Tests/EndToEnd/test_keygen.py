"""p2pchat-keygen, driven as a person and as a script would."""

import json
import os
import re
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pexpect
import pytest

BINARIES = Path(os.environ.get("P2PCHAT_BIN", Path(__file__).parents[2] / ".build" / "debug")).resolve()
KEYGEN = str(BINARIES / "p2pchat-keygen")
SECRET = "correct-horse-battery-staple-9"
PATIENCE = 30

EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_CANTCREAT, EX_IOERR, EX_NOPERM = 64, 65, 66, 73, 74, 77


def clean_environment(**more):
    """Nothing of the tester's own homes."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "dumb", **more}


class Place:
    """A current folder and, below it, a home."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        self.environment = clean_environment(P2PCHAT_HOME=str(self.home))

    def run(self, *arguments, **options):
        options = {"env": self.environment, "cwd": self.folder, "stdin": subprocess.DEVNULL,
                   "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run([KEYGEN, *map(str, arguments)], text=True, timeout=PATIENCE,
                              start_new_session=True, check=False, **options)

    def succeed(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.returncode == 0, result.stderr
        assert not result.stderr
        return result.stdout

    def fail(self, status, *arguments, **options):
        """Runs what must fail with one sentence on standard error, and returns the sentence."""
        result = self.run(*arguments, **options)
        assert result.returncode == status, (result.stdout, result.stderr)
        assert not result.stdout
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("p2pchat-keygen: "), result.stderr
        return lines[0]

    def spawn(self, *arguments):
        """Runs it on a terminal."""
        return pexpect.spawn(KEYGEN, [*map(str, arguments)], env=self.environment,
                             cwd=str(self.folder), encoding="utf-8", timeout=PATIENCE)

    def user(self, name):
        return self.home / name

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path


@pytest.fixture
def place():
    with tempfile.TemporaryDirectory(prefix="p2pchat-") as folder:
        yield Place(folder)


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True).stdout


def fingerprint(certificate):
    return openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").strip() \
        .split("=")[1]


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def answer(child, prompt, text):
    """Waits for a question whose answer is not shown, and types it."""
    child.expect_exact(prompt)
    assert child.waitnoecho(PATIENCE)
    child.sendline(text)


def finish(child):
    """Waits for the end; returns what was said since the last thing waited for."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before


def is_pair(folder, passphrase=None):
    """Whether the key and the certificate in a user's folder belong together, for openssl."""
    more = ["-passin", f"file:{passphrase}"] if passphrase else []
    return openssl("pkey", "-in", folder / "key.pem", "-pubout", *more) == \
        openssl("x509", "-in", folder / "certificate.pem", "-noout", "-pubkey")


# Making an identity


@pytest.mark.parametrize("key_type", ["ed25519", "p256"])
def test_makes_a_key_and_a_certificate(place, key_type):
    said = place.succeed("--user", "alice", "--key-type", key_type)
    shared = place.folder / "alice.pem"
    assert re.search(r"^User: +alice$", said, re.M)
    assert re.search(rf"^Home: +{re.escape(str(place.user('alice')))}$", said, re.M)
    assert re.search(r"^Certificate: +alice\.pem$", said, re.M)
    assert re.search(rf"^Fingerprint: +{fingerprint(shared)}$", said, re.M)
    assert is_pair(place.user("alice"))
    assert shared.read_text() == (place.user("alice") / "certificate.pem").read_text()
    assert "PRIVATE" not in shared.read_text()
    assert openssl("verify", "-CAfile", shared, shared).strip().endswith(": OK")
    algorithm = "ED25519" if key_type == "ed25519" else "id-ecPublicKey"
    assert algorithm in openssl("x509", "-in", shared, "-noout", "-text")


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o022])
def test_modes_are_the_same_whatever_the_umask(place, umask):
    place.succeed("--user", "alice", umask=umask)
    folder = place.user("alice")
    assert mode(place.home) == mode(folder) == 0o700
    assert {each.name: mode(each) for each in folder.iterdir()} == {
        "key.pem": 0o600, "certificate.pem": 0o644, ".identity.lock": 0o600}
    # What is given away is an ordinary file.
    assert mode(place.folder / "alice.pem") == 0o644 & ~umask


def test_a_folder_that_stands_open_is_closed(place):
    place.user("alice").mkdir(parents=True)
    place.user("alice").chmod(0o777)
    place.succeed("--user", "alice", umask=0)
    assert mode(place.user("alice")) == 0o700
    assert mode(place.user("alice") / "key.pem") == 0o600


def test_an_existing_identity_is_left_alone(place):
    place.succeed("--user", "alice")
    before = {each: each.read_bytes() for each in place.user("alice").iterdir()}
    sentence = place.fail(EX_CANTCREAT, "--user", "alice")
    assert "--force" in sentence and "export" in sentence
    (place.folder / "alice.pem").unlink()
    place.fail(EX_CANTCREAT, "--user", "alice")
    assert {each: each.read_bytes() for each in place.user("alice").iterdir()} == before
    assert not (place.folder / "alice.pem").exists()


def test_force_keeps_the_old_beside_the_new(place):
    place.succeed("--user", "alice")
    folder = place.user("alice")
    old = {name: (folder / name).read_bytes() for name in ("key.pem", "certificate.pem")}
    said = place.succeed("--user", "alice", "--force")
    for name, content in old.items():
        assert (folder / f"{name}.1").read_bytes() == content
        assert (folder / name).read_bytes() != content
        assert str(folder / f"{name}.1") in said
    assert mode(folder / "key.pem.1") == 0o600
    assert (place.folder / "alice.pem.1").read_bytes() == old["certificate.pem"]
    assert fingerprint(place.folder / "alice.pem") in said
    assert is_pair(folder)
    place.succeed("--user", "alice", "--force")
    assert (folder / "key.pem.2").exists()


def test_a_file_of_that_name_is_not_overwritten(place):
    other = place.write("alice.pem", "another alice's")
    sentence = place.fail(EX_CANTCREAT, "--user", "alice")
    assert "alice.pem" in sentence and "--out" in sentence
    assert other.read_text() == "another alice's"
    # Nor was a key made whose certificate has nowhere to go.
    assert not place.user("alice").exists()
    place.succeed("--user", "alice", "--out", "mine.pem")
    assert fingerprint(place.folder / "mine.pem")


def test_out_names_a_file_or_a_folder(place):
    (place.folder / "shared").mkdir()
    place.succeed("--user", "alice", "--out", "shared")
    place.succeed("--user", "bob", "--out", "shared/robert.crt")
    assert sorted(each.name for each in (place.folder / "shared").iterdir()) == [
        "alice.pem", "robert.crt"]


@pytest.mark.parametrize("variables,home", [
    ({"P2PCHAT_HOME": "{}/p", "XDG_DATA_HOME": "{}/x", "HOME": "{}/h"}, "p"),
    ({"XDG_DATA_HOME": "{}/x", "HOME": "{}/h"}, "x/p2pchat"),
    ({"XDG_DATA_HOME": "x", "HOME": "{}/h"}, "h/.local/share/p2pchat"),
    ({"P2PCHAT_HOME": "", "HOME": "{}/h"}, "h/.local/share/p2pchat")])
def test_the_home_is_found_in_the_environment(place, variables, home):
    variables = {name: value.format(place.folder) for name, value in variables.items()}
    place.succeed("--user", "alice", env=clean_environment(**variables))
    assert (place.folder / home / "alice" / "key.pem").exists()


def test_the_option_names_the_home(place):
    place.succeed("--user", "alice", "--home", place.folder / "other" / "home")
    assert (place.folder / "other" / "home" / "alice" / "key.pem").exists()
    assert not place.home.exists()


def test_of_many_at_once_one_makes_the_identity(place):
    command = [KEYGEN, "--user", "alice", "--out"]
    crowd = [subprocess.Popen([*command, f"{number}.pem"], env=place.environment,
                              cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
             for number in range(8)]
    statuses = []
    for each in crowd:
        each.communicate(timeout=PATIENCE)
        statuses.append(each.returncode)
    assert sorted(statuses) == [0] + [EX_CANTCREAT] * 7
    assert is_pair(place.user("alice"))
    shared = [each for each in place.folder.glob("*.pem")]
    assert len(shared) == 1
    assert fingerprint(shared[0]) == fingerprint(place.user("alice") / "certificate.pem")


def test_killed_at_any_moment_it_leaves_nothing_in_the_way(place):
    for number in range(30):
        process = subprocess.Popen([KEYGEN, "--user", f"user{number}"], env=place.environment,
                                   cwd=place.folder, stdout=subprocess.DEVNULL)
        # Spread over the few milliseconds that it takes; any moment must do.
        time.sleep(number / 2000)
        process.kill()
        process.wait(PATIENCE)
        folder = place.user(f"user{number}")
        if (folder / "key.pem").exists():
            # It counts. Whoever reads it next puts the certificate in its place.
            place.succeed("export", "--user", f"user{number}")
        else:
            place.succeed("--user", f"user{number}")
        assert is_pair(folder)
        assert not list(folder.glob("*.new"))


def test_killed_while_replacing_there_is_an_old_pair_or_a_new_one(place):
    place.succeed("--user", "alice")
    for number in range(30):
        process = subprocess.Popen([KEYGEN, "--user", "alice", "--force"], env=place.environment,
                                   cwd=place.folder, stdout=subprocess.DEVNULL)
        time.sleep(number / 2000)
        process.kill()
        process.wait(PATIENCE)
        place.succeed("show", "--user", "alice")
        assert is_pair(place.user("alice"))
        assert not list(place.user("alice").glob("*.new"))


# Passphrases


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
    child.sendline(f"{KEYGEN} --user alice --passphrase & echo pid=$!; fg >/dev/null")
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
    child.sendline(f"{KEYGEN} --user alice --passphrase")
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


# Showing and exporting


def test_show_says_what_openssl_says(place):
    place.succeed("--user", "alice")
    place.succeed("--user", "bob", "--key-type", "p256")
    expected = fingerprint(place.folder / "bob.pem")
    assert f"Fingerprint:  {expected}\n" in place.succeed("show", "--user", "bob")
    assert f"Fingerprint:  {expected}\n" in place.succeed("show", "bob.pem")
    assert json.loads(place.succeed("show", "bob.pem", "--json")) == {
        "name": "bob", "fingerprint": expected, "key_type": "p256", "file": "bob.pem"}


def test_show_reads_several_certificates_and_der(place):
    place.succeed("--user", "alice")
    place.succeed("--user", "bob")
    both = "".join((place.folder / f"{name}.pem").read_text() for name in ("alice", "bob"))
    place.write("both.pem", both)
    lines = place.succeed("show", "both.pem", "--json").splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["alice", "bob"]
    openssl("x509", "-in", place.folder / "bob.pem", "-outform", "DER", "-out",
            place.folder / "bob.crt")
    assert json.loads(place.succeed("show", "bob.crt", "--json"))["name"] == "bob"


def test_a_hostile_name_does_not_reach_the_terminal(place):
    openssl("genpkey", "-algorithm", "RSA", "-out", place.folder / "key")
    name = "\x1b]0;owned\x07\u202egnp.exe"
    openssl("req", "-x509", "-new", "-key", place.folder / "key", "-utf8", "-subj", f"/CN={name}",
            "-out", place.folder / "evil.pem")
    said = place.succeed("show", "evil.pem")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
    assert "does not take" in said
    line = place.succeed("show", "evil.pem", "--json")
    assert line.isascii() and "\x1b" not in line
    assert json.loads(line)["name"] == name
    assert json.loads(line)["key_type"] is None


def test_export_writes_the_certificate(place):
    place.succeed("--user", "alice")
    certificate = (place.folder / "alice.pem").read_text()
    (place.folder / "alice.pem").unlink()
    assert place.succeed("export", "--out", "-") == certificate
    place.succeed("export")
    assert (place.folder / "alice.pem").read_text() == certificate
    # The same content is no conflict; another is.
    place.succeed("export")
    other = place.write("alice.pem", "another")
    place.fail(EX_CANTCREAT, "export")
    assert other.read_text() == "another"
    place.succeed("export", "--force")
    assert other.read_text() == certificate
    assert (place.folder / "alice.pem.1").read_text() == "another"


def test_an_output_that_is_full_is_an_error(place):
    place.succeed("--user", "alice")
    with open("/dev/full", "w", encoding="ascii") as full:
        result = place.run("export", "--out", "-", stdout=full)
    assert result.returncode == EX_IOERR
    assert "can't be written" in result.stderr


def test_one_identity_need_not_be_named_several_must(place):
    assert "--user NAME" in place.fail(EX_NOINPUT, "show")
    place.succeed("--user", "alice")
    assert "alice" in place.succeed("show")
    place.succeed("--user", "bob")
    for command in ("show", "export", "passphrase"):
        assert "(alice, bob)" in place.fail(EX_USAGE, command)
    assert "p2pchat-keygen --user carol" in place.fail(EX_NOINPUT, "show", "--user", "carol")


def test_a_pair_made_by_openssl_is_at_home(place):
    folder = place.user("alice")
    folder.mkdir(parents=True)
    for each in (place.home, folder):
        each.chmod(0o700)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
            folder / "key.pem")
    openssl("req", "-x509", "-new", "-key", folder / "key.pem", "-subj", "/CN=alice", "-out",
            folder / "certificate.pem")
    (folder / "key.pem").chmod(0o600)
    assert fingerprint(folder / "certificate.pem") in place.succeed("show")
    secret = place.write("secret", SECRET + "\n")
    place.succeed("passphrase", "--passphrase-file", secret)
    assert is_pair(folder, secret)


# Errors


@pytest.mark.parametrize("arguments,part", [
    ([], "--user"),
    (["--user", ""], "empty"),
    (["--user", "../alice"], "begin with '.'"),
    (["--user", "a/b"], "'/'"),
    (["--user", "a b"], "a space"),
    (["--user", "x" * 65], "too long"),
    (["--user", "a\x1b[31m"], "U+001B"),
    (["--user", "alice", "--key-type", "rsa"], "ed25519"),
    (["--user", "alice", "--frobnicate"], "--frobnicate"),
    (["--user", "alice", "show"], "show"),
    (["--user", "alice", "--passphrase", "--passphrase-fd", "0"], "not several"),
    (["--user", "alice", "--passphrase-file", "x", "--passphrase-fd", "0"], "not both"),
    (["--user", "alice", "--passphrase-fd", "many"], "--passphrase-fd"),
    (["show", "x.pem", "--user", "alice"], "not both"),
    (["passphrase", "--remove", "--passphrase-fd", "0"], "not both"),
    (["passphrase", "--old-passphrase-file", "x", "--old-passphrase-fd", "0"], "not both")],
    ids=str)
def test_a_wrong_command_line_is_said_in_one_sentence(place, arguments, part):
    sentence = place.fail(EX_USAGE, *arguments)
    assert part in sentence and "--help" in sentence
    assert "\x1b" not in sentence
    assert not place.home.exists()


def test_a_home_that_cannot_be_made_is_an_error(place):
    place.write("file", "")
    assert "file" in place.fail(EX_CANTCREAT, "--user", "alice", "--home", "file")
    assert "file" in place.fail(EX_CANTCREAT, "--user", "alice", "--home", "file/home")
    # Not even the superuser makes folders there.
    assert "/sys" in place.fail(EX_CANTCREAT, "--user", "alice", "--home", "/sys/home")


def test_a_folder_that_cannot_take_the_certificate_is_an_error(place):
    place.fail(EX_NOINPUT, "--user", "alice", "--out", "none/alice.pem")
    place.fail(EX_NOINPUT, "--user", "alice", "--out", "none/")
    assert not place.home.exists()


def test_files_that_are_no_certificates_are_errors(place):
    place.succeed("--user", "alice")
    place.fail(EX_NOINPUT, "show", "none.pem")
    place.fail(EX_NOINPUT, "show", place.folder)
    place.fail(EX_DATAERR, "show", place.write("junk", "\x00junk" * 200000))
    place.fail(EX_DATAERR, "show", place.write("empty", ""))
    assert "private key" in place.fail(EX_DATAERR, "show", place.user("alice") / "key.pem")


def test_a_loose_key_is_refused_with_the_remedy(place):
    place.succeed("--user", "alice")
    key = place.user("alice") / "key.pem"
    key.chmod(0o640)
    secret = place.write("secret", SECRET + "\n")
    sentence = place.fail(EX_NOPERM, "passphrase", "--passphrase-file", secret)
    assert sentence.endswith(f"chmod 600 {key}")
    place.user("alice").chmod(0o755)
    assert place.fail(EX_NOPERM, "show").endswith(f"chmod 700 {place.user('alice')}")


@pytest.mark.parametrize("command,options", [
    ([], ["--user", "--key-type", "--passphrase", "--out", "--force", "--version"]),
    (["generate"], ["--user", "--home", "--key-type", "--passphrase", "--passphrase-file",
                    "--passphrase-fd", "--out", "--force"]),
    (["show"], ["--user", "--home", "--json", "<file>"]),
    (["export"], ["--user", "--home", "--out", "--force"]),
    (["passphrase"], ["--user", "--home", "--remove", "--passphrase-file", "--passphrase-fd",
                      "--old-passphrase-file", "--old-passphrase-fd"])], ids=str)
def test_help_tells_every_option(place, command, options):
    text = place.succeed(*command, "--help")
    for option in options:
        assert option in text
    assert not re.search(r"--passphrase[ =]<", text)
    assert max(map(len, text.splitlines())) < 100 or command


def test_the_version(place):
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", place.succeed("--version"))
