"""The window's first start, and what stands in the way of later ones."""

import socket

import pytest

from harness.users import make_user


@pytest.mark.slow
def test_first_run_makes_an_identity_and_starts_the_chat(window, folder):
    shown = window(folder / "home")
    shown.wait_for("Welcome to p2pchat")
    shown.focus()
    shown.keys("ctrl+a")
    shown.type("zoe")
    shown.keys("Return")
    # What the original program called them, filled in with values that work.
    shown.wait_for("Hello, zoe")
    for name in ("Your IP", "Your port", "Username"):
        shown.wait_for(name, "text")
    shown.wait_for(lambda text: text.count(":") == 31, "label")
    shown.keys("Return")
    shown.wait_for("Pick a conversation")
    assert (folder / "home" / "zoe" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert shown.end() == 0


def test_a_bad_name_is_answered_with_a_sentence(window, folder):
    shown = window(folder / "home")
    shown.wait_for("Welcome to p2pchat")
    shown.focus()
    shown.keys("ctrl+a")
    shown.type("no spaces")
    shown.keys("Return")
    shown.wait_for(lambda text: text.endswith(".") and "name" in text.lower(), "label")
    assert not (folder / "home").exists()


@pytest.mark.slow
def test_a_locked_key_is_asked_for_and_a_wrong_passphrase_is_said(window, folder):
    secret = folder / "passphrase"
    secret.write_text("correct horse battery\n")
    secret.chmod(0o600)
    alice = make_user(folder / "home", "alice", passphrase_file=secret)
    shown = window(alice)
    shown.wait_for("Welcome back, alice")
    shown.focus()
    shown.type("wrong")
    shown.keys("Return")
    shown.wait_for("That is not this key's passphrase.")
    shown.type("correct horse battery")
    shown.keys("Return")
    shown.wait_for("Pick a conversation")
    assert shown.end() == 0


@pytest.mark.slow
def test_a_port_in_use_leads_to_another(window, user):
    alice = user("alice")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        shown = window(alice, listen=f"127.0.0.1:{port}")
        shown.wait_for("The port is taken")
        shown.focus()
        shown.keys("ctrl+a")
        shown.type("0")
        shown.press("Use this port")
        shown.wait_for("Pick a conversation")
    assert shown.end() == 0


def test_a_damaged_database_is_said_and_left_alone(window, user):
    alice = user("alice")
    database = alice.folder / "p2pchat.sqlite"
    database.write_bytes(b"this is no database" * 400)
    database.chmod(0o600)
    shown = window(alice)
    shown.wait_for("Contacts and messages can't be opened")
    shown.wait_for("Try again", "push button")
    assert database.read_bytes() == b"this is no database" * 400


def test_a_home_in_use_by_another_program_is_said(window, user, peer):
    alice = user("alice")
    peer(alice)
    shown = window(alice)
    shown.wait_for("p2pchat is already running")
    shown.wait_for("is in use by process")
