"""Whom we trust: certificates from files, requests accepted or rejected, names, keys that change."""

import pytest

from harness import certificates
from harness.programs import EX_DATAERR, EX_NOINPUT, assert_one_sentence, run


def contacts(peer):
    return {contact["fingerprint"]: contact for contact in peer.ask("contacts")["contacts"]}


def names(peer):
    return sorted(contact["name"] for contact in contacts(peer).values())


def trust_error(peer, path):
    peer.command("trust", file=str(path), ref="bad")
    event = peer.wait_for("error", ref="bad")
    assert event["message"].endswith(".")
    return event


def test_trust_is_for_good(user, peer):
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    a = peer(alice)
    assert contacts(a)[bob.fingerprint]["name"] == "bob"
    assert contacts(a)[bob.fingerprint]["trust"] == "trusted"
    peer(bob, trust=[alice], connect=a.at)
    a.wait_for("connected", peer="bob")


def test_trusting_again_changes_nothing(user, peer):
    bob = user("bob")
    a = peer(user("alice"), trust=[bob, bob])
    for _ in range(2):
        a.command("trust", file=str(bob.certificate))
    assert names(a) == ["bob"]
    assert not a.seen("error")


def test_a_file_with_several_certificates(user, peer, folder):
    others = [user(name) for name in ("bob", "carol", "dave")]
    path = certificates.bundle(folder / "friends.pem", *(o.certificate for o in others))
    a = peer(user("alice"), trust=[path])
    assert names(a) == ["bob", "carol", "dave"]
    assert sorted(contacts(a)) == sorted(other.fingerprint for other in others)


def test_trust_while_running(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice)
    a.command("trust", file=str(bob.certificate), ref="t")
    a.fence()
    assert names(a) == ["bob"]
    b = peer(bob, trust=[alice], connect=a.at)
    b.wait_for("connected", peer="alice")


def test_trust_by_fingerprint_read_aloud(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice)
    spoken = bob.fingerprint.lower().replace(":", " ")
    a.command("trust", fingerprint=spoken, name="Robert")
    a.fence()
    assert contacts(a)[bob.fingerprint]["name"] == "Robert"
    peer(bob, trust=[alice], connect=a.at)
    assert a.wait_for("connected")["peer"]["name"] == "Robert"


def test_a_file_with_text_around_the_certificate(user, peer, folder):
    """As `openssl x509 -text` writes it, and as it comes out of a mail."""
    bob = user("bob")
    text = certificates.openssl("x509", "-in", bob.certificate, "-text").decode()
    path = folder / "mail.pem"
    path.write_bytes(f"Hi!\n\n{text}\n-- \nBob\n".replace("\n", "\r\n").encode())
    a = peer(user("alice"), trust=[path])
    assert list(contacts(a)) == [bob.fingerprint]


def bad_files(folder, credential, own, key):
    """Files that must not be trusted, and a word that the error should hold."""
    made = {}
    made["empty"] = (b"", "certificate")
    made["text"] = (b"hello there\n", "certificate")
    made["binary"] = (bytes(range(256)) * 50, "certificate")
    made["key"] = (key.read_bytes(), "private key")
    made["own"] = (own.read_bytes(), "own")
    made["rsa"] = (credential("rsa", key_type="rsa").certificate.read_bytes(), "RSA")
    made["p384"] = (credential("p384", key_type="p384").certificate.read_bytes(), "P-256")
    pem = own.read_bytes()
    made["cut"] = (pem[:len(pem) // 2], "certificate")
    made["garbled"] = (pem.replace(b"M", b"!", 3), "certificate")
    made["huge"] = (b"x" * (8 << 20), "")
    for name, (data, word) in made.items():
        path = folder / f"bad-{name}.pem"
        path.write_bytes(data)
        made[name] = (path, word)
    made["missing"] = (folder / "missing.pem", "missing.pem")
    made["a-folder"] = (folder, str(folder))
    return made


def test_files_that_are_no_certificate_of_a_friend(user, peer, folder, credential):
    alice, mallory = user("alice"), credential("mallory")
    a = peer(alice)
    files = bad_files(folder, credential, alice.certificate, mallory.key)
    for name, (path, word) in files.items():
        event = trust_error(a, path)
        assert word.lower() in event["message"].lower(), f"{name}: {event}"
        assert event["code"] in ("bad-certificate", "bad-file", "ourselves"), f"{name}: {event}"
    assert contacts(a) == {}


def test_one_bad_certificate_among_good_ones_imports_none(user, peer, folder, credential):
    """All or nothing: a file that is wrong in part is looked at by a person first."""
    bob, rsa = user("bob"), credential("rsa", key_type="rsa")
    path = certificates.bundle(folder / "mixed.pem", bob.certificate, rsa.certificate)
    a = peer(user("alice"))
    trust_error(a, path)
    assert contacts(a) == {}


@pytest.mark.parametrize("name", ["text", "own", "rsa", "missing"])
def test_a_bad_file_at_the_start(user, folder, credential, name):
    alice, mallory = user("alice"), credential("mallory")
    path, word = bad_files(folder, credential, alice.certificate, mallory.key)[name]
    result = run("p2pchat", "--json", *alice.tail(), "--listen", "127.0.0.1:0", "--trust", path,
                 home=alice.home)
    assert result.returncode == (EX_NOINPUT if name == "missing" else EX_DATAERR)
    sentence = assert_one_sentence(result.stderr)
    assert word.lower() in sentence.lower()
    assert '"listening"' not in result.stdout


def test_two_of_one_name(user, peer, folder, credential):
    """The second bob needs a name of his own; nothing is guessed and nothing overwritten."""
    bob, other = user("bob"), credential("other-bob", common_name="bob")
    a = peer(user("alice"), trust=[bob])
    event = trust_error(a, other.certificate)
    assert event["code"] == "contact-exists"
    assert bob.fingerprint in event["message"]
    assert other.fingerprint in event["message"]
    assert list(contacts(a)) == [bob.fingerprint]
    a.command("trust", file=str(other.certificate), name="bob-two")
    a.fence()
    assert names(a) == ["bob", "bob-two"]


def test_a_request_is_accepted(user, peer):
    alice, bob = user("alice"), user("bob")
    a = peer(alice)
    b = peer(bob, trust=[alice], connect=a.at)
    a.wait_for("request", fingerprint=bob.fingerprint)
    a.command("accept", fingerprint=bob.fingerprint)
    a.fence()
    assert names(a) == ["bob"]
    b.command("connect", address=a.address, to="alice")
    a.wait_for("connected", peer="bob")
    b.send("alice", "thank you", ref=1)
    b.wait_for("delivered", ref=1)


def test_a_request_outlives_the_program(user, peer, dial, credential):
    alice, mallory = user("alice"), credential("mallory")
    a = peer(alice)
    dial(a.address, mallory).expect_alert()
    a.wait_for("request")
    a.quit()
    a = peer(alice)
    a.command("accept", fingerprint=mallory.fingerprint)
    a.fence()
    assert names(a) == ["mallory"]


def test_a_request_is_rejected(user, peer, dial, credential):
    mallory = credential("mallory")
    a = peer(user("alice"))
    dial(a.address, mallory).expect_alert()
    a.wait_for("request")
    a.command("reject", fingerprint=mallory.fingerprint)
    a.fence()
    # Refused as before, and not announced again, not even after a restart.
    for _ in range(2):
        dial(a.address, mallory).expect_alert()
        a.fence()
        assert contacts(a) == {}
        assert a.ask("requests")["requests"] == []
        a.quit()
        a = peer(a.user)
        assert not a.seen("request")


def test_a_request_in_the_name_of_a_contact_is_no_request(user, peer, dial, credential):
    """Else one keystroke would put the imposter beside bob, or in his place."""
    bob, imposter = user("bob"), credential("imposter", common_name="bob")
    a = peer(user("alice"), trust=[bob])
    for _ in range(3):
        dial(a.address, imposter).expect_alert()
    a.wait_for("refused", reason="changed-certificate")
    a.fence()
    a.command("accept", fingerprint=imposter.fingerprint, ref="accept")
    event = a.wait_for("error", ref="accept")
    assert event["code"] in ("unknown-request", "contact-exists")
    assert list(contacts(a)) == [bob.fingerprint]


def test_names_that_differ_only_in_case_are_one_name(user, peer, dial, credential):
    bob, shouting = user("bob"), credential("shouting", common_name="BOB")
    a = peer(user("alice"), trust=[bob])
    dial(a.address, shouting).expect_alert()
    a.wait_for("refused", reason="changed-certificate")


def test_many_requests_are_bounded(user, peer, dial, folder):
    """Names cost nothing to make up; what is kept of them, and said, has an end."""
    a = peer(user("alice"))
    for number in range(40):
        mallory = certificates.make(folder / "many", f"m{number}")
        dial(a.address, mallory).expect_alert()
    a.wait_for_count(1, "request")
    a.fence()
    assert len(a.seen("request")) <= 40


def test_verify_shows_the_same_number_on_both_sides(user, peer):
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    peer(bob, trust=[alice]).quit()
    seen = []
    for one, other in [(alice, "bob"), (bob, "alice")]:
        result = run("p2pchat", "verify", *one.tail(), other, home=one.home)
        assert result.returncode == 0, result.stderr
        digits = [word for word in result.stdout.split() if word.isdigit() and len(word) == 5]
        assert len(digits) == 12, result.stdout
        seen.append(digits)
    assert seen[0] == seen[1]


def test_a_removed_contact_is_shut_out(user, peer):
    """`p2pchat trust --remove`, and the door is closed."""
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    result = run("p2pchat", "trust", *alice.tail(), "--remove", "bob", home=alice.home)
    assert result.returncode == 0, result.stderr
    a = peer(alice)
    b = peer(bob, trust=[alice], connect=a.at)
    b.wait_for("refused", reason="refused-by-peer")
    assert contacts(a) == {}
