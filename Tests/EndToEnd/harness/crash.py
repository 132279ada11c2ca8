"""CrashPeer, the test's own program: a chat that ends itself at a commit, and a look into homes."""

import json
import subprocess

from .peer import Peer
from .programs import clean_environment, program
from .waiting import PATIENCE


class CrashPeer(Peer):
    """A chat that kills itself at a moment such as `before:incoming:3`.

    The kinds are incoming, outgoing, sent (in the seed dialect) and delivered; the number says
    which message of that kind. `p2pchat` may have the home before and after.
    """

    # It finds nobody by itself.
    OFFLINE = ()

    def __init__(self, user, moment, **options):
        super().__init__(user, moment, **options)

    @staticmethod
    def command_line(user, arguments, trust, listen, connect):
        assert not trust and not connect and len(arguments) == 1
        return [program("CrashPeer"), "chat", str(user.home), user.name, "crash", arguments[0]]


def dump(user):
    """Every message of a home with its text, oldest first."""
    return [json.loads(line) for line in run("dump", user).splitlines()]


def fill(user, contact, count):
    """Stores so many messages in a home."""
    run("fill", user, "contact", contact.fingerprint, "messages", count, patience=3600)


def run(mode, user, *arguments, patience=PATIENCE):
    result = subprocess.run(
        [program("CrashPeer"), mode, str(user.home), user.name, *map(str, arguments)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=patience,
        env=clean_environment(user.home))
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()
