"""Reading in the window: how it is secured, older history, searching, limits, a full disk."""

import pytest

from harness.disk import SmallDisk
from harness.users import make_user
from harness.waiting import Deadline


@pytest.fixture
def disk(folder, ending):
    small = SmallDisk(folder / "disk")
    ending.callback(small.dispose)
    return small


@pytest.mark.slow
def test_the_header_says_how_the_session_is_secured(open_talk, user):
    bob = user("bob")
    shown, b = open_talk(user("alice"), bob)
    shown.press("How this conversation is secured")
    for fact in ("Protocol: TLSv1.3", "Cipher: TLS_", "Key agreement: ", f"Address: {b.address}"):
        shown.wait_for(fact)
    shown.wait_for(bob.fingerprint, "label")


@pytest.mark.slow
def test_older_messages_come_as_one_scrolls(open_talk, user, window):
    alice, bob = user("alice"), user("bob")
    shown, b = open_talk(alice, bob)
    for number in range(200):
        b.command("send", to="alice", content=f"message {number}")
    shown.wait_for(lambda text: text.endswith(": message 199"))
    assert shown.end() == 0
    again = window(alice)
    again.wait_for("bob, ")
    again.focus()
    again.keys("alt+Down")
    again.wait_for(lambda text: text.endswith(": message 199"))
    # The list has rows for what is in sight alone.
    assert not again.find(lambda text: text.endswith(": message 0"))
    # By the keyboard, from the composer to the messages and up.
    again.keys("shift+Tab")
    deadline = Deadline(120)
    while not again.find(lambda text: text.endswith(": message 0"), "list item"):
        assert not deadline.passed, again.report()
        again.keys("Home")
    again.press("Jump to the newest")
    again.wait_for(lambda text: text.endswith(": message 199"))


@pytest.mark.slow
def test_a_message_that_is_found_is_shown_where_it_was_said(open_talk, user):
    shown, b = open_talk(user("alice"), user("bob"))
    b.command("send", to="alice", content="the needle is here")
    for number in range(200):
        b.command("send", to="alice", content=f"hay {number}")
    shown.wait_for(lambda text: text.endswith(": hay 199"))
    shown.keys("ctrl+f")
    shown.wait_for("Search in this conversation", "entry")
    shown.type("needle")
    shown.wait_for("1 message", "label")
    shown.keys("Tab", "Return")
    shown.wait_gone("1 message", "label")
    shown.wait_for(lambda text: text.startswith("They,") and "needle" in text)
    shown.wait_for("Jump to the newest", "push button")


@pytest.mark.slow
def test_the_limit_is_said_before_it_is_reached_and_nothing_longer_is_sent(open_talk, user):
    shown, b = open_talk(user("alice"), user("bob"))
    shown.type("sixteen letters.")
    composer, length = shown.wait_for("Message", "text"), 16
    while length < 16_384:
        shown.wait_until(lambda: composer.length == length, f"{length} letters")
        shown.keys("ctrl+a", "ctrl+c", "Right", "ctrl+v")
        length *= 2
    shown.wait_for("0 bytes left", "label")
    shown.type("!")
    shown.wait_for("1 byte too long: send it in parts", "label")
    shown.keys("Return")
    # What is too long stays where it is; something shorter goes.
    shown.keys("ctrl+a")
    shown.type("short")
    shown.keys("Return")
    assert b.wait_for("message")["content"] == "short"


@pytest.mark.slow
def test_a_full_disk_is_said_and_what_was_written_stays(disk, open_talk, user):
    shown, b = open_talk(make_user(disk.path / "home", "alice"), user("bob"))
    disk.fill()
    shown.type("do not lose me")
    shown.keys("Return")
    shown.wait_for(lambda text: "disk" in text and text.endswith("."), "label")
    disk.make_room()
    # It stands in the composer again, and goes once there is room.
    shown.keys("Return")
    assert b.wait_for("message")["content"] == "do not lose me"
    shown.wait_for(lambda text: "Delivered: do not lose me" in text)
    assert shown.end() == 0
