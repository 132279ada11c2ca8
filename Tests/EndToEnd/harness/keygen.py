"""p2pchat-keygen, driven as a person and as a script would."""

import stat
import subprocess
from pathlib import Path

import pexpect

from .programs import clean_environment, program
from .waiting import PATIENCE

SECRET = "correct-horse-battery-staple-9"


class Place:
    """A current folder and, below it, a home."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        self.environment = clean_environment(self.folder, P2PCHAT_HOME=str(self.home))

    def run(self, *arguments, **options):
        options = {"env": self.environment, "cwd": self.folder, "stdin": subprocess.DEVNULL,
                   "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run([program("p2pchat-keygen"), *map(str, arguments)], text=True, timeout=PATIENCE,
                              start_new_session=True, check=False, **options)

    def succeed(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.returncode == 0, result.stderr
        assert not result.stderr
        return result.stdout

    def fail(self, status, *arguments, **options):
        """Runs what must fail with one sentence on standard error, and returns the sentence."""
        result = self.run(*arguments, **options)
        assert result.returncode == status, (result.stdout, result.stderr)
        assert not result.stdout
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("p2pchat-keygen: "), result.stderr
        return lines[0]

    def spawn(self, *arguments):
        """Runs it on a terminal."""
        return pexpect.spawn(program("p2pchat-keygen"), [*map(str, arguments)], env=self.environment,
                             cwd=str(self.folder), encoding="utf-8", timeout=PATIENCE)

    def user(self, name):
        return self.home / name

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return path


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE, check=True).stdout


def fingerprint(certificate):
    return openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").strip() \
        .split("=")[1]


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def answer(child, prompt, text):
    """Waits for a question whose answer is not shown, and types it."""
    child.expect_exact(prompt)
    assert child.waitnoecho(PATIENCE)
    child.sendline(text)


def finish(child):
    """Waits for the end; returns what was said since the last thing waited for."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before


def is_pair(folder, passphrase=None):
    """Whether the key and the certificate in a user's folder belong together, for openssl."""
    more = ["-passin", f"file:{passphrase}"] if passphrase else []
    return openssl("pkey", "-in", folder / "key.pem", "-pubout", *more) == \
        openssl("x509", "-in", folder / "certificate.pem", "-noout", "-pubkey")
