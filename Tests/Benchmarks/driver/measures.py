"""What is measured between two programs: round trips, streams and new sessions."""

import os
import statistics
import tempfile
import time

from programs import Server, answer, apart
from table import Line


def pair(programs, what, field, count, cores=([], []), **options):
    """A figure of the C program talking to itself; `cores` is where the two sides run."""
    def measure():
        listen = programs.limit_side("listen", what, "bob", programs.pins["alice"], count=count,
                                     **options)
        with Server([*cores[0], *listen]) as server:
            call = programs.limit_side("call", what, "alice", programs.pins["bob"],
                                       port=server.port, count=count, **options)
            return field(answer([*cores[1], *call]), server.last_word())
    return measure


def node(programs, what, field, count, stores=(), cores=([], []), **options):
    """A figure of two nodes that talk to each other; `stores` are the sides that have a disk."""
    def measure():
        with tempfile.TemporaryDirectory(dir=programs.folder) as folder:
            paths = {side: f"{folder}/{side}.sqlite" for side in stores}
            with programs.listener(cores=cores[0], database=paths.get("called")) as server:
                call = programs.bench(what, "alice", programs.pins["bob"], port=server.port,
                                      count=count, database=paths.get("calling"), **options)
                return field(answer([*cores[1], *call]), server.end())
    return measure


def commit_time(folder, count):
    """What this disk takes to keep one page for good, in microseconds."""
    page = os.urandom(4096)
    with tempfile.TemporaryFile(dir=folder) as file:
        took = []
        for _ in range(count):
            start = time.perf_counter()
            os.write(file.fileno(), page)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - start) * 1e6)
    return statistics.median(took)


def median(said, _):
    return said["median_us"]


def rate(said, _):
    return said["per_second"]


def conversation(programs, scale):
    """Two programs and one session."""
    count = int(20_000 * scale)

    def used(said, last, rounds=count):
        # The tenth that goes before, to warm up, is counted by both.
        return (said["cpu_s"] + last["cpu_s"]) / (rounds * 1.1) * 1e6

    yield Line(
        "round trip of a message and its receipt", "µs", goal=1.15,
        ours=node(programs, "echo", median, count),
        limit=pair(programs, "echo", median, count),
        note="an application on the node's event loop; nothing is stored")
    yield Line(
        "round trip, application on its own thread", "µs",
        ours=node(programs, "echo", median, count // 2, thread="own"),
        limit=pair(programs, "echo", median, count))
    yield Line(
        "processor time of a round trip, both sides", "µs",
        ours=node(programs, "echo", used, count),
        limit=pair(programs, "echo", used, count))
    count = int(200_000 * scale)
    yield Line(
        "messages one way, 120 bytes of text each", "/s", goal=3, more_is_better=True,
        ours=node(programs, "stream", rate, count, cores=apart()),
        limit=pair(programs, "stream", rate, count, cores=apart()),
        note="a core for each side; ours has each acknowledged; the limit makes one SSL_write for "
             "each")


def storing(programs, scale):
    """The same with the disk in it."""
    count = commits = max(20, int(200 * scale))
    echo = pair(programs, "echo", median, int(20_000 * scale))
    yield Line(
        "round trip, stored on both sides", "µs", goal=1, rounds=3,
        ours=node(programs, "echo", median, count, stores=("called", "calling")),
        limit=lambda: 1.5 * echo() + 2 * commit_time(programs.folder, commits),
        note="the limit is 1.5 raw echos and two pages written and synced")
    count = int(100_000 * scale)
    yield Line(
        "messages one way, stored by the receiver", "/s", bound=50_000, more_is_better=True,
        rounds=3, ours=node(programs, "stream", rate, count, stores=("called",)))


def sessions(programs, scale):
    """New sessions, hello included."""
    count = int(1_000 * scale)

    def ours(field):
        def measure():
            with programs.listener(programs.crowd_pins) as server:
                said = answer(programs.bench("sessions", None, programs.pins["bob"],
                                             identities=programs.identities, port=server.port,
                                             count=count))
                return field(said, server.end())
        return measure

    def used(said, last):
        return (said["cpu_s"] + last["cpu_s"]) / count * 1e6
    yield Line("new sessions, one thread a side", "/s", goal=0.9, more_is_better=True,
               ours=ours(rate), limit=pair(programs, "sessions", rate, count, threads=1))
    yield Line("processor time of a new session, both sides", "µs",
               ours=ours(used), limit=pair(programs, "sessions", used, count, threads=1))
