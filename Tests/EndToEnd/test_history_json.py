"""Stored messages in JSON mode: paged, marked read, forgotten, kept for a time."""

import pytest


def test_history_is_paged_from_its_end(pair):
    a, b = pair()
    for number in range(25):
        b.send("alice", f"number {number}")
    a.wait_for_count(25, "message")
    pages, before = [], None
    while True:
        more = {} if before is None else {"before": before}
        page = a.ask("history", **{"with": "bob"}, limit=10, **more)
        pages.insert(0, [message["content"] for message in page["messages"]])
        if not page["has_older"]:
            break
        before = page["messages"][0]["position"]
    assert [len(page) for page in pages] == [5, 10, 10]
    assert sum(pages, []) == [f"number {number}" for number in range(25)]


def test_history_survives_a_restart_and_tells_states(pair, peer):
    a, b = pair()
    a.send("bob", "hello")
    a.wait_for("delivered")
    b.send("alice", "hi")
    came = a.wait_for("message")
    a.quit()
    again = peer(a.user)
    answer = again.ask("history", **{"with": b.user.fingerprint}, ref=7)
    assert answer["ref"] == 7
    assert [(m["direction"], m["content"], m["state"]) for m in answer["messages"]] == [
        ("outgoing", "hello", "delivered"), ("incoming", "hi", "delivered")]
    assert answer["messages"][1]["id"] == came["id"]
    assert answer["messages"][1]["position"] == came["position"]


def test_read_is_told_where_it_is_switched_on(pair):
    a, b = pair()
    answer = a.ask("preferences")
    assert (answer["read_receipts"], answer["typing"]) == (False, False)
    b.send("alice", "secretly read", ref=1)
    first = a.wait_for("message")
    a.command("read", **{"with": "bob"}, position=first["position"])
    a.fence()
    assert a.ask("preferences", read_receipts=True)["read_receipts"] is True
    b.send("alice", "read", ref=2)
    second = a.wait_for("message", content="read")
    a.command("read", **{"with": "bob"}, id=second["id"])
    assert b.wait_for("read")["id"] == second["id"]
    b.fence()
    assert not [e for e in b.events if e["event"] == "read" and e["id"] == first["id"]]
    states = [m["state"] for m in b.ask("history", **{"with": "alice"})["messages"]]
    assert states == ["delivered", "read"]


def test_typing_is_told_where_it_is_switched_on(pair):
    a, b = pair()
    a.command("typing", to="bob")
    a.ask("preferences", typing=True)
    a.command("typing", to="bob")
    b.wait_for("typing", peer="alice")
    a.send("bob", "there")
    b.wait_for("message")
    assert len([e for e in b.events if e["event"] == "typing"]) == 1


def test_forget_and_retention(pair):
    a, b = pair()
    for number in range(3):
        b.send("alice", f"{number}")
    first = a.wait_for("message")
    a.wait_for_count(3, "message")
    a.command("forget", **{"with": "bob"}, id=first["id"])
    assert a.wait_for("forgotten")["messages"] == 1
    a.command("forget", **{"with": "bob"}, id=first["id"], ref="again")
    assert a.wait_for("error", ref="again")["code"] == "unknown-message"
    assert a.ask("retention", **{"with": "bob"})["seconds"] is None
    assert a.ask("retention", **{"with": "bob"}, seconds=86_400)["seconds"] == 86_400
    assert a.ask("retention", **{"with": "bob"})["seconds"] == 86_400
    a.command("forget", **{"with": "bob"}, contact=True)
    answer = a.wait_for("forgotten")
    assert (answer["messages"], answer["contact"]) == (2, True)
    assert a.ask("contacts")["contacts"] == []
    assert a.ask("history", **{"with": b.user.fingerprint})["messages"] == []


@pytest.mark.parametrize("name,fields,code", [
    ("history", {"with": "nobody"}, "unknown-contact"),
    ("read", {"with": "nobody", "position": 1}, "unknown-contact"),
    ("typing", {"to": "nobody"}, "unknown-contact"),
    ("forget", {"with": "nobody"}, "unknown-contact"),
    ("retention", {"with": "nobody", "seconds": 1}, "unknown-contact"),
    ("resend", {"to": "nobody", "id": "0b1c5f0e-58c4-4f6f-9c0a-2f6f0f1d7a10"},
     "unknown-contact")])
def test_errors_have_a_code(user, peer, name, fields, code):
    a = peer(user("alice"))
    a.command(name, **fields, ref="x")
    assert a.wait_for("error", ref="x")["code"] == code


def test_plain_text_keeps_nothing(user, peer):
    a = peer(user("alice"), "--insecure")
    for name in ("history", "forget", "retention"):
        a.command(name, **{"with": "bob"}, ref=name)
        assert a.wait_for("error", ref=name)["code"] == "insecure-mode"


def test_what_the_original_dialect_did_not_confirm_is_resent_on_demand(
        user, credential, peer, dial):
    """Bob, who can't tell a copy from a new message, takes one and leaves without his ack."""
    alice, bob = user("alice"), credential("bob")
    a = peer(alice, trust=[bob])
    with dial(a.address, bob, alpn=None) as session:
        a.wait_for("connected", dialect="seed")
        a.send("bob", "once?")
        assert session.read_object()["content"] == "once?"
    identifier = a.wait_for("error", code="unconfirmed") and a.wait_for("queued")["id"]
    [message] = a.ask("history", **{"with": "bob"})["messages"]
    assert (message["id"], message["state"]) == (identifier, "sent")
    with dial(a.address, bob, alpn=None) as session:
        a.wait_for("connected", dialect="seed")
        a.fence()
        a.command("resend", to="bob", id=identifier)
        assert session.read_object()["content"] == "once?"
        session.send({"sender": "bob", "content": "Ack: Message received", "timestamp": 1})
        assert a.wait_for("delivered")["id"] == identifier
    a.command("resend", to="bob", id=identifier, ref="again")
    assert a.wait_for("error", ref="again")["code"] == "unknown-message"
