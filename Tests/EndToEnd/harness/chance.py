"""Chance that can be repeated, for the tests that do things at random moments.

Each run draws a seed of its own, which a failure prints. Two variables of the environment steer it:

    P2PCHAT_TEST_SEED=N     the seed of the run that failed. What is done, and how long is waited
                            between, is then the same; the machine's own timing is not.
    P2PCHAT_TEST_ROUNDS=N   how many rounds a driver goes, over all of its parts, instead of the
                            hundred of the usual run: 10000 is an afternoon.
"""

import os
import random


def rounds(usual, parts):
    """How many rounds one of so many parts of a driver goes."""
    return -(-int(os.environ.get("P2PCHAT_TEST_ROUNDS", usual)) // parts)


def seeded(*part):
    """A generator of random numbers for this part of a driver."""
    seed = os.environ.get("P2PCHAT_TEST_SEED") or str(random.SystemRandom().getrandbits(32))
    # Shown where the test fails.
    print(f"to repeat this: P2PCHAT_TEST_SEED={seed}")
    return random.Random(":".join([seed, *map(str, part)]))
