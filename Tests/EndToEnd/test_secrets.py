"""What is secret stays secret: not in arguments, environment, output, logs or core files."""

import re
import resource
import select
import socket
import threading
from pathlib import Path

import pexpect
import pytest

from harness import certificates
from harness.programs import EX_DATAERR, EX_USAGE, clean_environment, program, run

SECRET = "correct-horse-battery-staple-9"


@pytest.fixture
def locked(user, folder):
    """Alice, whose key has a passphrase, and the file that holds it."""
    path = folder / "passphrase"
    path.touch(mode=0o600)
    path.write_text(SECRET + "\n")
    alice = user("alice", passphrase_file=path)
    assert b"ENCRYPTED PRIVATE KEY" in alice.key.read_bytes()
    return alice, path


def private_numbers(key, passphrase=None):
    """Spellings of the private key that must not turn up anywhere."""
    more = ["-passin", f"pass:{passphrase}"] if passphrase else []
    der = certificates.openssl("pkey", "-in", key, "-outform", "DER", *more)
    pem = certificates.openssl("pkey", "-in", key, *more).decode()
    body = [line for line in pem.splitlines() if "-----" not in line]
    return [der[-32:], der[-32:].hex().encode(), body[0].encode(), body[-1].encode()]


def test_a_passphrase_from_a_file_opens_the_key(locked, user, peer):
    alice, path = locked
    bob = user("bob")
    a = peer(alice, "--passphrase-file", path, trust=[bob])
    peer(bob, trust=[alice], connect=a.at)
    a.wait_for("connected", peer="bob")


def test_a_passphrase_from_a_descriptor_opens_the_key(locked):
    alice, path = locked
    # A shell redirection, as a person would write it.
    process = pexpect.spawn("/bin/sh", ["-c", 'exec "$@" 3<"$0" </dev/null', str(path),
                                        program("p2pchat"), "--json", *alice.tail(), "--listen",
                                        "127.0.0.1:0", "--passphrase-fd", "3"],
                            env=clean_environment(alice.home), encoding="utf-8", timeout=30)
    process.expect('"listening"')
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0


def test_a_wrong_passphrase_is_a_clear_error(locked, folder):
    alice, _ = locked
    wrong = folder / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("not it\n")
    result = run("p2pchat", "--json", *alice.tail(), "--passphrase-file", wrong, home=alice.home)
    assert result.returncode in (EX_DATAERR, 77)
    assert "passphrase" in result.stderr
    assert "not it" not in result.stderr


def test_no_passphrase_and_nobody_to_ask_is_a_clear_error(locked):
    alice, _ = locked
    result = run("p2pchat", "--json", *alice.tail(), home=alice.home)
    assert result.returncode in (EX_USAGE, EX_DATAERR, 77)
    assert "--passphrase-file" in result.stderr


def test_the_passphrase_is_asked_for_on_the_terminal_and_not_shown(locked):
    alice, _ = locked
    process = pexpect.spawn(program("p2pchat"), [*alice.tail(), "--listen", "127.0.0.1:0"],
                            env=clean_environment(alice.home), encoding="utf-8", timeout=30)
    process.expect("(?i)passphrase")
    process.waitnoecho()
    process.sendline(SECRET)
    process.expect(r"127\.0\.0\.1:\d+")
    process.sendline("/quit")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0
    assert SECRET not in (process.before or "")


def test_nothing_secret_is_in_arguments_or_environment(locked, peer, user):
    alice, path = locked
    a = peer(alice, "--passphrase-file", path, trust=[user("bob")])
    a.fence()
    for name in ("cmdline", "environ"):
        assert SECRET.encode() not in Path(f"/proc/{a.pid}/{name}").read_bytes()


def test_nothing_secret_is_said_or_written(locked, peer, user):
    """Not on standard error at its most talkative, and not in any file of the home."""
    alice, path = locked
    bob = user("bob")
    a = peer(alice, "--passphrase-file", path, "--log-level", "trace", trust=[bob])
    b = peer(bob, "--log-level", "trace", trust=[alice], connect=a.at)
    b.send("alice", "my-bank-pin-is-4711", ref=1)
    b.wait_for("delivered", ref=1)
    a.quit()
    b.quit()
    said = (a.stderr + b.stderr).encode()
    assert b"my-bank-pin-is-4711" not in said
    secrets = [SECRET.encode(), *private_numbers(alice.key, SECRET), *private_numbers(bob.key)]
    for each in secrets:
        assert each not in said
    for owner in (alice, bob):
        for file in owner.home.rglob("*"):
            if file.is_file() and file != owner.key:
                assert not any(each in file.read_bytes() for each in secrets), file


def test_nothing_secret_is_in_the_shared_certificate(user):
    alice = user("alice")
    text = alice.certificate.read_text()
    assert "PRIVATE" not in text
    assert text.count("-----BEGIN") == 1
    described = certificates.openssl("x509", "-in", alice.certificate, "-noout", "-text").decode()
    assert re.search(r"Subject: CN = alice\n", described)
    assert "CA:FALSE" in described
    assert "Dec 31 23:59:59 9999 GMT" in described


def test_no_core_file_is_written(user, peer):
    """A crash must not write keys and messages to disk: the limit is 0 whatever it was."""
    def unlimited():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    a = peer(user("alice"), preparation=unlimited)
    limits = Path(f"/proc/{a.pid}/limits").read_text()
    line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert line.split()[4] == "0", line


def test_a_passphrase_file_that_others_can_read_is_refused(locked):
    alice, path = locked
    path.chmod(0o644)
    result = run("p2pchat", "--json", *alice.tail(), "--passphrase-file", path, home=alice.home)
    assert result.returncode == 77, result.stderr
    assert "chmod" in result.stderr


def test_no_option_takes_a_passphrase_itself(folder):
    for name in ("p2pchat", "p2pchat-keygen"):
        text = run(name, "--help", home=folder).stdout
        assert "PASSPHRASE=" not in text
        assert not re.search(r"--passphrase[ =]<", text), text


def test_what_crosses_the_network_is_not_readable(user, peer, listener):
    """Everything that passes between the two is looked at by one who sits between them."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    tap = listener()
    seen = bytearray()

    def forward():
        inner = tap.accept_raw()
        outer = socket.create_connection((a.host, a.port))
        with inner, outer:
            while True:
                for side in select.select([inner, outer], [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        return
                    seen.extend(data)
                    (outer if side is inner else inner).sendall(data)
    thread = threading.Thread(target=forward, daemon=True)
    thread.start()
    b = peer(bob, trust=[alice], connect=f"alice@{tap.address}")
    b.send("alice", "attack at dawn", ref=1)
    b.wait_for("delivered", ref=1)
    b.quit()
    thread.join(30)
    assert len(seen) > 1000
    for word in (b"attack at dawn", b"alice", b"bob", b"sender", b"hello"):
        assert word not in bytes(seen), word
