"""Keys and certificates made by the stock openssl tool."""

import base64
import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .waiting import PATIENCE

KEY_TYPES = {
    "ed25519": ["-algorithm", "ed25519"],
    "p256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
}


@dataclass(frozen=True)
class Credential:
    """A certificate and its private key, as files."""

    certificate: Path
    key: Path

    @property
    def fingerprint(self):
        return fingerprint(self.certificate)


def openssl(*arguments, stdin=None):
    """Runs openssl and returns what it printed."""
    result = subprocess.run(
        ["openssl", *map(str, arguments)], input=stdin, capture_output=True, timeout=PATIENCE)
    assert result.returncode == 0, f"openssl {arguments[0]}: {result.stderr.decode()}"
    return result.stdout


def make(folder, name, *, key_type="ed25519", common_name=None, ca=False, expired=False,
         issuer=None):
    """A new key and certificate: self-signed, or issued by the credential `issuer`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / f"{name}.key"
    certificate = folder / f"{name}.pem"
    openssl("genpkey", *KEY_TYPES[key_type], "-out", key)
    key.chmod(0o600)
    subject = f"/CN={name if common_name is None else common_name}"
    constraint = f"basicConstraints=critical,CA:{'TRUE' if ca else 'FALSE'}"
    # openssl 3.0 can't set a past notAfter with `req -x509`; negative days do it with `x509`.
    days = "-1" if expired else "3650"
    request = openssl("req", "-new", "-utf8", "-key", key, "-subj", subject)
    extensions = folder / f"{name}.ext"
    extensions.write_text(constraint + "\n")
    signer = (["-signkey", key] if issuer is None
              else ["-CA", issuer.certificate, "-CAkey", issuer.key, "-CAcreateserial"])
    openssl("x509", "-req", *signer, "-days", days, "-extfile", extensions, "-out", certificate,
            stdin=request)
    return Credential(certificate, key)


def fingerprint(certificate):
    """SHA-256 over the DER of the first certificate in a file, in pairs with colons."""
    return fingerprint_of_der(der(certificate))


def fingerprint_of_der(data):
    digest = hashlib.sha256(data).hexdigest().upper()
    return ":".join(digest[index:index + 2] for index in range(0, 64, 2))


def der(certificate):
    text = Path(certificate).read_text()
    body = re.search(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", text, re.S)
    return base64.b64decode(body.group(1))


def bundle(path, *certificates):
    """One PEM file with several certificates."""
    path.write_text("".join(Path(certificate).read_text() for certificate in certificates))
    return path


def steal(folder, victim):
    """A credential with the victim's certificate and a key that is not the victim's.

    The key file of a P-256 key holds the public point beside the private number, and openssl takes
    the point as it stands; so another number beside the victim's point passes for the victim's key
    until the first signature is checked.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    private = re.compile(rb"\x02\x01\x01\x04\x20(.{32})", re.S)
    theirs = bytearray(openssl("ec", "-in", victim.key, "-outform", "DER"))
    other = openssl("genpkey", *KEY_TYPES["p256"], "-outform", "DER")
    number = private.search(other).group(1)
    start = private.search(bytes(theirs)).start(1)
    assert bytes(theirs[start:start + 32]) != number
    theirs[start:start + 32] = number
    key = folder / "stolen.key"
    key.write_bytes(b"-----BEGIN EC PRIVATE KEY-----\n" + base64.encodebytes(bytes(theirs))
                    + b"-----END EC PRIVATE KEY-----\n")
    key.chmod(0o600)
    return Credential(victim.certificate, key)
