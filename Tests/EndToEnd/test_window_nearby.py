"""People nearby in the window: seen, told apart, and sent a request."""

import pytest

from harness.atspi import CHECKED


@pytest.mark.slow
def test_somebody_nearby_is_sent_a_request(window, user, networks, peer):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    b = peer(bob, "--discoverable", listen="0.0.0.0:5555", preparation=there.prepare)
    shown = window(alice, listen="0.0.0.0:5555", preparation=here.prepare)
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+n")
    shown.wait_for(f"Nearby: bob, {there.address}:5555")
    shown.press("Nearby: bob")
    # Nothing is trusted by a name alone: the fingerprint is shown first.
    shown.wait_for("Anybody on this network can take that name", "label")
    shown.wait_for(bob.fingerprint, "label")
    shown.press("Send a request")
    request = b.wait_for("request")
    assert (request["name"], request["fingerprint"]) == ("alice", alice.fingerprint)
    b.command("accept", fingerprint=alice.fingerprint)
    b.command("connect", address=f"{here.address}:5555", to="alice")
    b.wait_for("connected", peer="alice", timeout=60)
    shown.wait_for("bob, Online")
    # Where they can be reached, and how that is known, stands with the contact.
    shown.press("Contact details")
    shown.wait_for(lambda text: text.startswith(f"{there.address}:5555, "), "label")


@pytest.mark.slow
def test_the_preferences_make_oneself_seen(window, user, networks, peer):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    shown = window(alice, listen="0.0.0.0:5555", preparation=here.prepare)
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+comma")
    seen = shown.wait_for("Let everybody nearby see me", "check box")
    assert not seen.has(CHECKED)
    shown.toggle("Let everybody nearby see me")
    shown.dismiss("Let everybody nearby see me")
    assert shown.end() == 0
    again = window(alice, listen="0.0.0.0:5555", preparation=here.prepare)
    again.wait_for("Pick a conversation")
    b = peer(bob, listen="0.0.0.0:5555", preparation=there.prepare)
    again.wait_until(lambda: b.ask("nearby")["neighbours"], "bob to hear of alice")
    found, = b.ask("nearby")["neighbours"]
    assert (found["name"], found["fingerprint"]) == ("alice", alice.fingerprint)


@pytest.mark.slow
def test_contacts_find_the_window_by_beacon(window, user, networks, peer):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    shown = window(alice, "--trust", bob.certificate, "--connect", f"{there.address}:5555",
                   listen="0.0.0.0:5555", preparation=here.prepare)
    b = peer(bob, trust=[alice], listen="0.0.0.0:5555", preparation=there.prepare)
    shown.wait_for("bob, Online", timeout=60)
    b.quit()
    assert shown.end() == 0
    # Both have other addresses since, and nobody is told.
    here.move(here.address.rsplit(".", 1)[0] + ".101")
    there.move(there.address.rsplit(".", 1)[0] + ".102")
    peer(bob, listen="0.0.0.0:5555", preparation=there.prepare)
    again = window(alice, listen="0.0.0.0:5555", preparation=here.prepare)
    again.wait_for("bob, Online", timeout=60)
