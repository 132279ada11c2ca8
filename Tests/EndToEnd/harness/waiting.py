"""Waiting, always with an end to it."""

import os
import time

# A bound on every wait, in seconds. It is there so that a test that hangs says what it was waiting
# for; nothing is ever concluded from how long a thing took.
PATIENCE = float(os.environ.get("P2PCHAT_TEST_PATIENCE", "30"))


class Deadline:
    """A moment after which waiting is over."""

    def __init__(self, seconds=None):
        self.seconds = PATIENCE if seconds is None else seconds
        self._end = time.monotonic() + self.seconds

    @property
    def left(self):
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self):
        return self.left == 0.0
