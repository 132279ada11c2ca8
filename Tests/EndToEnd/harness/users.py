"""Users: a home folder with a key and a certificate in it."""

from dataclasses import dataclass
from pathlib import Path

from . import certificates
from .programs import run


@dataclass(frozen=True)
class User:
    """Somebody with a home made by `p2pchat-keygen`."""

    name: str
    # The root that --home names; the user's own folder is inside.
    home: Path
    # The shareable certificate.
    certificate: Path

    @property
    def folder(self):
        return self.home / self.name

    @property
    def key(self):
        return self.folder / "key.pem"

    @property
    def fingerprint(self):
        return certificates.fingerprint(self.certificate)

    def tail(self):
        """What makes the p2pchat command act as this user."""
        return ["--user", self.name, "--home", str(self.home)]


def make_user(root, name, *, key_type=None, passphrase_file=None):
    """Makes a user's home below `root` with p2pchat-keygen."""
    home = Path(root)
    home.mkdir(parents=True, exist_ok=True)
    arguments = ["--user", name, "--home", home]
    if key_type:
        arguments += ["--key-type", key_type]
    if passphrase_file:
        arguments += ["--passphrase-file", passphrase_file]
    result = run("p2pchat-keygen", *arguments, home=home, cwd=home)
    assert result.returncode == 0, f"p2pchat-keygen said: {result.stderr}"
    user = User(name, home, home / f"{name}.pem")
    assert user.certificate.exists(), f"no {name}.pem in the current folder: {result.stdout}"
    return user


def adopt_user(root, name, credential):
    """Puts a key and certificate made elsewhere (by openssl) into a home, as the user's own."""
    home = Path(root)
    user = User(name, home, credential.certificate)
    user.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    user.folder.chmod(0o700)
    (user.folder / "certificate.pem").write_bytes(credential.certificate.read_bytes())
    user.key.touch(mode=0o600)
    user.key.write_bytes(credential.key.read_bytes())
    return user
