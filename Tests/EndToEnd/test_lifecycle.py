"""Coming, going, and what stands in the way of either."""

import os
import signal
import socket
import stat
import subprocess

import pytest

from harness.native import greet
from harness.programs import (
    EX_CANTCREAT, EX_IOERR, EX_NOINPUT, EX_NOPERM, EX_TEMPFAIL, EX_UNAVAILABLE, EX_USAGE,
    assert_no_crash, assert_one_sentence, clean_environment, program, run)

# On leaving, the program has two seconds by its own promise. The wait is a bound on a hang, with
# room for a machine that is busy with everything else.
LEAVE = 20


@pytest.fixture
def guest(user, peer, dial):
    """Alice, with bob connected by Python's ssl."""
    bob = user("bob")
    a = peer(user("alice"), trust=[bob])
    session = dial(a.address, bob)
    greet(session, "bob")
    a.wait_for("connected", peer="bob")
    session.alice = a
    return session


@pytest.mark.parametrize("leave", [
    lambda a: a.signal(signal.SIGTERM), lambda a: a.signal(signal.SIGINT),
    lambda a: a.signal(signal.SIGHUP), lambda a: a.close_stdin(), lambda a: a.command("quit")],
    ids=["SIGTERM", "SIGINT", "SIGHUP", "end-of-input", "quit"])
def test_leaving_says_bye(guest, leave):
    leave(guest.alice)
    frames = guest.expect_end()
    assert frames[-1]["type"] == "bye", frames
    guest.alice.wait_for_exit(0, timeout=LEAVE)
    assert guest.alice.seen("disconnected", peer="bob")


def test_leaving_does_not_wait_for_a_peer_that_does_not_read(guest):
    """Bob reads nothing and answers nothing; alice has much to say, and leaves all the same."""
    for _ in range(200):
        guest.alice.send("bob", "x" * 16000)
    guest.alice.fence()
    guest.alice.signal(signal.SIGTERM)
    guest.alice.wait_for_exit(0, timeout=LEAVE)


def test_leaving_in_the_middle_of_dialling(user, peer, listener):
    bob = user("bob")
    server = listener()
    a = peer(user("alice"), trust=[bob], connect=f"bob@{server.address}")
    with server.accept_raw():
        a.signal(signal.SIGTERM)
        a.wait_for_exit(0, timeout=LEAVE)


def test_a_second_signal_leaves_at_once(guest):
    guest.alice.signal(signal.SIGINT)
    try:
        guest.alice.signal(signal.SIGINT)
    except ProcessLookupError:
        pass
    guest.alice.wait_for_exit(timeout=LEAVE)


def test_what_was_sent_before_quit_is_flushed(guest):
    for number in range(100):
        guest.alice.send("bob", f"number {number}")
    guest.alice.command("quit")
    frames = guest.expect_end()
    contents = [frame["content"] for frame in frames if frame["type"] == "message"]
    assert contents == [f"number {number}" for number in range(100)]
    assert frames[-1]["type"] == "bye"


def test_a_reader_that_goes_away_ends_the_program(user):
    """Standard output closed, as by `| head`: no crash, and nothing is left running."""
    alice = user("alice")
    process = subprocess.Popen(
        [program("p2pchat"), "--json", *alice.tail(), "--listen", "127.0.0.1:0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=clean_environment(alice.home))
    with process:
        assert b"listening" in process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b'{"command":"contacts"}\n')
        process.stdin.flush()
        try:
            status = process.wait(LEAVE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert_no_crash("p2pchat", status, process.stderr.read().decode())


def fails(user, *arguments, home=None, name="alice"):
    """Runs p2pchat, which must fail at once with one sentence."""
    home = user.home if home is None else home
    result = run("p2pchat", "--json", "--user", name, "--home", home, *arguments, home=user.home)
    assert result.returncode != 0
    return result.returncode, assert_one_sentence(result.stderr)


def test_a_port_in_use(user):
    alice = user("alice")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, sentence = fails(alice, "--listen", f"127.0.0.1:{port}")
    assert status == EX_UNAVAILABLE
    assert str(port) in sentence
    assert "in use" in sentence or "taken" in sentence


@pytest.mark.parametrize("address", ["192.0.2.1:0", "203.0.113.5:5555"])
def test_an_address_that_is_not_ours(user, address):
    status, sentence = fails(user("alice"), "--listen", address)
    assert status == EX_UNAVAILABLE
    assert address.split(":")[0] in sentence


@pytest.mark.parametrize("address", [
    "", ":", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:http", "two words:5555", "[::1"])
@pytest.mark.parametrize("option", ["--listen", "--connect"])
def test_an_address_that_is_none(user, option, address):
    alice = user("alice")
    result = run("p2pchat", "--json", *alice.tail(), option, address, home=alice.home)
    assert result.returncode == EX_USAGE, result.stderr


def test_an_unreachable_host(user, peer):
    """Nobody listens there: a sentence, and the program goes on."""
    bob = user("bob")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    a = peer(user("alice"), trust=[bob])
    a.command("connect", address=f"127.0.0.1:{port}", to="bob", ref="c")
    event = a.wait_for("error", code="unreachable")
    assert str(port) in event["message"] and event["message"].endswith(".")
    a.fence()


def test_a_name_that_does_not_resolve(user, peer):
    bob = user("bob")
    a = peer(user("alice"), trust=[bob])
    a.command("connect", address="nobody.invalid:5555", to="bob")
    event = a.wait_for("error", code="unreachable")
    assert "nobody.invalid" in event["message"] and event["message"].endswith(".")
    a.fence()


def test_no_such_user(user):
    status, sentence = fails(user("alice"), name="nobody")
    assert status == EX_NOINPUT
    assert "p2pchat-keygen --user nobody" in sentence


@pytest.mark.parametrize("home", ["/proc/p2pchat", "{file}/below"])
def test_a_home_that_cannot_be(user, folder, home):
    (folder / "file").write_text("a file, not a folder")
    alice = user("alice")
    status, sentence = fails(alice, home=home.format(file=folder / "file"))
    assert status in (EX_NOINPUT, EX_CANTCREAT, EX_IOERR, EX_NOPERM)
    assert "alice" in sentence or home.format(file=folder / "file") in sentence


def test_a_home_that_cannot_be_written(user):
    """The database's place is taken by a folder, which not even root can write as a file."""
    alice = user("alice")
    (alice.folder / "p2pchat.sqlite").mkdir()
    status, sentence = fails(alice)
    assert status in (EX_CANTCREAT, EX_IOERR, EX_NOPERM)
    assert "p2pchat.sqlite" in sentence


def test_a_damaged_database(user):
    alice = user("alice")
    (alice.folder / "p2pchat.sqlite").write_bytes(b"this is no database" * 100)
    status, sentence = fails(alice)
    assert status in (65, EX_IOERR)
    assert "p2pchat.sqlite" in sentence


def test_one_program_per_home(user, peer):
    alice = user("alice")
    a = peer(alice)
    status, sentence = fails(alice, "--listen", "127.0.0.1:0")
    assert status == EX_TEMPFAIL
    assert str(a.pid) in sentence
    # The lock goes with its holder, even one that crashed.
    a.kill()
    peer(alice).quit()


def test_a_key_that_others_can_read_is_refused(user):
    alice = user("alice")
    alice.key.chmod(0o644)
    status, sentence = fails(alice)
    assert status == EX_NOPERM
    assert "chmod 600" in sentence and str(alice.key) in sentence


def test_a_folder_that_others_can_read_is_refused(user):
    alice = user("alice")
    alice.folder.chmod(0o755)
    status, sentence = fails(alice)
    assert status == EX_NOPERM
    assert "chmod 700" in sentence


def test_a_key_that_is_not_the_certificates(user, credential):
    alice = user("alice")
    alice.key.write_bytes(credential("other").key.read_bytes())
    status, sentence = fails(alice)
    assert status == 65
    assert "certificate" in sentence


def test_whatever_the_umask_files_are_private(user, peer):
    alice = user("alice")
    bob = user("bob")
    a = peer(alice, trust=[bob], preparation=lambda: os.umask(0))
    a.fence()
    for path in alice.folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        public = path.suffix == ".pem" and path.name != "key.pem"
        assert mode & (0o022 if public else 0o077) == 0, f"{path.name} has mode {mode:o}"


@pytest.mark.parametrize("arguments", [
    ["--no-such-option"], ["no-such-command"], ["--keepalive", "soon"], ["--keepalive", "-1"],
    ["--handshake-timeout", "0"], ["--insecure", "--tls"]],
    ids=lambda arguments: " ".join(arguments))
def test_a_command_line_that_is_wrong(user, arguments):
    alice = user("alice")
    result = run("p2pchat", *arguments, *alice.tail(), "--json", home=alice.home)
    assert result.returncode == EX_USAGE, (result.stdout, result.stderr)
    assert result.stderr.strip() and not result.stdout


@pytest.mark.parametrize("program", ["p2pchat", "p2pchat-keygen"])
def test_help_and_version(user, folder, program):
    result = run(program, "--help", home=folder)
    assert result.returncode == 0
    assert "--user" in result.stdout and not result.stderr
    result = run(program, "--version", home=folder)
    assert result.returncode == 0
    assert result.stdout.strip()[0].isdigit() or "p2pchat" in result.stdout


@pytest.mark.parametrize("command,code", [
    ("not json", "bad-command"), ("[]", "bad-command"), ("{}", "bad-command"),
    ('{"command":"dance","ref":1}', "bad-command"),
    ('{"command":"send","ref":1}', "bad-command"),
    ('{"command":"send","to":7,"content":"x","ref":1}', "bad-command"),
    ('{"command":"send","to":"nobody","content":"x","ref":1}', "unknown-contact"),
    ('{"command":"connect","address":"nowhere","ref":1}', "bad-address"),
    ('{"command":"accept","fingerprint":"zz","ref":1}', "bad-fingerprint"),
    ('{"command":"trust","file":"/nonexistent.pem","ref":1}', "bad-file"),
    ('{"command":"presence","state":"dancing","ref":1}', "bad-command"),
    ('{"command":"send","to":"x","to":"y","content":"z"}', "bad-command"),
    ("\u0000", "bad-command"), ('{"command":"send","content":"\udcff"}', "bad-command"),
    ("[" * 10000, "bad-command"), ('"' + "x" * 1000000 + '"', "bad-command")],
    ids=lambda value: repr(value)[:40])
def test_a_bad_command_is_an_error_event(user, peer, command, code):
    a = peer(user("alice"))
    a.write(command + "\n")
    event = a.wait_for("error")
    assert event["code"] == code
    assert event["message"].endswith(".")
    if '"ref":1' in command:
        assert event["ref"] == 1
    a.fence()


def test_empty_lines_are_nothing(user, peer):
    a = peer(user("alice"))
    a.write("\n\n  \n\r\n")
    a.fence()
    assert not a.seen("error")
