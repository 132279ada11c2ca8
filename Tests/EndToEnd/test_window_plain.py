"""The window in plain text, with a stand-in of the original program at the other end."""

import pytest

from harness.waiting import PATIENCE


@pytest.mark.slow
def test_plain_text_wears_its_banner_and_talks_to_the_original(window, folder, seed):
    carol = seed("carol")
    shown = window(folder / "home", "--insecure", "--user", "alice")
    shown.wait_for("Warning: plain text, no encryption")
    # The banner is there before anything else is.
    shown.wait_for("Listening at ", "label")
    shown.focus()
    shown.keys("ctrl+n")
    shown.wait_for("Target IP", "text")
    host, _, port = carol.address.rpartition(":")
    shown.type(host)
    shown.keys("Tab", "ctrl+a")
    shown.type(port)
    shown.keys("Return")
    shown.wait_for("Message", "text")
    shown.type("good morning")
    shown.keys("Return")
    assert carol.messages.get(timeout=PATIENCE) == ("alice", "good morning")
    shown.wait_for(lambda text: "Delivered: good morning" in text)
    # The banner is still there, and nothing offers to verify what can't be.
    shown.wait_for("Warning: plain text, no encryption")
    shown.wait_for("Plain text, not authenticated")
    assert shown.end() == 0
