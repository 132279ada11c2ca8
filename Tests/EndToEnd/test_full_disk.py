"""A disk without room: no `queued` and no receipt that is not true, and no restart to recover."""

import resource
import signal

import pytest

from harness import crash, database
from harness.disk import SmallDisk
from harness.programs import assert_one_sentence, run
from harness.users import make_user

TEXT = "x" * 3000
MANY = 400


@pytest.fixture
def disk(folder, ending):
    small = SmallDisk(folder / "disk")
    ending.callback(small.dispose)
    return small


@pytest.fixture
def on_disk(disk):
    """Makes a user whose home lies on the small disk."""
    return lambda name: make_user(disk.path / name, name)


def send_until_refused(a):
    """Sends until the disk is full; returns the numbers accepted and refused."""
    number = 0
    while number < MANY:
        for _ in range(20):
            a.send("bob", f"{number} {TEXT}", ref=number)
            number += 1
        for each in range(number - 20, number):
            wait_for_answer(a, each)
        if a.seen("error"):
            break
    return ([event["ref"] for event in a.seen("queued")],
            [event["ref"] for event in a.seen("error") if "ref" in event])


def wait_for_answer(a, ref):
    """Waits until a command was accepted or refused."""
    with a._news:
        assert a._news.wait_for(
            lambda: any(event.get("ref") == ref and event["event"] in ("queued", "error")
                        for event in a.events), 60), f"no answer to {ref}"


def numbers(texts):
    return [int(text.split()[0]) for text in texts]


def shown(peer, count):
    """Which messages were shown, once there are so many."""
    return numbers(event["content"] for event in peer.wait_for_count(count, "message"))


def incoming(user):
    return numbers(message["content"] for message in crash.dump(user)
                   if message["direction"] == "incoming")


def test_a_sender_without_room_says_so_and_goes_on_when_there_is_some(on_disk, disk, user, peer):
    alice, bob = on_disk("alice"), user("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.at)
    a.wait_for("connected", peer="bob")
    disk.fill()
    accepted, refused = send_until_refused(a)
    assert refused, "the disk was never full"
    assert not set(accepted) & set(refused), "a message was accepted and refused"
    for event in a.seen("error"):
        assert event["code"] == "storage", event
        assert "full" in event["message"] and event["message"].endswith("."), event
    b.wait_for_count(len(accepted), "message")

    disk.make_room()
    a.send("bob", "9999 there is room again", ref=9999)
    a.wait_for("delivered", ref=9999)
    a.wait_for_count(len(accepted) + 1, "delivered")
    assert shown(b, len(accepted) + 1) == [*accepted, 9999]
    a.quit()
    database.check_integrity(alice)


def test_what_a_sender_accepted_before_the_disk_was_full_survives_a_crash(
        on_disk, disk, user, peer):
    alice, bob = on_disk("alice"), user("bob")
    a = peer(alice, trust=[bob])
    disk.fill()
    accepted, refused = send_until_refused(a)
    assert refused, "the disk was never full"
    a.kill()
    disk.make_room()
    b = peer(bob, trust=[alice])
    again = peer(alice, connect=b.at)
    again.send("bob", "9999", ref=9999)
    again.wait_for("delivered", ref=9999)
    assert shown(b, len(accepted) + 1) == [*accepted, 9999]


def test_a_receiver_without_room_gives_no_receipt_and_goes_on_when_there_is_some(
        on_disk, disk, user, peer):
    alice, bob = user("alice"), on_disk("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.at)
    a.wait_for("connected", peer="bob")
    disk.fill()
    for number in range(MANY):
        a.send("bob", f"{number} {TEXT}", ref=number)
    complaint = b.wait_for("error", code="storage")
    assert "full" in complaint["message"] and complaint["message"].endswith(".")
    a.fence()
    told = [event["ref"] for event in a.seen("delivered")]
    assert set(told) <= set(incoming(bob)), "a receipt for what is not on the disk"
    assert len(told) < MANY, "the disk was never full"

    disk.make_room()
    a.wait_for_count(MANY, "delivered", timeout=90)
    assert shown(b, MANY) == list(range(MANY))
    assert len(b.seen("error")) < 50, "it complains without end"
    b.quit()
    assert incoming(bob) == list(range(MANY))
    database.check_integrity(bob)


def test_a_receiver_without_room_that_crashes_has_what_it_gave_receipts_for(
        on_disk, disk, user, peer):
    alice, bob = user("alice"), on_disk("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.at)
    a.wait_for("connected", peer="bob")
    disk.fill()
    for number in range(MANY):
        a.send("bob", f"{number} {TEXT}", ref=number)
    b.wait_for("error", code="storage")
    b.kill()
    a.wait_for("disconnected", peer="bob")
    disk.make_room()
    told = {event["ref"] for event in a.seen("delivered")}
    assert told <= set(incoming(bob)) and len(told) < MANY
    peer(bob, connect=a.at)
    a.wait_for_count(MANY, "delivered", timeout=90)
    assert incoming(bob) == list(range(MANY))


def limit_files(size=600_000):
    """To be called in the child: no file may grow beyond so many bytes."""
    # Python gives its children the usual action back, which is death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def set_limit(peer, size=resource.RLIM_INFINITY):
    resource.prlimit(peer.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("frames", [5, 8, 11])
def test_a_receiver_keeps_the_order_where_small_messages_fit_and_large_ones_do_not(
        user, peer, frames):
    """The log has room for so many more frames of 4,120 bytes: for some of the messages."""
    alice, bob = user("alice"), user("bob")
    b = peer(bob, trust=[alice], preparation=lambda: limit_files(resource.RLIM_INFINITY))
    a = peer(alice, trust=[bob], connect=b.at)
    a.send("bob", "0", ref=0)
    a.wait_for("delivered", ref=0)
    b.fence()
    # The limit counts for what is written past it, and so for the room that is made beforehand.
    set_limit(b, database.log_length(database.log(bob).read_bytes()) + 4120 * frames)
    for number in range(1, 6):
        a.send("bob", f"{number} " + "x" * (16000 if number % 2 else 1), ref=number)
    b.wait_for("error", code="storage")
    # What the user sends is tried at once, and with it all that waits.
    b.send("alice", "is there room?", ref="try")
    wait_for_answer(b, "try")
    set_limit(b)
    a.wait_for_count(6, "delivered", timeout=90)
    assert shown(b, 6) == list(range(6))
    b.quit()
    assert incoming(bob) == list(range(6))


def test_files_that_may_not_grow_are_a_clear_error_as_well(user, peer):
    """A limit on the size of files needs no root, and fails in another way (EFBIG)."""
    alice, bob = user("alice"), user("bob")
    b = peer(bob, trust=[alice])
    a = peer(alice, trust=[bob], connect=b.at, preparation=limit_files)
    a.wait_for("connected", peer="bob")
    accepted, refused = send_until_refused(a)
    assert refused and not set(accepted) & set(refused)
    assert {event["code"] for event in a.seen("error")} == {"storage"}
    set_limit(a)
    a.send("bob", "9999", ref=9999)
    a.wait_for("delivered", ref=9999)
    assert shown(b, len(accepted) + 1) == [*accepted, 9999]


def test_there_is_no_room_for_a_first_start(on_disk, disk):
    alice = on_disk("alice")
    disk.fill()
    result = run("p2pchat", "--json", "--listen", "127.0.0.1:0", *alice.tail(), home=alice.home)
    assert result.returncode != 0
    assert "full" in assert_one_sentence(result.stderr)
    disk.make_room()
    again = run("p2pchat", "--json", "--listen", "127.0.0.1:0", *alice.tail(), home=alice.home)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
def test_a_read_only_home_is_a_clear_error(on_disk, disk, peer, used):
    alice = on_disk("alice")
    if used:
        peer(alice).quit()
    disk.make_read_only()
    result = run("p2pchat", "--json", "--listen", "127.0.0.1:0", *alice.tail(), home=alice.home)
    assert result.returncode != 0 and not result.stdout
    assert_one_sentence(result.stderr)
