"""p2pchat-keygen makes an identity, and says what stands in the way of one."""

import re
import subprocess
import time

import pytest

from harness.keygen import SECRET, fingerprint, is_pair, mode, openssl
from harness.programs import (
    EX_CANTCREAT, EX_DATAERR, EX_NOINPUT, EX_NOPERM, EX_USAGE, clean_environment, program)
from harness.waiting import PATIENCE


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
    place.succeed("--user", "alice", env=clean_environment(place.folder, **variables))
    assert (place.folder / home / "alice" / "key.pem").exists()


def test_the_option_names_the_home(place):
    place.succeed("--user", "alice", "--home", place.folder / "other" / "home")
    assert (place.folder / "other" / "home" / "alice" / "key.pem").exists()
    assert not place.home.exists()


def test_of_many_at_once_one_makes_the_identity(place):
    command = [program("p2pchat-keygen"), "--user", "alice", "--out"]
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
        process = subprocess.Popen(
            [program("p2pchat-keygen"), "--user", f"user{number}"], env=place.environment,
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
        process = subprocess.Popen(
            [program("p2pchat-keygen"), "--user", "alice", "--force"], env=place.environment,
            cwd=place.folder, stdout=subprocess.DEVNULL)
        time.sleep(number / 2000)
        process.kill()
        process.wait(PATIENCE)
        place.succeed("show", "--user", "alice")
        assert is_pair(place.user("alice"))
        assert not list(place.user("alice").glob("*.new"))




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
