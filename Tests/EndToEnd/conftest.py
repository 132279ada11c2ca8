"""Fixtures that every end-to-end test draws on.

All that a test starts is ended with it, and all that it writes lies in a folder of its own that
goes with it: keys do not stay behind.
"""

import contextlib
import signal
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True

# Whoever runs the tests in the background, or under nohup, has some signals ignored, and what is
# ignored here would be ignored by every program that a test starts.
for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT
                      else signal.SIG_DFL)

from harness import certificates, native, openssl_cli, users  # noqa: E402
from harness import networks as network_harness  # noqa: E402
from harness.control import Control  # noqa: E402
from harness.desktop import Desktop, missing  # noqa: E402
from harness.keygen import Place  # noqa: E402
from harness.peer import Peer  # noqa: E402
from harness.proxy import Proxy  # noqa: E402
from harness.socks import SOCKSProxy  # noqa: E402
from harness.terminal import Terminal  # noqa: E402
from harness.window import Window  # noqa: E402
from seed_standin import SeedPeer  # noqa: E402


def pytest_collection_modifyitems(items):
    """Spreads the slow tests evenly, so that each worker gets its share of them."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    quick = [item for item in items if not item.get_closest_marker("slow")]
    if not slow:
        return
    step = len(quick) // len(slow)
    spread = []
    for item in slow:
        spread += [item, *quick[:step]]
        del quick[:step]
    items[:] = spread + quick


@pytest.fixture
def folder():
    """An empty folder that is gone after the test."""
    with tempfile.TemporaryDirectory(prefix="p2pchat-") as path:
        yield Path(path)


@pytest.fixture
def user(folder):
    """Makes a user: `alice = user("alice")`. Each has a home of its own."""
    def make(name, **options):
        return users.make_user(folder / f"home-{name}", name, **options)
    return make


@pytest.fixture
def place(folder):
    """A current folder for p2pchat-keygen, and a home below it."""
    return Place(folder)


@pytest.fixture
def adopt(folder):
    """Makes a user of a key and certificate made elsewhere."""
    def make(name, credential):
        return users.adopt_user(folder / f"home-{name}", name, credential)
    return make


@pytest.fixture
def credential(folder):
    """Makes a key and certificate with openssl: `credential("mallory", key_type="rsa")`."""
    def make(name, **options):
        return certificates.make(folder / "openssl", name, **options)
    return make


@pytest.fixture
def ending():
    """Whatever is pushed onto it is ended after the test, the newest first."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def peer(ending):
    """Starts `p2pchat --json` and waits until it listens: `a = peer(alice, trust=[bob])`.

    With `wait=False` it is left to the test to wait.
    """
    def start(*arguments, wait=True, **options):
        process = Peer(*arguments, **options)
        ending.callback(process.dispose)
        return process.started() if wait else process
    return start


@pytest.fixture
def dial(ending):
    """Connects with Python's ssl: `mallory = dial(a.address, credential)`."""
    def connect(*arguments, **options):
        return ending.enter_context(native.dial(*arguments, **options))
    return connect


@pytest.fixture
def control(ending):
    """Connects with a running p2pchat's control socket: `script = control(alice)`."""
    def connect(user):
        client = Control(user)
        ending.callback(client.close)
        return client
    return connect


@pytest.fixture
def listener(ending):
    """A server of Python's ssl."""
    def make(context=None):
        server = native.Listener(context)
        ending.callback(server.close)
        return server
    return make


@pytest.fixture
def s_client(ending):
    def connect(*arguments, **options):
        process = openssl_cli.OpenSSL.client(*arguments, **options)
        ending.callback(process.dispose)
        return process
    return connect


@pytest.fixture
def s_server(ending):
    def serve(*arguments, **options):
        process = openssl_cli.OpenSSL.server(*arguments, **options)
        ending.callback(process.dispose)
        return process
    return serve


@pytest.fixture
def seed(ending):
    """A stand-in of the seed program that listens: `carol = seed("carol")`."""
    def make(name, **options):
        stand_in = SeedPeer(name, **options)
        ending.callback(stand_in.close)
        return stand_in
    return make


@pytest.fixture
def proxy(ending):
    def make(target):
        between = Proxy(target)
        ending.callback(between.close)
        return between
    return make


@pytest.fixture
def socks(ending):
    """A SOCKS5 proxy: `socks({"bob.example": b.address})`."""
    def make(names=None, **options):
        between = SOCKSProxy(names, **options)
        ending.callback(between.close)
        return between
    return make


@pytest.fixture
def terminal(folder, ending):
    """Runs a command in a terminal of its own."""
    def open_terminal(command, **options):
        place = Path(tempfile.mkdtemp(prefix="terminal-", dir=folder))
        screen = Terminal(command, place, **options)
        ending.callback(screen.dispose)
        return screen
    return open_terminal


@pytest.fixture(scope="session")
def desktop():
    """A desktop without a screen, for all of a process's tests of the window."""
    lacking = missing()
    if lacking:
        pytest.skip(f"the window can't be tested without {', '.join(lacking)}")
    screen = Desktop()
    yield screen
    screen.close()


@pytest.fixture
def window(desktop, ending):
    """Opens p2pchat-gtk for a user: `w = window(alice, "--trust", bob.certificate)`."""
    def open_window(user, *arguments, listen="127.0.0.1:0", **options):
        place = ["--listen", listen] if listen else []
        home = user if isinstance(user, Path) else user.home
        shown = Window(desktop, *place, *arguments, home=home, **options)
        ending.callback(shown.dispose)
        return shown
    return open_window


@pytest.fixture
def open_talk(window, peer):
    """Opens alice's window on her conversation with bob: `shown, bob = open_talk(alice, bob)`."""
    def make(alice, bob, **options):
        b = peer(bob, trust=[alice])
        shown = window(alice, "--trust", bob.certificate, "--connect", b.at, **options)
        b.wait_for("connected", peer="alice")
        shown.wait_for("bob, Online")
        shown.focus()
        shown.keys("alt+Down")
        shown.wait_for("Message", "text")
        return shown, b
    return make


@pytest.fixture
def pair(user, peer):
    """Two users who trust each other, running and connected: `a, b = pair()`."""
    def make(first=None, second=None, **options):
        alice, bob = first or user("alice"), second or user("bob")
        a = peer(alice, trust=[bob], **options)
        b = peer(bob, trust=[alice], connect=a.at, **options)
        a.wait_for("connected", peer=bob.name)
        b.wait_for("connected", peer=alice.name)
        return a, b
    return make


@pytest.fixture
def networks(ending):
    """Networks of the test's own; skips where there can be none."""
    reason = network_harness.unavailable()
    if reason:
        pytest.skip(reason)
    made = network_harness.Networks()
    ending.callback(made.close)
    return made
