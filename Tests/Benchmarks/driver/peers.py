"""Other programs that do a part of the same: for comparison, never for the goal."""

import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from programs import Failed, run

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "EndToEnd"))
import seed_standin  # noqa: E402 (its folder is no package)

# As long as a message of 120 bytes of text and its receipt are on the wire.
MESSAGE = b"m" * 239 + b"\n"
CONTENT = "The quick brown fox jumps over the lazy dog, and goes home. " * 2
HOST = "127.0.0.1"


def add(lines, programs, scale):
    """Gives lines their peers. Returns a sentence for each that is not installed."""
    by_name = {line.name: line for line in lines}
    echo = by_name["round trip of a message and its receipt"].peers
    count = max(20, int(2_000 * scale))
    echo["Python ssl"] = lambda: python_echo(programs, count)
    echo["the original program, a connection each"] = lambda: seed(count // 4)
    missing = []
    for name, package, start in (("ncat --ssl", "ncat", ncat), ("socat", "socat", socat)):
        if shutil.which(package):
            echo[name] = lambda start=start: child_echo(programs, start, count)
        else:
            missing.append(f"{name} was left out: install it with `apt-get install {package}`.")
    sessions = by_name["new sessions, one thread a side"].peers
    sessions["openssl s_time and s_server"] = lambda: s_time(programs, 1 if scale < 1 else 3)
    missing.append("File transfer is not measured: p2pchat has none yet.")
    return missing


def context(programs, is_server):
    user, other = ("bob", "alice") if is_server else ("alice", "bob")
    return seed_standin.tls_context(is_server, programs.certificate(user), programs.key(user),
                                    programs.certificate(other))


def receive(connection, count):
    while count > 0:
        part = connection.recv(count)
        if not part:
            raise Failed("the other side hung up")
        count -= len(part)


def round_trips(connection, count):
    """The median of sending a message and getting it back, in microseconds."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    took = []
    for _ in range(count):
        start = time.perf_counter()
        connection.sendall(MESSAGE)
        receive(connection, len(MESSAGE))
        took.append((time.perf_counter() - start) * 1e6)
    return statistics.median(took)


def python_echo(programs, count):
    with socket.create_server((HOST, 0)) as listener:
        def serve():
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context(programs, True).wrap_socket(connection, server_side=True) as wrapped:
                while data := wrapped.recv(len(MESSAGE)):
                    wrapped.sendall(data)
        # A process of its own would spare both the other's lock; they take turns anyhow.
        server = threading.Thread(target=serve, daemon=True)
        server.start()
        with socket.create_connection(listener.getsockname()) as connection:
            with context(programs, False).wrap_socket(connection) as wrapped:
                median = round_trips(wrapped, count)
        server.join(10)
    return median


def seed(count):
    """The stand-in of the original program sends to itself, in plain text."""
    peer = seed_standin.SeedPeer("carol")
    try:
        took = []
        for _ in range(count):
            start = time.perf_counter()
            peer.send(peer.address, CONTENT)
            took.append((time.perf_counter() - start) * 1e6)
        return statistics.median(took)
    finally:
        peer.close()


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


def connected(port, patience=20):
    end = time.monotonic() + patience
    while True:
        try:
            return socket.create_connection((HOST, port))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise Failed(f"nobody listens on port {port}") from None
            time.sleep(0.02)


def ncat(programs, port):
    return ["ncat", "-l", HOST, str(port), "--ssl", "--ssl-cert", programs.certificate("bob"),
            "--ssl-key", programs.key("bob"), "--exec", "/bin/cat"]


def socat(programs, port):
    return ["socat", f"OPENSSL-LISTEN:{port},bind={HOST},reuseaddr,nodelay,verify=1,"
            f"cert={programs.certificate('bob')},key={programs.key('bob')},"
            f"cafile={programs.certificate('alice')}", "PIPE"]


def child_echo(programs, command, count):
    """A program that gives back what comes, and Python as the one that calls."""
    port = free_port()
    child = subprocess.Popen([str(part) for part in command(programs, port)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        with connected(port) as connection:
            with context(programs, False).wrap_socket(connection) as wrapped:
                return round_trips(wrapped, count)
    except (ssl.SSLError, OSError) as error:
        raise Failed(f"{child.args[0]} gave up: {error}") from error
    finally:
        child.kill()
        child.wait()


def s_time(programs, seconds):
    """New connections a second, as openssl's own client counts them."""
    port = free_port()
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"{HOST}:{port}", "-tls1_3", "-quiet",
         "-num_tickets", "0", "-cert", programs.certificate("bob"),
         "-key", programs.key("bob"), "-Verify", "1", "-verify_return_error",
         "-CAfile", programs.certificate("alice")],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        connected(port).close()
        said = run(["openssl", "s_time", "-connect", f"{HOST}:{port}", "-new",
                    "-time", str(seconds), "-cert", programs.certificate("alice"),
                    "-key", programs.key("alice"), "-CAfile", programs.certificate("bob")])
        found = re.search(r"(\d+) connections in (\d+) real seconds", said)
        if not found or int(found[1]) == 0:
            raise Failed("openssl s_time made no connection")
        return int(found[1]) / int(found[2])
    finally:
        server.kill()
        server.wait()
        server.stdin.close()
