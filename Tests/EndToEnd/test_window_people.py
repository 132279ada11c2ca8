"""Adding people in the window, and what it does about strangers and changed certificates."""

import pytest

from harness.users import make_user


@pytest.mark.slow
def test_a_contact_is_added_from_a_file(window, user, peer):
    alice, bob = user("alice"), user("bob")
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+n")
    shown.press("Choose a file…")
    shown.wait_for("Open a certificate")
    shown.focus()
    # A slash opens the dialog's line for a path.
    shown.type(str(bob.certificate))
    shown.keys("Return")
    shown.wait_for(f"bob: {bob.fingerprint}", "label")
    shown.press(lambda text: text == "Add")
    shown.wait_for("Not verified yet")
    b = peer(bob, trust=[alice], connect=shown.at("alice"))
    b.wait_for("connected", peer="alice")
    shown.wait_for("bob, Online")


@pytest.mark.slow
def test_a_pasted_fingerprint_and_an_address_are_enough(window, user, peer):
    alice, bob = user("alice"), user("bob")
    b = peer(bob, trust=[alice])
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+n")
    shown.wait_for("Certificate or fingerprint", "text")
    shown.type(bob.fingerprint.lower())
    shown.wait_for("A fingerprint: give the person a name.")
    # By the keyboard alone: past the button for a file to the name, the address and the port.
    shown.keys("Tab", "Tab")
    shown.type("robert")
    shown.keys("Tab")
    shown.type("127.0.0.1")
    shown.keys("Tab", "ctrl+a")
    shown.type(str(b.port))
    shown.keys("Return")
    b.wait_for("connected", peer="alice")
    shown.wait_for("robert, Online")


def test_nonsense_is_answered_with_a_sentence(window, user):
    shown = window(user("alice"))
    shown.wait_for("Pick a conversation")
    shown.focus()
    shown.keys("ctrl+n")
    shown.wait_for("Certificate or fingerprint", "text")
    shown.type("12345")
    shown.wait_for("This is neither a certificate nor a fingerprint")


@pytest.mark.slow
def test_a_request_is_shown_and_accepted(window, user, peer):
    alice, bob = user("alice"), user("bob")
    shown = window(alice)
    shown.wait_for("Pick a conversation")
    b = peer(bob, trust=[alice], connect=shown.at("alice"))
    shown.press("Request from bob")
    shown.wait_for("bob wants to talk with you")
    shown.wait_for(bob.fingerprint, "label")
    shown.press("Accept")
    b.command("connect", address=shown.address, to="alice")
    b.wait_for("connected", peer="alice", timeout=60)
    shown.wait_for("bob, Online")


@pytest.mark.slow
def test_a_changed_certificate_blocks_the_conversation(window, user, peer, folder):
    alice, bob = user("alice"), user("bob")
    impostor = make_user(folder / "elsewhere", "bob")
    shown = window(alice, "--trust", bob.certificate)
    shown.wait_for("bob, Offline")
    shown.focus()
    shown.keys("alt+Down")
    shown.wait_for("Message", "text")
    posing = peer(impostor, trust=[alice], connect=shown.at("alice"))
    shown.wait_for("The certificate of bob is not the one you know")
    for fingerprint in (bob.fingerprint, impostor.fingerprint):
        shown.wait_for(fingerprint, "label")
    # Nothing can be written there, and nothing takes the other certificate by a click.
    shown.wait_gone("Message", "text")
    buttons = [name for role, name, _ in shown.walk() if role == "push button"]
    assert not any("ccept" in name or "eplace" in name or "rust" in name for name in buttons)
    shown.press("Keep the certificate that I know")
    shown.wait_for("Message", "text")
    shown.wait_gone("The certificate of bob is not the one you know")
    # Who was answered may knock as often as they like. What came after has been shown: so was this.
    before = len(posing.seen("refused"))
    posing.command("connect", address=shown.address, to="alice")
    posing.wait_for_count(before + 1, "refused")
    peer(bob, trust=[alice], connect=shown.at("alice")).wait_for("connected", peer="alice")
    shown.wait_for("bob, Online")
    assert not shown.find("The certificate of bob is not the one you know")
    assert shown.find("Message", "text")
    # One that was not seen before is news.
    another = make_user(folder / "farther", "bob")
    peer(another, trust=[alice], connect=shown.at("alice"))
    shown.wait_for(another.fingerprint, "label")
    shown.wait_gone("Message", "text")


@pytest.mark.slow
def test_the_safety_number_is_compared_and_the_contact_verified(window, user):
    alice, bob = user("alice"), user("bob")
    shown = window(alice, "--trust", bob.certificate)
    shown.wait_for("bob, Offline")
    shown.focus()
    shown.keys("alt+Down")
    shown.wait_for("Not verified yet")
    shown.keys("ctrl+shift+v")
    shown.wait_for("QR code of the safety number")
    number = shown.wait_for("Safety number", "label").name
    assert len(number.split()) == 2 + 12
    shown.press("The numbers are the same")
    shown.wait_for("bob, Offline, verified")
