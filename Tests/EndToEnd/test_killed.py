"""Programs killed at random moments under steady traffic: nothing is lost, doubled or disordered.

What SIGKILL shows is what a crash of the program leaves; what a power cut leaves is SQLite's
promise for `synchronous = FULL`. See harness/chance.py for how to repeat a run or make it longer.
"""

import pytest

from harness import chance, database
from harness.conversation import Side, check, check_receipts, settle, traffic

PARTS = 4
ROUNDS = 100
# The dead one's disk is looked at in one round of so many.
LOOK = 5


@pytest.fixture
def sides(user, ending):
    """Alice and bob, running and connected, bob having dialled."""
    alice, bob = user("alice"), user("bob")
    a, b = Side(alice, bob), Side(bob, alice)
    for side in (a, b):
        ending.callback(side.dispose)
    a.start()
    b.start(connect=a.process.at)
    a.process.wait_for("connected", peer="bob")
    return a, b


def crash(rng, victims, others, bursts):
    """Kills the victims in the middle of a burst, and starts them again."""
    for side, burst in bursts:
        side.say(burst)
    traffic(rng, rng.random() * 0.005)
    for victim in victims:
        victim.kill()
    if rng.random() < 1 / LOOK:
        for victim in victims:
            for other in others:
                with database.copied(victim.user) as connection:
                    check_receipts(other, victim, connection)
    for victim in victims:
        # A program knows the address of its contact and dials it by itself; those that both died
        # have other addresses now.
        running = [side for side in others if side not in victims] or [
            side for side in victims if side is not victim and side.process.process.poll() is None]
        victim.start(connect=[side.process.at for side in running])


def drive(rng, sides, heavy, choose):
    """`heavy` says most; `choose` says who dies in a round."""
    bursts = [(side, 12 if side in heavy else 2) for side in sides]
    for _ in range(chance.rounds(ROUNDS, PARTS)):
        traffic(rng, 0.02 + 0.28 * rng.random() ** 2, *bursts)
        victims = choose()
        crash(rng, victims, [side for side in sides if side not in victims], bursts)
        if rng.random() < 0.7:
            victims[-1].process.wait_for("connected")
    settle(*sides)
    a, b = sides
    counts = len(check(a, b)), len(check(b, a))
    print(f"{counts[0]} and {counts[1]} messages in {a.lives} and {b.lives} lives")
    # A driver in which nothing happens would show nothing.
    assert min(counts) > 10 and max(counts) > 2 * chance.rounds(ROUNDS, PARTS), counts
    for side in sides:
        assert not side.errors, side.errors[:3]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_sender_is_killed_at_any_moment(sides, part):
    rng = chance.seeded("sender", part)
    # Each of the two in turn: the one that dialled at first, and the other.
    victim = sides[part % 2]
    drive(rng, sides, [victim], lambda: [victim])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_receiver_is_killed_at_any_moment(sides, part):
    rng = chance.seeded("receiver", part)
    victim = sides[part % 2]
    drive(rng, sides, [side for side in sides if side is not victim], lambda: [victim])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_either_or_both_are_killed_at_any_moment(sides, part):
    rng = chance.seeded("either", part)
    drive(rng, sides, sides, lambda: rng.choice([[sides[0]], [sides[1]], list(sides)]))
