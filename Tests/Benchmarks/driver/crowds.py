"""What is measured with many sessions at once."""

import time

from programs import (Crowd, Server, answer, context_switches, processor_seconds, resident_bytes,
                      wake_ups)
from table import Line


def limit_listener(programs, pins):
    return Server(programs.limit_side("listen", "many", "bob", pins))


def both(programs, measure):
    """The same measure of our node and of the C program."""
    return {
        "ours": lambda: with_server(programs.listener(programs.crowd_pins), measure),
        "limit": lambda: with_server(limit_listener(programs, programs.crowd_pins), measure),
    }


def with_server(server, measure):
    with server:
        return measure(server)


def idle(programs, sessions, seconds):
    """Memory, and what is done while nothing happens."""
    quiet = []

    def memory(server):
        before = resident_bytes(server.pid)
        with Crowd(programs, server.port, sessions) as crowd:
            crowd.wait()
            used = (resident_bytes(server.pid) - before) / sessions
            if server.name == "p2pchat-bench" and not quiet:
                start, switches = processor_seconds(server.pid), context_switches(server.pid)
                time.sleep(seconds)
                quiet.extend([(processor_seconds(server.pid) - start) / seconds * 1000,
                              wake_ups(switches, context_switches(server.pid)) / seconds])
        return used

    def meanwhile(index):
        # Where only this line is wanted, nobody has looked yet.
        if not quiet:
            with_server(programs.listener(programs.crowd_pins), memory)
        return quiet[index]

    yield Line(f"memory of an idle session, at {sessions:,}", "bytes", goal=1.3, rounds=1,
               **both(programs, memory))
    yield Line(f"processor time of {sessions:,} idle sessions", "ms/s", rounds=1,
               ours=lambda: meanwhile(0), note="each is pinged every 30 s")
    yield Line(f"wake-ups of {sessions:,} idle sessions", "/s", rounds=1, ours=lambda: meanwhile(1))


def fan_out(programs, sessions):
    def fan(server):
        with Crowd(programs, server.port, sessions) as crowd:
            crowd.wait()
            # The first is for the memory that it takes.
            server.ask("fan")
            return server.ask("fan")["seconds"] * 1000
    yield Line(f"a message to {sessions:,} contacts, until the last receipt", "ms", rounds=3,
               **both(programs, fan))


def disturbed(programs, sessions, rate, count):
    """Round trips while others are busy."""
    pins = programs.folder / "everybody.pins"
    pins.write_text(programs.pins["alice"].read_text() + programs.crowd_pins.read_text())

    def caller(server, field, count=count):
        if server.name == "p2pchat-bench":
            return answer(programs.bench("echo", "alice", programs.pins["bob"], port=server.port,
                                         count=count))[field]
        return answer(programs.limit_side("call", "echo", "alice", programs.pins["bob"],
                                          port=server.port, count=count))[field]

    def chatter(server):
        with server, Crowd(programs, server.port, sessions, rate=rate) as crowd:
            crowd.wait()
            return caller(server, "p999_us")

    # The median is known sooner than the slowest thousandth.
    few = max(count // 4, 1)

    def deaf():
        with programs.listener(pins) as server, Crowd(programs, server.port, 1, deaf=1) as crowd:
            crowd.wait()
            return caller(server, "median_us", few)

    def undisturbed():
        with programs.listener(pins) as server:
            return caller(server, "median_us", few)

    yield Line(f"99.9 % of round trips, {sessions:,} others chatter", "µs", rounds=3,
               ours=lambda: chatter(programs.listener(pins)),
               limit=lambda: chatter(limit_listener(programs, pins)),
               note=f"{rate:,} messages a second from the others together")
    yield Line("round trip while a peer does not read", "µs", rounds=3, goal=1.15,
               ours=deaf, limit=undisturbed,
               note="the limit is our own without that peer")
