"""Scripts beside a chat that is open: the sub-commands reach it through its control socket."""

import json
import signal
import subprocess

import pytest

from harness.programs import (
    EX_NOUSER, EX_TEMPFAIL, assert_one_sentence, clean_environment, program, run)
from harness.schema import check


def p2pchat(user, command, *arguments, stdin=""):
    return run("p2pchat", command, *user.tail(), *arguments, home=user.home, stdin=stdin)


def done(result):
    assert result.returncode == 0, result.stderr
    return result


def start(user, command, *arguments):
    """A sub-command that is not waited for."""
    return subprocess.Popen(
        [program("p2pchat"), command, *user.tail(), *arguments], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=user.home,
        env=clean_environment(user.home))


@pytest.fixture
def screen_of_alice(user, peer, terminal):
    """Alice at a terminal, connected with bob: `screen, alice, b = screen_of_alice()`."""
    def open_screen():
        alice, bob = user("alice"), user("bob")
        b = peer(bob, trust=[alice])
        screen = terminal(
            [program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0", "--trust",
             bob.certificate, "--connect", b.at])
        b.wait_for("connected", peer="alice")
        screen.wait_for("bob is online")
        return screen, alice, b
    return open_screen


def test_send_while_the_screen_is_open(screen_of_alice):
    screen, alice, b = screen_of_alice()
    result = done(p2pchat(alice, "send", "bob", "from a script"))
    assert result.stdout == "" and result.stderr == ""
    assert b.wait_for("message")["content"] == "from a script"
    row = screen.wait_for("from a script")
    assert "alice → bob: from a script" in row and "another program" in row
    # The person goes on as if nothing had happened.
    screen.enter("and from me")
    assert b.wait_for("message")["content"] == "and from me"


def test_what_scripts_send_can_do_nothing_to_the_screen(screen_of_alice):
    screen, alice, b = screen_of_alice()
    text = "a\x1b[2J\x1b]0;owned\x07\n[14:03] bob: fake"
    done(p2pchat(alice, "send", "bob", "-", stdin=text))
    assert b.wait_for("message")["content"] == text
    screen.wait_for("fake")
    assert not any(row.startswith("[14:03] bob: fake") for row in screen.screen())
    assert "owned" not in screen.title()


def test_trust_accept_reject_and_remove_show_on_the_screen(screen_of_alice, user):
    screen, alice, _ = screen_of_alice()
    carol = user("carol")
    done(p2pchat(alice, "trust", carol.certificate))
    screen.wait_for("You trust carol")
    done(p2pchat(alice, "trust", "--remove", "carol"))
    screen.wait_for("You no longer trust carol")
    done(p2pchat(alice, "trust", "--fingerprint", carol.fingerprint, "caroline"))
    screen.wait_for("You trust caroline")
    screen.enter("/contacts")
    screen.wait_for("caroline")


def test_verify_beside_the_screen(screen_of_alice, terminal):
    screen, alice, _ = screen_of_alice()
    other = terminal([program("p2pchat"), "verify", *alice.tail(), "bob"])
    other.wait_for("(yes/no)")
    other.enter("yes")
    other.wait_for("left with 0")
    screen.wait_for("bob is verified")


def test_send_as_json(pair):
    a, b = pair()
    result = done(p2pchat(a.user, "send", "--json", "bob", "hi"))
    events = [json.loads(line) for line in result.stdout.splitlines()]
    for event in events:
        check(event)
        assert "ref" not in event
    names = [event["event"] for event in events]
    assert names == ["queued", "sent", "delivered"]
    assert events[-1]["id"] == b.wait_for("message")["id"]
    # The program that sends it tells its own reader as well.
    assert a.wait_for("delivered")["id"] == events[-1]["id"]
    assert "ref" not in a.seen("queued")[0]


def test_nobody_is_there_and_the_message_waits(pair, peer):
    a, b = pair()
    b.quit()
    a.wait_for("disconnected", peer="bob")
    result = p2pchat(a.user, "send", "--wait", "0.5", "bob", "are you there?")
    assert result.returncode == EX_TEMPFAIL
    sentence = assert_one_sentence(result.stderr)
    assert "bob" in sentence and "0.5 s" in sentence and "waits" in sentence
    again = peer(b.user, connect=a.at)
    assert again.wait_for("message")["content"] == "are you there?"


def test_send_connects_where_it_is_told(user, peer):
    alice, bob = user("alice"), user("bob")
    a, b = peer(alice, trust=[bob]), peer(bob, trust=[alice])
    done(p2pchat(alice, "send", "--connect", b.address, "bob", "hello"))
    assert b.wait_for("message")["content"] == "hello"
    a.wait_for("connected", peer="bob")


def test_an_imposter_where_it_is_told_to_connect(user, peer):
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    peer(alice, trust=[bob])
    c = peer(carol, trust=[alice])
    result = p2pchat(alice, "send", "--connect", c.address, "--wait", "20", "bob", "secret")
    assert result.returncode == 77, result.stderr
    assert carol.fingerprint in assert_one_sentence(result.stderr)
    assert not c.seen("message")


def test_an_unknown_name(pair):
    a, _ = pair()
    result = p2pchat(a.user, "send", "nobody", "hi")
    assert result.returncode == EX_NOUSER
    assert "nobody" in assert_one_sentence(result.stderr)


def test_the_passphrase_is_not_needed(user, peer, folder):
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text("correct horse\n")
    alice = user("alice", passphrase_file=secret)
    bob = user("bob")
    a = peer(alice, "--passphrase-file", secret, trust=[bob])
    b = peer(bob, trust=[alice], connect=a.at)
    a.wait_for("connected", peer="bob")
    done(p2pchat(alice, "send", "bob", "no questions asked"))
    assert b.wait_for("message")["content"] == "no questions asked"


def test_trust_lets_somebody_in_at_once(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice)
    peer(bob, trust=[alice], connect=a.at)
    a.wait_for("request")
    result = done(p2pchat(alice, "requests"))
    assert bob.fingerprint in result.stdout
    result = done(p2pchat(alice, "accept", "bob", "--name", "bobby"))
    assert bob.fingerprint in result.stdout and "bobby" in result.stdout
    again = p2pchat(alice, "accept", "bob")
    assert again.returncode == EX_NOUSER
    assert_one_sentence(again.stderr)
    again = peer(user("carol"), trust=[alice], connect=a.at)
    a.wait_for("request", name="carol")
    [event] = [json.loads(line) for line in
               done(p2pchat(alice, "reject", "carol", "--json")).stdout.splitlines()]
    check(event)
    assert event["request"] == again.user.fingerprint
    assert "carol" not in done(p2pchat(alice, "requests")).stdout


def test_contacts_say_who_is_there(pair, user):
    a, b = pair()
    carol = user("carol")
    done(p2pchat(a.user, "trust", carol.certificate))
    rows = done(p2pchat(a.user, "contacts")).stdout.splitlines()
    assert [row.endswith("online") for row in rows] == [True, False]
    [event] = [json.loads(line) for line in
               done(p2pchat(a.user, "contacts", "--json")).stdout.splitlines()]
    check(event)
    assert [contact["presence"] for contact in event["contacts"]] == ["online", "offline"]


def test_a_bundle_of_certificates(user, peer, folder):
    alice, others = user("alice"), [user(f"friend{number}") for number in range(5)]
    peer(alice)
    bundle = folder / "all.pem"
    bundle.write_text("".join(other.certificate.read_text() for other in others))
    result = done(p2pchat(alice, "trust", bundle, "--json"))
    assert [json.loads(line)["contact"]["name"] for line in result.stdout.splitlines()] \
        == [other.name for other in others]


def test_an_import_that_is_refused(pair, credential):
    a, b = pair()
    other = credential("other", common_name="bob")
    result = p2pchat(a.user, "trust", other.certificate)
    assert result.returncode == 65
    assert b.user.fingerprint in assert_one_sentence(result.stderr)
    done(p2pchat(a.user, "trust", other.certificate, "--replace"))
    a.wait_for("disconnected", peer="bob")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_chat_leaves_before_the_message_is_delivered(pair, number):
    a, b = pair()
    b.quit()
    a.wait_for("disconnected", peer="bob")
    with start(a.user, "send", "--wait", "600", "bob", "in vain") as script:
        a.wait_for("queued")
        if number == signal.SIGKILL:
            a.kill()
        else:
            a.signal(number)
        _, errors = script.communicate(timeout=60)
    assert script.returncode == EX_TEMPFAIL
    assert "ended" in assert_one_sentence(errors)


def test_many_scripts_at_once(pair):
    a, b = pair()
    scripts = [start(a.user, "send", "--wait", "60", "bob", f"number {number}")
               for number in range(16)]
    for script in scripts:
        with script:
            _, errors = script.communicate(timeout=120)
            assert script.returncode == 0, errors
    contents = [event["content"] for event in b.wait_for_count(16, "message")]
    assert sorted(contents) == sorted(f"number {number}" for number in range(16))


def test_plain_text_has_no_socket(user, peer):
    alice = user("alice")
    peer(alice, "--insecure")
    assert not (alice.folder / "control.sock").exists()
