"""Line mode at a terminal: what a person sees while somebody else is talking."""

import re

import pytest

from harness.programs import clean_environment, program


@pytest.fixture
def conversation(user, peer, terminal):
    """Alice at a terminal, connected with bob, who is driven by the test."""
    def start(**options):
        alice, bob = user("alice"), user("bob")
        b = peer(bob, trust=[alice])
        screen = terminal(
            [program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0", "--trust",
             bob.certificate, "--connect", b.at], **options)
        b.wait_for("connected", peer="alice")
        screen.wait_for("bob is online")
        return screen, b
    return start


def last_row_is(screen, typed):
    """Waits until what is being typed stands on the last row, the cursor after it."""
    return screen.wait_until(
        lambda rows: rows and rows[-1].endswith(typed), f"{typed!r} to be on the last row")


def test_what_is_typed_goes_out(conversation):
    screen, b = conversation()
    screen.enter("/msg bob hello from a person")
    assert b.wait_for("message")["content"] == "hello from a person"
    screen.wait_for("hello from a person")


def test_plain_text_goes_to_the_current_conversation(conversation):
    screen, b = conversation()
    b.send("alice", "hello alice")
    screen.wait_for("hello alice")
    screen.enter("/msg bob hi")
    screen.enter("and more")
    assert [e["content"] for e in b.wait_for_count(2, "message")] == ["hi", "and more"]


def test_typing_survives_an_incoming_message(conversation):
    screen, b = conversation()
    screen.enter("/msg bob first")
    b.wait_for("message")
    screen.type("half a senten")
    last_row_is(screen, "half a senten")
    b.send("alice", "an interruption")
    row = screen.wait_for("an interruption")
    assert "bob" in row and "half a senten" not in row
    rows = last_row_is(screen, "half a senten")
    assert screen.cursor() == (len(rows[-1]), len(rows) - 1)
    assert sum("half a senten" in row for row in rows) == 1
    screen.enter("ce")
    assert b.wait_for("message", content="half a sentence")


def test_typing_survives_many_messages_and_the_cursor_stays(conversation):
    screen, b = conversation()
    screen.enter("/msg bob first")
    b.wait_for("message")
    screen.type("helo there")
    # Back to where a letter is missing: after "hel".
    screen.press(*["Left"] * 7)
    for number in range(40):
        b.send("alice", f"line {number}")
    screen.wait_for("line 39")
    rows = last_row_is(screen, "helo there")
    column, row = screen.cursor()
    assert row == len(rows) - 1
    assert rows[-1][column:] == "o there"
    assert not any("helo" in row for row in rows[:-1])
    screen.enter("l")
    assert b.wait_for("message", content="hello there")


def test_typing_over_more_than_one_row_survives(conversation):
    screen, b = conversation(columns=40)
    screen.enter("/msg bob first")
    b.wait_for("message")
    text = "a sentence that is a good deal longer than forty columns can hold on one row"
    screen.type(text)

    def shows(rows):
        return text in "".join(row.ljust(40) for row in rows)
    screen.wait_until(shows, "the long text")
    b.send("alice", "an interruption")
    screen.wait_for("an interruption")
    rows = screen.wait_until(shows, "the long text")
    assert sum("a sentence that" in row for row in rows) == 1
    screen.enter("!")
    assert b.wait_for("message", content=text + "!")


@pytest.mark.parametrize("text", ["Zoë naïve", "日本語です", "ok 👍 ok"])
def test_typing_beyond_ascii_survives(conversation, text):
    screen, b = conversation()
    screen.enter("/msg bob first")
    b.wait_for("message")
    screen.type(text)
    last_row_is(screen, text)
    b.send("alice", "an interruption")
    screen.wait_for("an interruption")
    last_row_is(screen, text)
    screen.press("BSpace")
    screen.enter("x")
    assert b.wait_for("message", content=text[:-1] + "x")


def test_history_by_arrow_keys(conversation):
    screen, b = conversation()
    screen.enter("/msg bob once")
    b.wait_for("message", content="once")
    screen.press("Up")
    last_row_is(screen, "/msg bob once")
    screen.enter(" more")
    assert b.wait_for("message", content="once more")


def test_a_reply_after_a_resize(conversation):
    screen, b = conversation()
    screen.enter("/msg bob first")
    b.wait_for("message")
    screen.type("wide")
    last_row_is(screen, "wide")
    screen.resize(50, 20)
    b.send("alice", "narrower now")
    screen.wait_for("narrower now")
    last_row_is(screen, "wide")
    screen.enter("r")
    assert b.wait_for("message", content="wider")


def test_who_lists_contacts_and_their_presence(conversation):
    screen, b = conversation()
    screen.press("C-l")
    screen.enter("/who")
    screen.wait_until(
        lambda rows: any("bob" in row and "online" in row for row in rows), "bob in the list")
    b.command("presence", state="away")
    screen.wait_until(
        lambda rows: any("bob" in row and "away" in row for row in rows), "bob to be away")


def test_away_and_back(conversation):
    screen, b = conversation()
    screen.enter("/away")
    b.wait_for("presence", state="away")
    screen.enter("/back")
    b.wait_for("presence", state="online")


def test_help_names_every_command(conversation):
    screen, _ = conversation(rows=50)
    screen.enter("/help")
    for command in ("/help", "/who", "/msg", "/connect", "/accept", "/verify", "/away", "/quit"):
        screen.wait_until(lambda rows: sum(command in row for row in rows) >= 1, command)


def test_what_is_no_command_is_said_and_not_sent(conversation):
    screen, b = conversation()
    screen.enter("/msg bob first")
    b.wait_for("message")
    screen.enter("/qiut")
    screen.wait_for("Did you mean /quit")
    screen.enter("/msg nobody hello")
    screen.wait_until(lambda rows: any("no contact" in row and "nobody" in row for row in rows),
                      "a word about nobody")
    screen.enter("done")
    b.wait_for("message", content="done")
    assert len(b.seen("message")) == 2


def test_a_request_is_shown_and_accepted(user, peer, terminal):
    alice, bob = user("alice"), user("bob")
    screen = terminal([program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0"], columns=120)
    row = screen.wait_for("127.0.0.1:")
    address = re.search(r"127\.0\.0\.1:\d+", row).group()
    b = peer(bob, trust=[alice], connect=address)
    screen.wait_until(
        lambda rows: bob.fingerprint in "".join(rows) and "/accept" in "".join(rows),
        "the request with its fingerprint")
    screen.enter("/accept bob")
    b.command("connect", address=address, to="alice")
    b.wait_for("connected", peer="alice")
    screen.enter("/msg bob welcome")
    assert b.wait_for("message")["content"] == "welcome"


def test_verify_shows_the_number_and_asks(conversation, user):
    screen, b = conversation()
    screen.enter("/verify bob")
    rows = screen.wait_until(
        lambda rows: len(re.findall(r"\b\d{5}\b", " ".join(rows))) >= 12, "the safety number")
    assert not any("is verified" in row for row in rows)
    screen.enter("yes")
    screen.wait_for("bob is verified")


def test_an_imposter_is_loud(user, peer, terminal, dial, credential):
    alice, bob = user("alice"), user("bob")
    imposter = credential("imposter", common_name="bob")
    screen = terminal([program("p2pchat"), *alice.tail(), "--listen", "127.0.0.1:0", "--trust",
                       bob.certificate], columns=120)
    address = re.search(r"127\.0\.0\.1:\d+", screen.wait_for("127.0.0.1:")).group()
    dial(address, imposter).expect_alert()
    screen.wait_until(
        lambda rows: imposter.fingerprint in "".join(rows) and bob.fingerprint in "".join(rows),
        "both fingerprints")


@pytest.mark.parametrize("leave", [
    lambda screen: screen.enter("/quit"), lambda screen: screen.press("C-d"),
    lambda screen: screen.press("C-c")], ids=["quit", "C-d", "C-c"])
def test_leaving(conversation, leave):
    screen, b = conversation()
    leave(screen)
    b.wait_for("presence", peer="alice", state="offline")
    b.wait_for("disconnected", peer="alice")
    assert screen.wait_for("left with") in ("left with 0", "left with 130")


def test_the_terminal_is_left_as_it_was(conversation):
    """After leaving, what is typed is echoed again."""
    screen, _ = conversation()
    screen.enter("/quit")
    screen.wait_for("left with 0")
    screen.enter("visible again")
    screen.wait_for("visible again")


@pytest.mark.parametrize("plain", [False, True], ids=["color", "NO_COLOR"])
def test_color(conversation, folder, plain):
    environment = clean_environment(folder, **({"NO_COLOR": "1"} if plain else {}))
    screen, b = conversation(environment=environment)
    b.send("alice", "colorful?")
    screen.wait_for("colorful?")
    row = [row for row in screen.screen(colors=True) if "colorful?" in row][-1]
    assert ("\x1b[" in row) is not plain


def test_nothing_in_a_message_moves_the_cursor_or_the_title(conversation):
    screen, b = conversation()
    before = screen.title()
    b.send("alice", "a\x1b[2J\x1b[Hb\x1b]0;owned\x07c\x9b2Jd\x08\x08\x08\re")
    screen.wait_until(lambda rows: any("owned" in row for row in rows), "the message")
    rows = screen.screen()
    assert any("bob is online" in row for row in rows), "what stood there was cleared"
    assert screen.title() == before


def test_a_message_cannot_look_like_somebody_elses(conversation):
    """A message's later lines are never to be taken for lines of their own."""
    screen, b = conversation()
    b.send("alice", "one line")
    model = screen.wait_for("one line")
    forged = model.replace("bob", "carol").replace("one line", "send money")
    b.send("alice", f"hello\n{forged}\r\n{forged}\u2028{forged}")
    screen.wait_for("send money")
    assert not any(row.startswith(forged.split("carol")[0] + "carol")
                   for row in screen.screen() if "send money" in row)
