"""What the window tells the desktop of, and how much of it."""

import pytest

from harness.notifications import Notifications


@pytest.fixture
def notifications(desktop, ending):
    """What shows notifications on the tests' desktop."""
    shown = Notifications(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
    ending.callback(shown.close)
    return shown


@pytest.mark.slow
def test_what_was_written_is_told_only_where_that_is_wanted(notifications, window, user, peer):
    alice, bob = user("alice"), user("bob")
    shown = window(alice, "--trust", bob.certificate)
    b = peer(bob, trust=[alice], connect=shown.at("alice"))
    b.wait_for("connected", peer="alice")
    b.command("send", to="alice", content="a first secret")
    notifications.wait_for(lambda seen: len(seen.shown) == 1, "a notification")
    assert notifications.shown == [("New message", "")]

    shown.focus()
    shown.keys("ctrl+comma")
    shown.toggle("Show who wrote, and what")
    b.command("send", to="alice", content="<b>a second</b> one\nof two lines")
    notifications.wait_for(lambda seen: len(seen.shown) == 2, "a second notification")
    title, body = notifications.shown[1]
    assert title == "bob"
    # GLib escapes what the desktop would take for markup.
    assert body.replace("&lt;", "<").replace("&gt;", ">") == "<b>a second</b> one"

    shown.toggle("Show notifications")
    b.command("send", to="alice", content="a third")
    shown.wait_for("3 unread messages, a third")
    shown.dismiss("Show notifications")
    # What has been read needs no notification any more.
    shown.keys("alt+Down")
    shown.wait_for("Message", "text")
    notifications.wait_for(lambda seen: seen.closed, "the notification to be withdrawn")
    assert len(notifications.shown) == 2
    assert shown.end() == 0


@pytest.mark.slow
def test_a_conversation_in_sight_is_not_told_of(notifications, window, user, peer):
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    shown = window(alice, "--trust", bob.certificate, "--trust", carol.certificate)
    others = [peer(one, trust=[alice], connect=shown.at("alice")) for one in (bob, carol)]
    for other in others:
        other.wait_for("connected", peer="alice")
    shown.wait_for("bob, Online")
    shown.focus()
    shown.keys("alt+Down")
    shown.wait_for("Message", "text")
    others[0].command("send", to="alice", content="in sight")
    shown.wait_for(lambda text: text.startswith("They,") and text.endswith(": in sight"))
    others[1].command("send", to="alice", content="out of sight")
    notifications.wait_for(lambda seen: seen.shown, "a notification")
    shown.wait_for("carol, Online, 1 unread message")
    assert notifications.shown == [("New message", "")]
