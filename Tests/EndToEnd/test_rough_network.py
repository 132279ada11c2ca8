"""A network that delays, cuts, truncates and stalls: nothing is lost, doubled or disordered.

See harness/chance.py for how to repeat a run or make it longer.
"""

import pytest

from harness import chance
from harness.conversation import Side, check, settle, traffic
from harness.rough import RoughNetwork
from harness.waiting import Deadline

PARTS = 4
CUT_ROUNDS = 100
STALL_ROUNDS = 20


@pytest.fixture
def rough_pair(user, ending):
    """Bob, who listens, and alice, who reaches him through a rough network alone."""
    def make(rng, *arguments, **options):
        alice, bob = user("alice"), user("bob")
        b = Side(bob, alice, *arguments)
        # Nobody can dial alice around the network.
        a = Side(alice, bob, "--no-listen", *arguments, listen=None)
        ending.callback(b.dispose)
        ending.callback(a.dispose)
        b.start()
        network = RoughNetwork(b.process.address, rng, **options)
        ending.callback(network.close)
        a.start(connect=f"bob@{network.address}")
        return a, b, network
    return make


def redial(side, network):
    """As a person would, or a change of the network: not every time, so that pauses are had too."""
    side.process.command("connect", address=network.address, to=side.other.name)


def drive(rng, a, b, network, rounds, *, burst=12, after=lambda: None):
    """Talks until so many connections have met their fate."""
    deadline = Deadline(60 + 3 * rounds)
    while network.ended < rounds:
        assert not deadline.passed, f"{network.ended} of {rounds} connections have ended"
        ended = network.ended
        traffic(rng, 0.02 + 0.08 * rng.random(), (a, burst), (b, burst))
        if network.ended > ended or rng.random() < 0.1:
            after()
            redial(a, network)
    network.calm = True
    # What stalled stays so: a new connection takes its place.
    redial(a, network)
    settle(a, b)
    counts = len(check(a, b)), len(check(b, a))
    print(f"{counts[0]} and {counts[1]} messages, {network.connections} connections: {network.met}")
    assert min(counts) > rounds, counts
    assert network.connections > rounds, "somebody went around the network"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_connections_are_cut_at_any_byte(rough_pair, part):
    rng = chance.seeded("cut", part)
    a, b, network = rough_pair(rng)
    drive(rng, a, b, network, chance.rounds(CUT_ROUNDS, PARTS))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_connections_go_silent_at_any_byte(rough_pair, part):
    rng = chance.seeded("stall", part)
    a, b, network = rough_pair(rng, "--keepalive", "1", fates=["stall"], most=20_000)
    # Little at a time, since all of it piles up until the silence is noticed.
    drive(rng, a, b, network, chance.rounds(STALL_ROUNDS, PARTS), burst=3)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_the_receiver_is_killed_behind_a_rough_network(rough_pair, part):
    rng = chance.seeded("cut and killed", part)
    a, b, network = rough_pair(rng)

    def crash():
        if rng.random() < 0.3:
            b.kill()
            b.start()
            network.target = b.process.address

    drive(rng, a, b, network, chance.rounds(CUT_ROUNDS, PARTS), after=crash)
