"""Two programs that talk to each other through many lives, and what they said of it.

`Side` is one user with the process that acts for him at the moment, and all that his processes ever
said; `check` holds the two against each other and against what lies on the disks.
"""

import time

from . import database
from .peer import Peer


# A bound on how long what has piled up takes to arrive, in seconds.
LAST = 120


class Side:
    """One of the two."""

    # How many of its commands a side may have open, so that no pipe fills up.
    WINDOW = 40

    def __init__(self, user, other, *arguments, listen="127.0.0.1:0"):
        self.user, self.other = user, other
        self.name = user.name
        self.arguments, self.listen = arguments, listen
        self.process = None
        self.lives = 0
        # Every content that was commanded, by its number, which is the `ref`.
        self.commanded = []
        # What the `queued` events said, in their order: id and number.
        self.accepted = []
        # Ids that `message` and `delivered` events named, in their order; the latter with the life.
        self.shown, self.delivered = [], []
        self.texts = {}
        self.errors = []
        self._taken = 0
        self._open = 0

    # Lives

    def start(self, connect=()):
        self.process = Peer(self.user, *self.arguments, listen=self.listen, connect=connect,
                            trust=[] if self.lives else [self.other])
        self.lives += 1
        self._taken = self._open = 0
        if self.listen:
            self.process.started()
        return self

    def kill(self):
        """SIGKILL. What had been written to the pipe by then was said."""
        self.process.kill()
        self._finish()

    def quit(self):
        self.process.quit()
        self._finish()

    def dispose(self):
        if self.process:
            self.process.dispose()

    def _finish(self):
        for thread in self.process._threads:
            thread.join(30)
            assert not thread.is_alive(), "output that does not end"
        self.take()

    # Traffic

    def say(self, count, longest=200):
        """Commands so many messages, as far as the window allows."""
        self.take()
        for _ in range(min(count, self.WINDOW - self._open)):
            number = len(self.commanded)
            content = f"{self.name} says {number} " + "x" * (number * 7919 % longest)
            self.commanded.append(content)
            self._open += 1
            self.process.send(self.other, content, ref=number)

    def take(self):
        """Notes what the process has said since the last time."""
        events = self.process.events
        while self._taken < len(events):
            event = events[self._taken]
            self._taken += 1
            kind = event["event"]
            if kind == "queued":
                self.accepted.append((event["id"], event["ref"]))
                self._open -= 1
            elif kind == "message":
                self.shown.append(event["id"])
                self.texts[event["id"]] = event["content"]
            elif kind == "delivered":
                self.delivered.append((event["id"], self.lives))
            elif kind == "error":
                self.errors.append(event)
                self._open -= "ref" in event

    def last_words(self):
        """Sends a message and waits until it is delivered: with it all that stood before it."""
        number = len(self.commanded)
        self.commanded.append(f"{self.name}'s last words")
        self.process.send(self.other, self.commanded[number], ref=number)
        return lambda: self.process.wait_for("delivered", ref=number, timeout=LAST)


def traffic(rng, seconds, *sides):
    """Both talk for this long. `sides` are pairs: a side, and how many it says at once at most."""
    end = time.monotonic() + seconds
    while True:
        for side, burst in sides:
            side.say(rng.randint(0, burst))
        left = end - time.monotonic()
        if left <= 0:
            return
        # The pace of the talk: nothing is waited for.
        time.sleep(min(left, 0.01 * rng.random()))


def check_receipts(sender, receiver, connection):
    """What the sender was told is delivered lies on the receiver's disk."""
    sender.take()
    stored = {row.id for row in database.rows(connection, "incoming")}
    early = [identifier for identifier, _ in sender.delivered if identifier not in stored]
    assert not early, f"{receiver.name} gave {len(early)} receipts ahead of its disk: {early[:3]}"


def settle(*sides):
    """Waits until nothing is on its way, and lets both leave."""
    for wait in [side.last_words() for side in sides]:
        wait()
    for side in sides:
        side.quit()


def check(sender, receiver):
    """Holds one direction of a settled conversation against the disks of both."""
    database.check_integrity(sender.user)
    with database.opened(sender.user) as connection:
        sent = database.rows(connection, "outgoing")
    with database.opened(receiver.user) as connection:
        received = database.rows(connection, "incoming")
        check_receipts(sender, receiver, connection)
    sent_ids = [row.id for row in sent]
    received_ids = [row.id for row in received]
    assert len(set(received_ids)) == len(received_ids), "a message is stored twice"

    # What was accepted, in the order of acceptance, and nothing that was not commanded.
    accepted = [identifier for identifier, _ in sender.accepted]
    assert len(set(accepted)) == len(accepted), "an id was accepted twice"
    lost = [pair for pair in sender.accepted if pair[0] not in set(received_ids)]
    assert not lost, f"{len(lost)} of {len(accepted)} accepted messages are lost: {lost[:3]}"
    assert is_subsequence(accepted, sent_ids), "the order of acceptance is not that on the disk"
    assert received_ids == sent_ids, first_difference(sent_ids, received_ids)
    assert {row.contact for row in received} == {sender.user.fingerprint}
    waiting = [row for row in sent if row.state not in ("delivered", "read")]
    assert not waiting, f"{len(waiting)} have no receipt: {waiting[:3]}"

    # What was shown: each once at most, in order, and each text the one that was commanded.
    assert len(set(receiver.shown)) == len(receiver.shown), "a message was shown twice"
    assert is_subsequence(receiver.shown, received_ids), "shown in another order than stored"
    unseen = len(received_ids) - len(receiver.shown)
    assert unseen == 0 or receiver.lives > 1, f"{unseen} messages were never shown"
    # A crash may come between a receipt's being told and its being recorded.
    assert len(set(sender.delivered)) == len(sender.delivered), "told twice in one life"
    for identifier, number in sender.accepted:
        if identifier in receiver.texts:
            assert receiver.texts[identifier] == sender.commanded[number]
    return received_ids


def is_subsequence(few, many):
    rest = iter(many)
    return all(item in rest for item in few)


def first_difference(left, right):
    for index, (one, other) in enumerate(zip(left, right)):
        if one != other:
            return f"the disks differ from message {index} on: {one}, {other}"
    return f"{len(left)} messages were sent, and {len(right)} are stored"
