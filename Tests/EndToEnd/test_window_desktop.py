"""What a desktop expects of a program."""

import subprocess

import pytest

from harness.atspi import FOCUSABLE
from harness.programs import REPOSITORY, clean_environment, program, run, tool

FILES = REPOSITORY / "Scripts" / "desktop"


def check(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_menu_entry_and_the_description_are_valid(desktop):
    check(tool("desktop-file-validate"), str(FILES / "org.p2pchat.Desktop.desktop"))
    check(tool("appstreamcli"), "validate", "--no-net",
          str(FILES / "org.p2pchat.Desktop.metainfo.xml"))


@pytest.mark.slow
def test_a_second_start_raises_the_first_window(window, user):
    alice = user("alice")
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    second = window(alice)
    assert second.process.wait(60) == 0, second.output()
    assert shown.process.poll() is None
    # Without a session bus nobody can be asked to raise it: a window of its own says who has the
    # home, and the chat goes on.
    third = window(alice, environment={"DBUS_SESSION_BUS_ADDRESS": "disabled:"})
    third.focus()
    third.keys("Escape")
    assert third.end() == 0
    shown.wait_for("Pick a conversation")
    assert shown.end() == 0


@pytest.mark.slow
def test_everything_that_takes_the_focus_has_a_name(window, user):
    alice, bob = user("alice"), user("bob")
    shown = window(alice, "--trust", bob.certificate)
    shown.wait_for("bob, Offline")
    shown.focus()
    shown.keys("alt+Down")
    shown.wait_for("Message", "text")
    assert not nameless(shown)
    for keys, sight in (("ctrl+n", "Target IP"), ("ctrl+i", "Keep messages"),
                        ("ctrl+comma", "Read receipts"), ("ctrl+shift+v", "QR code"),
                        ("ctrl+f", "Search in this conversation")):
        shown.keys(keys)
        shown.wait_for(sight)
        assert not nameless(shown), keys
        if keys == "ctrl+f":
            shown.keys("Escape")
        else:
            shown.dismiss(sight)


def nameless(shown):
    """What takes the focus and has nothing to say to a screen reader."""
    return [(role, name) for role, name, node in shown.walk()
            if role in ("push button", "text", "entry", "password text", "check box",
                        "list item", "toggle button")
            and (not name or name.startswith("Gtk")) and node.has(FOCUSABLE)]


@pytest.mark.slow
def test_the_windows_size_is_remembered(window, user):
    alice = user("alice")
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    before = shown.geometry
    shown.desktop.tool("xdotool", "windowsize", shown.number, "1100", "560")
    shown.wait_until(lambda: shown.geometry["WIDTH"] != before["WIDTH"], "another width")
    wanted = shown.geometry
    shown.focus()
    assert shown.end() == 0
    again = window(alice)
    again.wait_for("Pick a conversation")
    again.wait_until(lambda: (again.geometry["WIDTH"], again.geometry["HEIGHT"])
                     == (wanted["WIDTH"], wanted["HEIGHT"]), f"the size from before: {wanted}")
    assert again.end() == 0


@pytest.mark.slow
def test_the_keyboard_reaches_preferences_and_shortcuts(window, user):
    shown = window(user("alice"))
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+comma")
    shown.wait_for("Read receipts")
    shown.dismiss("Read receipts")
    shown.keys("ctrl+question")
    shown.wait_for("Compare the safety number")
    shown.dismiss("Compare the safety number")
    shown.keys("ctrl+q")
    assert shown.process.wait(60) == 0


def test_gui_opens_the_window(desktop, folder):
    environment = {**desktop.environment, "DISPLAY": ""}
    result = subprocess.run(
        [program("p2pchat"), "--gui", "--home", str(folder)], env=environment, text=True,
        capture_output=True, timeout=60)
    assert result.returncode == 69
    assert "p2pchat-gtk: there is no display" in result.stderr


def test_bad_options_are_answered_with_a_sentence(folder):
    environment = clean_environment(folder)
    for arguments in (["--nonsense"], ["--listen"], ["--insecure", "--trust", "x"]):
        result = run("p2pchat-gtk", *arguments, home=folder, environment=environment)
        assert result.returncode == 64
        assert result.stderr.startswith("p2pchat-gtk: ") and result.stderr.count("\n") == 1
