"""Sub-commands: the same grammar for each, prose for people, JSON for programs."""

import json
import shutil

import pytest

from harness import certificates
from harness.programs import (
    EX_DATAERR, EX_NOINPUT, EX_NOUSER, EX_USAGE, assert_one_sentence, clean_environment, run)
from harness.schema import check

COMMANDS = ("contacts", "requests", "trust", "send", "verify", "accept", "reject", "history", "search",
            "export", "forget", "retention")


def p2pchat(user, command, *arguments):
    return run("p2pchat", command, *user.tail(), *arguments, home=user.home)


def objects(result):
    """What a sub-command printed with --json: an object a line, each as the schema says."""
    assert result.returncode == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    for line in lines:
        check(line)
    return lines


@pytest.fixture
def known(user, peer, dial, credential):
    """Alice knows bob and has a request of mallory's; she is not running."""
    alice, bob, mallory = user("alice"), user("bob"), credential("mallory")
    a = peer(alice, trust=[bob])
    dial(a.address, mallory).expect_alert()
    a.wait_for("request")
    a.quit()
    return alice, bob, mallory


def test_contacts(known):
    alice, bob, _ = known
    result = p2pchat(alice, "contacts")
    assert result.returncode == 0, result.stderr
    assert "bob" in result.stdout and bob.fingerprint in result.stdout
    assert "\x1b" not in result.stdout
    [event] = objects(p2pchat(alice, "contacts", "--json"))
    assert event["event"] == "contacts"
    [contact] = event["contacts"]
    assert (contact["name"], contact["fingerprint"]) == ("bob", bob.fingerprint)
    assert contact["trust"] == "trusted"


def test_requests(known):
    alice, _, mallory = known
    result = p2pchat(alice, "requests")
    assert result.returncode == 0, result.stderr
    assert "mallory" in result.stdout and mallory.fingerprint in result.stdout
    lines = objects(p2pchat(alice, "requests", "--json"))
    assert mallory.fingerprint in json.dumps(lines)


def test_trust(known, user, folder):
    alice, _, _ = known
    carol, dave = user("carol"), user("dave")
    path = certificates.bundle(folder / "two.pem", carol.certificate, dave.certificate)
    assert p2pchat(alice, "trust", path).returncode == 0
    [event] = objects(p2pchat(alice, "contacts", "--json"))
    assert sorted(contact["name"] for contact in event["contacts"]) == ["bob", "carol", "dave"]


def test_trust_with_json(known, user):
    alice, _, _ = known
    carol = user("carol")
    lines = objects(p2pchat(alice, "trust", carol.certificate, "--json"))
    assert carol.fingerprint in json.dumps(lines)


def test_accept_and_reject(known):
    alice, _, mallory = known
    assert p2pchat(alice, "accept", mallory.fingerprint).returncode == 0
    [event] = objects(p2pchat(alice, "contacts", "--json"))
    assert mallory.fingerprint in json.dumps(event)
    result = p2pchat(alice, "reject", mallory.fingerprint)
    assert result.returncode != 0
    assert_one_sentence(result.stderr)


def test_an_empty_list_is_said_to_people_and_is_a_list_to_programs(user):
    alice = user("alice")
    result = p2pchat(alice, "contacts")
    assert result.returncode == 0
    assert "no contacts" in result.stdout + result.stderr
    [event] = objects(p2pchat(alice, "contacts", "--json"))
    assert event["contacts"] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_has_help(user, command):
    result = p2pchat(user("alice"), command, "--help")
    assert result.returncode == 0
    assert "USAGE" in result.stdout and "--user" in result.stdout


@pytest.mark.parametrize("command,arguments,status", [
    ("trust", ["/nonexistent.pem"], EX_NOINPUT), ("trust", ["/etc/passwd"], EX_DATAERR),
    ("verify", ["nobody"], EX_NOUSER), ("accept", ["nobody"], EX_NOUSER),
    ("trust", [], EX_USAGE)])
def test_errors_are_one_sentence(user, command, arguments, status):
    result = p2pchat(user("alice"), command, *arguments)
    assert result.returncode == status, result.stderr
    assert not result.stdout
    if status != EX_USAGE:
        assert_one_sentence(result.stderr)


def test_names_are_safe_to_show(user, peer, dial, folder):
    alice = user("alice")
    stranger = certificates.make(folder / "s", "s", common_name="x\u202egnp\x1b[31mred")
    a = peer(alice)
    dial(a.address, stranger).expect_alert()
    a.wait_for("request")
    a.quit()
    result = p2pchat(alice, "requests")
    assert "\u202e" not in result.stdout and "\x1b" not in result.stdout
    # To programs the name is exact.
    [event] = objects(p2pchat(alice, "requests", "--json"))
    assert event["requests"][0]["name"] == "x\u202egnp\x1b[31mred"


def test_the_only_user_need_not_be_named(user):
    alice = user("alice")
    result = run("p2pchat", "contacts", "--home", alice.home, home=alice.home)
    assert result.returncode == 0, result.stderr


def test_the_home_may_come_from_the_environment(user):
    alice = user("alice")
    result = run("p2pchat", "contacts", "--user", "alice", home=alice.home,
                 environment=clean_environment("/nonexistent", P2PCHAT_HOME=str(alice.home)))
    assert result.returncode == 0, result.stderr


def test_the_home_is_where_the_desktop_keeps_data(user):
    """$XDG_DATA_HOME/p2pchat/<user>, or ~/.local/share/p2pchat/<user>."""
    alice = user("alice")
    for place, environment in [
            (alice.home / "xdg" / "p2pchat", {"XDG_DATA_HOME": str(alice.home / "xdg")}),
            (alice.home / ".local" / "share" / "p2pchat", {})]:
        missing = run("p2pchat", "contacts", home=alice.home,
                      environment=clean_environment(alice.home, **environment))
        assert missing.returncode == EX_NOINPUT
        place.mkdir(parents=True)
        shutil.copytree(alice.folder, place / "alice", copy_function=shutil.copy2)
        found = run("p2pchat", "contacts", home=alice.home,
                    environment=clean_environment(alice.home, **environment))
        assert found.returncode == 0, found.stderr
        shutil.rmtree(place)
