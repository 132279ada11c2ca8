"""p2pchat-keygen shows and exports certificates."""

import json
import re

from harness.keygen import SECRET, fingerprint, is_pair, openssl
from harness.programs import EX_CANTCREAT, EX_IOERR, EX_NOINPUT, EX_USAGE


def test_show_says_what_openssl_says(place):
    place.succeed("--user", "alice")
    place.succeed("--user", "bob", "--key-type", "p256")
    expected = fingerprint(place.folder / "bob.pem")
    assert f"Fingerprint:  {expected}\n" in place.succeed("show", "--user", "bob")
    assert f"Fingerprint:  {expected}\n" in place.succeed("show", "bob.pem")
    assert json.loads(place.succeed("show", "bob.pem", "--json")) == {
        "name": "bob", "fingerprint": expected, "key_type": "p256", "file": "bob.pem"}


def test_show_reads_several_certificates_and_der(place):
    place.succeed("--user", "alice")
    place.succeed("--user", "bob")
    both = "".join((place.folder / f"{name}.pem").read_text() for name in ("alice", "bob"))
    place.write("both.pem", both)
    lines = place.succeed("show", "both.pem", "--json").splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["alice", "bob"]
    openssl("x509", "-in", place.folder / "bob.pem", "-outform", "DER", "-out",
            place.folder / "bob.crt")
    assert json.loads(place.succeed("show", "bob.crt", "--json"))["name"] == "bob"


def test_a_hostile_name_does_not_reach_the_terminal(place):
    openssl("genpkey", "-algorithm", "RSA", "-out", place.folder / "key")
    name = "\x1b]0;owned\x07\u202egnp.exe"
    openssl("req", "-x509", "-new", "-key", place.folder / "key", "-utf8", "-subj", f"/CN={name}",
            "-out", place.folder / "evil.pem")
    said = place.succeed("show", "evil.pem")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
    assert "does not take" in said
    line = place.succeed("show", "evil.pem", "--json")
    assert line.isascii() and "\x1b" not in line
    assert json.loads(line)["name"] == name
    assert json.loads(line)["key_type"] is None


def test_export_writes_the_certificate(place):
    place.succeed("--user", "alice")
    certificate = (place.folder / "alice.pem").read_text()
    (place.folder / "alice.pem").unlink()
    assert place.succeed("export", "--out", "-") == certificate
    place.succeed("export")
    assert (place.folder / "alice.pem").read_text() == certificate
    # The same content is no conflict; another is.
    place.succeed("export")
    other = place.write("alice.pem", "another")
    place.fail(EX_CANTCREAT, "export")
    assert other.read_text() == "another"
    place.succeed("export", "--force")
    assert other.read_text() == certificate
    assert (place.folder / "alice.pem.1").read_text() == "another"


def test_an_output_that_is_full_is_an_error(place):
    place.succeed("--user", "alice")
    with open("/dev/full", "w", encoding="ascii") as full:
        result = place.run("export", "--out", "-", stdout=full)
    assert result.returncode == EX_IOERR
    assert "can't be written" in result.stderr


def test_one_identity_need_not_be_named_several_must(place):
    assert "--user NAME" in place.fail(EX_NOINPUT, "show")
    place.succeed("--user", "alice")
    assert "alice" in place.succeed("show")
    place.succeed("--user", "bob")
    for command in ("show", "export", "passphrase"):
        assert "(alice, bob)" in place.fail(EX_USAGE, command)
    assert "p2pchat-keygen --user carol" in place.fail(EX_NOINPUT, "show", "--user", "carol")


def test_a_pair_made_by_openssl_is_at_home(place):
    folder = place.user("alice")
    folder.mkdir(parents=True)
    for each in (place.home, folder):
        each.chmod(0o700)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
            folder / "key.pem")
    openssl("req", "-x509", "-new", "-key", folder / "key.pem", "-subj", "/CN=alice", "-out",
            folder / "certificate.pem")
    (folder / "key.pem").chmod(0o600)
    assert fingerprint(folder / "certificate.pem") in place.succeed("show")
    secret = place.write("secret", SECRET + "\n")
    place.succeed("passphrase", "--passphrase-file", secret)
    assert is_pair(folder, secret)
