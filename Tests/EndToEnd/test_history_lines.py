"""Line mode remembers: earlier lines when a conversation is opened, paging, read marks, search."""

import subprocess

import pytest

from harness.programs import clean_environment, program, run
from harness.waiting import PATIENCE


@pytest.fixture
def alice(user):
    return user("alice")


@pytest.fixture
def start(alice, terminal):
    """Opens alice's line mode in a terminal: `screen = start(b)`."""
    def open_line_mode(b, *arguments, rows=50):
        return terminal(
            [program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0", "--trust",
             b.user.certificate, "--connect", b.at, *arguments], rows=rows)
    return open_line_mode


@pytest.fixture
def bob(user, peer, alice):
    return peer(user("bob"), trust=[alice])


def ended(screen):
    screen.enter("/quit")
    screen.wait_for("left with 0")


def rows_between(screen, first, last):
    """The rows after the last that holds `first`, up to the next that holds `last`."""
    def find(rows):
        starts = [index for index, row in enumerate(rows) if first in row]
        ends = [index for index, row in enumerate(rows) if starts and last in row
                and index > starts[-1]]
        return rows[starts[-1] + 1:ends[0]] if ends else None
    return find(screen.wait_until(find, f"{first!r} and then {last!r}"))


def test_earlier_lines_are_shown_and_new_ones_told_apart(start, bob):
    screen = start(bob)
    screen.wait_for("bob is online")
    for number in range(3):
        bob.send("alice", f"before {number}")
    screen.wait_for("before 2")
    screen.enter("an answer")
    bob.wait_for("message")
    ended(screen)
    bob.wait_for("disconnected")
    screen = start(bob)
    screen.wait_for("bob is online")
    rows = [row.split("] ", 1)[-1] for row in rows_between(screen, "-- earlier with bob", "-- now")]
    assert rows[1:] == ["bob: before 0", "bob: before 1", "bob: before 2",
                        "alice → bob: an answer  ✓"]
    assert rows[0].startswith("-- ")
    bob.send("alice", "after that")
    screen.wait_for("after that")
    assert len([row for row in screen.screen() if "after that" in row]) == 1


def test_what_came_while_nobody_looked_is_new(start, bob, alice, peer):
    # A program of hers takes it; she has not seen it.
    bot = peer(alice, trust=[bob.user], connect=bob.at)
    bob.wait_for("connected")
    bob.send("alice", "unseen")
    bot.wait_for("message")
    bot.quit()
    screen = start(bob)
    rows = rows_between(screen, "-- new --", "-- now")
    assert [row.split("] ", 1)[-1] for row in rows][1:] == ["bob: unseen"]
    ended(screen)
    screen = start(bob)
    screen.wait_for("bob: unseen")
    screen.wait_for("-- now")
    assert not any("-- new --" in row for row in screen.screen())


def test_history_pages_back(start, bob, alice, peer):
    bot = peer(alice, trust=[bob.user], connect=bob.at)
    bob.wait_for("connected")
    for number in range(70):
        bob.send("alice", f"number {number}.")
    bot.wait_for_count(70, "message")
    bot.command("read", **{"with": "bob"}, position=10_000)
    bot.fence()
    bot.quit()
    screen = start(bob, rows=100)
    rows = rows_between(screen, "/history more goes further back", "-- now")
    assert len(rows) == 21 and "number 50." in rows[1]
    screen.enter("/history more")
    screen.wait_for("number 10.")
    screen.enter("/history more")
    screen.wait_for("number 0.")
    screen.enter("/history more")
    screen.wait_for("There is nothing before that.")
    screen.enter("/history 2 --ids")
    rows = rows_between(screen, "> /history 2", "-- now")
    assert "number 68." in rows[2] and rows[3].endswith("]")


def test_read_receipts_and_typing_go_out_where_they_are_on(start, bob):
    screen = start(bob)
    screen.wait_for("bob is online")
    screen.enter("/receipts")
    screen.wait_for("not told that you have read")
    bob.send("alice", "unconfessed")
    screen.wait_for("unconfessed")
    screen.enter("/receipts on")
    screen.wait_for("are told that you have read")
    screen.enter("/typing on")
    screen.wait_for("are told while you are writing")
    bob.send("alice", "and now?", ref=1)
    bob.wait_for("read", ref=1)
    # Away from the screen nothing is read.
    screen.enter("/away")
    bob.wait_for("presence", state="away")
    bob.send("alice", "anybody?", ref=2)
    screen.wait_for("anybody?")
    assert not bob.seen("read", ref=2)
    screen.enter("/back")
    bob.wait_for("read", ref=2)
    screen.type("half")
    bob.wait_for("typing", peer="alice")
    # Commands are nobody's business.
    assert len([event for event in bob.events if event["event"] == "typing"]) == 1


def test_who_is_writing_is_in_the_prompt(start, bob):
    screen = start(bob)
    screen.wait_for("bob is online")
    bob.ask("preferences", typing=True)
    bob.command("typing", to="alice")
    screen.wait_for("bob (writing)>")
    bob.send("alice", "here it is")
    screen.wait_for("here it is")
    screen.wait_until(lambda rows: rows and rows[-1] == "bob>", "the prompt to be as before")


def test_other_conversations_stay_unread_until_they_are_opened(start, bob, user, peer, alice):
    carol = user("carol")
    screen = start(bob, "--trust", carol.certificate, "--to", "bob")
    screen.wait_for("bob is online")
    listening = [row for row in screen.screen() if "Listening on" in row][0]
    address = listening.split("Listening on ")[1].rstrip(".")
    c = peer(carol, trust=[alice], connect=address)
    c.wait_for("connected")
    screen.enter("/receipts on")
    screen.wait_for("are told that you have read")
    c.send("alice", "psst", ref=1)
    screen.wait_for("carol: psst")
    screen.enter("/who")
    screen.wait_for("1 unread")
    assert not c.seen("read", ref=1)
    screen.enter("/msg carol")
    c.wait_for("read", ref=1)
    # It stands on the screen already.
    assert len([row for row in screen.screen() if "carol: psst" in row]) == 1


def test_search_forget_and_retention(start, bob, alice):
    screen = start(bob)
    screen.wait_for("bob is online")
    bob.send("alice", "the Harbour at noon")
    screen.wait_for("Harbour")
    screen.enter("/search harbour")
    screen.wait_for("1 match.")
    screen.enter("/search lighthouse")
    screen.wait_for("Nothing found in 1 message.")
    screen.enter("/retention 90d")
    screen.wait_for("are kept for 90 days")
    screen.enter("/forget --last")
    screen.wait_for("Forget for good? (yes/no)")
    screen.enter("no")
    screen.wait_for("Nothing was changed.")
    screen.enter("/forget")
    screen.wait_for("1 message with bob would be removed")
    screen.enter("yes")
    screen.wait_for("1 message forgotten")
    screen.enter("/history")
    screen.wait_for("There are no messages with bob yet.")
    screen.enter("/forget --contact")
    screen.wait_for("would be trusted no longer")
    screen.enter("yes")
    bob.wait_for("disconnected")
    screen.enter("/contacts")
    screen.wait_for("You have no contacts yet")


def test_what_another_program_forgets_is_told(start, bob, alice):
    screen = start(bob)
    screen.wait_for("bob is online")
    bob.send("alice", "not for long")
    screen.wait_for("not for long")
    result = run("p2pchat", "forget", "bob", "--yes", *alice.tail(), home=alice.home)
    assert result.returncode == 0, result.stderr
    screen.wait_for("1 message with bob forgotten, by another program.")
    screen.enter("/history")
    screen.wait_for("There are no messages with bob yet.")


def test_what_is_piped_reads_nothing_and_shows_nothing_earlier(alice, bob, peer):
    bot = peer(alice, trust=[bob.user], connect=bob.at)
    bob.wait_for("connected")
    bob.send("alice", "earlier", ref=1)
    bot.wait_for("message")
    bot.ask("preferences", read_receipts=True)
    bot.quit()
    bob.wait_for("disconnected")
    process = subprocess.Popen(
        [program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0", "--connect", bob.at],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=clean_environment(alice.home))
    process.stdin.write("a line\n")
    process.stdin.flush()
    bob.wait_for("message", content="a line")
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "earlier" not in output
    assert not bob.seen("read", ref=1)


def test_plain_text_has_no_history(terminal, user):
    alice = user("alice")
    screen = terminal([program("p2pchat"), "--insecure", *alice.tail(), "--listen", "127.0.0.1:0"])
    screen.wait_for("Listening")
    for count, command in enumerate(
            ("/history", "/search x", "/forget x", "/retention x", "/resend"), 1):
        screen.enter(command)
        screen.wait_until(
            lambda rows: sum("no messages are kept" in row for row in rows) == count,
            f"the answer to {command}")
