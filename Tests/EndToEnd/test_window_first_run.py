"""The window's first start, and what stands in the way of later ones."""

import socket

import pytest

from harness.certificates import openssl
from harness.users import make_user


def start_on_a_free_port(shown):
    """The usual port may be somebody else's on this machine."""
    shown.focus_on("Your port")
    shown.keys("ctrl+a")
    shown.type("0")
    shown.keys("shift+Tab", "ctrl+a")
    shown.type("127.0.0.1")
    shown.keys("Return")


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
    start_on_a_free_port(shown)
    shown.wait_for("Pick a conversation")
    assert (folder / "home" / "zoe" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert shown.end() == 0


@pytest.mark.slow
def test_a_passphrase_and_another_kind_of_key_can_be_chosen(window, folder):
    shown = window(folder / "home")
    shown.wait_for("Welcome to p2pchat")
    shown.wait_for("No passphrase: whoever can read your files can be you.")
    shown.focus()
    shown.keys("ctrl+a")
    shown.type("zoe")
    shown.keys("Tab")
    shown.type("hunter")
    shown.wait_for("Weak: ")
    shown.type(" correct horse battery staple")
    shown.wait_for("Good.")
    shown.wait_for("The same again", "password text")
    shown.keys("Tab")
    shown.type("something else")
    shown.keys("Return")
    shown.wait_for("The two passphrases differ")
    shown.keys("ctrl+a")
    shown.type("hunter correct horse battery staple")
    # Under "more", by the keyboard alone.
    shown.keys("Tab", "space")
    shown.wait_for("Key type", "push button")
    shown.keys("Tab", "space", "Down", "Return")
    shown.wait_for("P-256", "label")
    shown.press("Make my identity")
    shown.wait_for("Hello, zoe")
    shown.press("Copy certificate")
    shown.wait_for("Copied: paste it into a message to your friend.")
    start_on_a_free_port(shown)
    shown.wait_for("Pick a conversation")
    assert shown.end() == 0
    key = (folder / "home" / "zoe" / "key.pem").read_text()
    assert key.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    certificate = folder / "home" / "zoe" / "certificate.pem"
    assert b"prime256v1" in openssl("x509", "-in", certificate, "-noout", "-text")


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


def test_an_address_that_is_not_ours_is_said_with_ways_on(window, user):
    # Set aside for documents (RFC 5737): nobody's.
    shown = window(user("alice"), listen="203.0.113.7:5555")
    shown.wait_for("The network can't be used")
    shown.wait_for("203.0.113.7")
    for way in ("Try again", "Use this port", "Quit"):
        shown.wait_for(way, "push button")


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
        # Another port, and the same address: nobody else can reach it now either.
        shown.wait_for("Listening at 127.0.0.1:", "label")
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
