"""A conversation in the window, with `p2pchat --json` at the other end."""

import pytest

from harness.programs import memory, run


@pytest.fixture
def talk(open_talk, user):
    """alice in the window and bob at the other end, connected, the conversation open."""
    return lambda: open_talk(user("alice"), user("bob"))


@pytest.mark.slow
def test_words_go_both_ways(talk):
    shown, bob = talk()
    shown.type("hello from the window")
    shown.keys("Return")
    assert bob.wait_for("message")["content"] == "hello from the window"
    shown.wait_for(lambda text: text.startswith("You,") and "Delivered" in text)
    shown.type("two")
    shown.keys("shift+Return")
    shown.type("lines")
    shown.keys("Return")
    assert bob.wait_for("message")["content"] == "two\nlines"
    bob.command("send", to="alice", content="and back")
    shown.wait_for(lambda text: text.startswith("They,") and text.endswith(": and back"))
    assert shown.end() == 0


@pytest.mark.slow
def test_what_could_deceive_is_shown_as_what_it_is(talk):
    shown, bob = talk()
    bob.command("send", to="alice", content="<b>bold</b> &amp; \x1b[31mred \u202egnp.exe")
    shown.wait_for(lambda text: text == "<b>bold</b> &amp; \\u{1B}[31mred \\u{202E}gnp.exe", "label")
    bob.command("send", to="alice", content="look: https://example.org/a?b=c.")
    shown.press("Open the link to example.org")
    # Where it leads is shown before anything is opened.
    shown.wait_for("https://example.org/a?b=c", "label")
    shown.wait_for("Open in the browser", "push button")
    shown.keys("Escape")
    shown.wait_gone("Open in the browser", "push button")


@pytest.mark.slow
def test_presence_is_followed(talk):
    shown, bob = talk()
    bob.command("presence", state="away")
    shown.wait_for("bob, Away")
    bob.command("presence", state="online")
    shown.wait_for("bob, Online")
    bob.command("quit")
    shown.wait_for("bob, Last seen today at")


@pytest.mark.slow
def test_a_message_waits_for_a_peer_who_is_away(talk, peer):
    shown, bob = talk()
    address = bob.address
    bob.command("quit")
    shown.wait_for("bob, Last seen")
    shown.type("are you there?")
    shown.keys("Return")
    shown.wait_for(lambda text: "Waiting to be sent: are you there?" in text)
    again = peer(bob.user, listen=address)
    assert again.wait_for("message", timeout=90)["content"] == "are you there?"
    shown.wait_for(lambda text: "Delivered: are you there?" in text)


@pytest.mark.slow
def test_what_was_said_is_there_after_a_restart_and_can_be_found(talk, window, user):
    shown, bob = talk()
    bob.command("send", to="alice", content="the needle is here")
    shown.wait_for(lambda text: text.endswith(": the needle is here"))
    home = shown.home
    assert shown.end() == 0
    again = window(home)
    again.wait_for("the needle is here")
    again.focus()
    again.keys("alt+Down")
    again.wait_for(lambda text: text.startswith("They,") and "needle" in text)
    again.keys("ctrl+f")
    again.wait_for("Search in this conversation", "entry")
    again.type("NEEDLE")
    again.wait_for("1 message")
    again.keys("Escape")
    assert again.end() == 0


@pytest.mark.slow
def test_other_programs_speak_through_the_window(talk, user):
    shown, bob = talk()
    result = run("p2pchat", "send", "bob", "from a script", "--user", "alice", "--home", shown.home,
                 home=shown.home)
    assert result.returncode == 0, result.stderr
    assert bob.wait_for("message")["content"] == "from a script"
    shown.wait_for(lambda text: text.startswith("You,") and text.endswith(": from a script"))


@pytest.mark.slow
def test_a_burst_leaves_the_window_responsive_and_small(talk):
    shown, bob = talk()
    bob.command("send", to="alice", content="before")
    shown.wait_for(lambda text: text.endswith(": before"))
    before, _ = memory(shown.process.pid)
    for number in range(10_000):
        bob.command("send", to="alice", content=f"message {number}")
    # In the middle of it the window still takes what is typed.
    shown.type("still here")
    shown.keys("Return")
    bob.wait_for("message", content="still here", timeout=120)
    shown.wait_for(lambda text: text.endswith(": message 9999"), timeout=180)
    after, _ = memory(shown.process.pid)
    assert after - before < 96 << 20, f"{before >> 20} MiB before, {after >> 20} MiB after"
    assert shown.end() == 0
