"""A certificate that is dropped onto the window."""

import subprocess
import sys
import time

import pytest

from harness.programs import REPOSITORY
from harness.waiting import Deadline

SOURCE = REPOSITORY / "Tests" / "EndToEnd" / "harness" / "drag_source.py"


@pytest.fixture
def dragged(desktop, ending):
    """Drags a file from a window of another program to a point on the screen."""
    def drag(path, x, y):
        program = subprocess.Popen(
            [sys.executable, str(SOURCE), str(path)], env=desktop.environment)
        ending.callback(program.wait)
        ending.callback(program.kill)
        number, deadline = "", Deadline()
        while not number:
            assert program.poll() is None and not deadline.passed, "no window to drag from"
            number = desktop.tool("xdotool", "search", "--onlyvisible", "--pid", str(program.pid))
            time.sleep(0.05)
        number = number.split()[-1]
        desktop.tool("xdotool", "windowactivate", "--sync", number)
        desktop.tool("xdotool", "windowmove", "--sync", number, "0", "0")
        desktop.tool("xdotool", "mousemove", "--sync", "60", "40", "mousedown", "1")
        # By small steps: a drag begins, and is offered, as the pointer moves.
        for step in range(1, 21):
            desktop.tool("xdotool", "mousemove", str(60 + (x - 60) * step // 20),
                         str(40 + (y - 40) * step // 20), "sleep", "0.03")
        desktop.tool("xdotool", "mouseup", "1")
    return drag


@pytest.mark.slow
def test_a_certificate_that_is_dropped_is_offered_to_be_added(window, user, dragged):
    alice, bob = user("alice"), user("bob")
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    place = shown.geometry
    dragged(bob.certificate, place["X"] + place["WIDTH"] * 2 // 3, place["Y"] + 500)
    shown.wait_for(f"bob: {bob.fingerprint}", "label")
    shown.press(lambda text: text == "Add")
    shown.wait_for("Not verified yet")
