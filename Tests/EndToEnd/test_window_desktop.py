"""What a desktop expects of a program."""

import subprocess

import pytest

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
    nameless = []
    for role, name, node in shown.walk():
        states = node.get_state_set()
        if role in ("push button", "text", "entry", "list item", "toggle button"):
            if states.contains(shown.atspi.StateType.FOCUSABLE) and \
                    (not name or name.startswith("Gtk")):
                nameless.append((role, name))
    assert not nameless, nameless


@pytest.mark.slow
def test_the_keyboard_reaches_preferences_and_shortcuts(window, user):
    shown = window(user("alice"))
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+comma")
    shown.wait_for("Read receipts")
    shown.keys("Escape")
    shown.wait_gone("Read receipts")
    shown.keys("ctrl+question")
    shown.wait_for("Compare the safety number")
    shown.keys("Escape")
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
