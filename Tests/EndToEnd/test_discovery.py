"""Contacts find each other on a network without being told an address."""

import contextlib
import json
import queue
import socket
import time

import pytest

from harness.networks import BEACON_GROUP, BEACON_PORT
from harness.programs import run
from harness.waiting import Deadline
from seed_standin import SeedDiscovery

ALL = "0.0.0.0:5555"


@pytest.fixture
def on(peer):
    """Starts p2pchat for a user on a machine of the test's network."""
    def start(host, user, *arguments, listen=ALL, **options):
        return peer(user, *arguments, listen=listen, preparation=host.prepare, **options)
    return start


@pytest.fixture
def acquainted(user, networks, on):
    """People who have met once, and whose machines all have other addresses since."""
    def make(*names, first=1):
        people = [(user(name), networks.host(first + index)) for index, name in enumerate(names)]
        running = []
        for who, host in people:
            others = [other for other, _ in people if other is not who]
            running.append(on(host, who, trust=others))
        for index, one in enumerate(running):
            for other, (_, host) in list(zip(running, people))[index + 1:]:
                one.command("connect", address=f"{host.address}:5555", to=other.user.fingerprint)
        for one in running:
            for other in running:
                if other is not one:
                    one.wait_for("connected", peer=other.user.fingerprint)
        for one in running:
            one.quit()
        for index, (_, host) in enumerate(people):
            host.move(host.address.rsplit(".", 1)[0] + f".{100 + first + index}")
        return people
    return make


def places(program, name):
    listed = program.ask("contacts")["contacts"]
    return next(contact["places"] for contact in listed if contact["name"] == name)


def test_two_contacts_find_each_other_and_say_how(acquainted, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    a, b = on(here, alice), on(there, bob)
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    a.send("bob", "found you")
    assert b.wait_for("message")["content"] == "found you"
    known = places(a, "bob") + places(b, "alice")
    found = [place for place in known if place["origin"] == "beacon"]
    # Who dialled whom is chance: it is known to one at least, with the time.
    assert any(place["address"] in (f"{here.address}:5555", f"{there.address}:5555")
               and place["worked"] > 0 for place in found), known
    listed = [run("p2pchat", "contacts", *who.tail(), home=who.home).stdout for who in (alice, bob)]
    assert any("found by beacon, last worked 2" in text for text in listed), listed
    a.quit()
    b.quit()
    # And the same from the disk, with nobody running.
    assert [run("p2pchat", "contacts", *who.tail(), home=who.home).stdout.splitlines()[1:]
            for who in (alice, bob)] == [text.splitlines()[1:] for text in listed]


def test_ten_contacts_find_each_other(acquainted, on):
    names = [f"user{number}" for number in range(10)]
    people = acquainted(*names)
    began = time.monotonic()
    running = [on(host, who, wait=False) for who, host in people]
    for one in running:
        for who, _ in people:
            if who is not one.user:
                one.wait_for("connected", peer=who.fingerprint)
    print(f"45 pairs in {time.monotonic() - began:.1f} s")


def test_one_who_moves_is_found_again(acquainted, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    a, b = on(here, alice), on(there, bob)
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    there.move("10.77.0.200")
    # Nothing is told where the new session comes before the old one is missed.
    b.send("alice", "moved")
    assert a.wait_for("message", timeout=120)["content"] == "moved"
    [contact] = a.ask("contacts")["contacts"]
    assert "10.77.0.200:" in json.dumps(contact)


def test_with_nothing_but_addresses_of_the_link_they_find_each_other(acquainted, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    for host in (here, there):
        host.without_ipv4()
    a, b = on(here, alice, listen="[::]:5555"), on(there, bob, listen="[::]:5555")
    a.wait_for("connected", peer="bob", address=lambda text: text.startswith("[fe80::"))
    b.wait_for("connected", peer="alice")
    known = places(a, "bob") + places(b, "alice")
    assert any(place["address"].endswith("%eth0]:5555") and place["origin"] == "beacon"
               for place in known), known


def test_where_there_is_no_ipv6_address_the_usual_place_is_listened_at(user, networks, on):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    here.without_ipv6()
    a = on(here, alice, trust=[bob], listen=None)
    assert (a.host, a.port) == ("::", 5555)
    b = on(there, bob, trust=[alice], connect=f"alice@{here.address}:5555")
    b.wait_for("connected", peer="alice")


def test_one_on_another_network_is_not_found(acquainted, networks, on):
    (alice, here), (bob, there), (carol, beyond) = acquainted("alice", "bob", "carol")
    other = networks.host(9, network=1)
    ear = other.listening_socket()
    a, b = on(here, alice), on(there, bob)
    c = on(other, carol)
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    # Carol's own beacons are all that is to be heard on her network.
    sources = set()
    for _ in range(8):
        sources.add(ear.recvfrom(2048)[1][0])
    ear.close()
    assert sources == {other.address}
    assert not a.seen("connected", peer="carol")
    assert not c.seen("connected")


def test_beacons_say_nothing_to_others(acquainted, networks, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    stranger = networks.host(50)
    ear = stranger.listening_socket()
    ear.settimeout(60)
    on(here, alice)
    datagrams = [ear.recv(2048) for _ in range(12)]
    ear.close()
    for secret in (b"alice", b"bob", bytes.fromhex(alice.fingerprint.replace(":", ""))[:6],
                   bytes.fromhex(bob.fingerprint.replace(":", ""))[:6],
                   alice.fingerprint.encode()[:12]):
        assert not any(secret in datagram for datagram in datagrams)
    assert {len(datagram) for datagram in datagrams} == {1128}
    # Three rounds of four, each with a salt of its own, and no entry twice.
    assert len({datagram[8:24] for datagram in datagrams}) == 3
    entries = [datagram[24 + 92 * index:24 + 92 * (index + 1)]
               for datagram in datagrams for index in range(12)]
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize("arguments", [["--no-beacon"], ["--insecure"]])
def test_switched_off_it_is_silent(user, networks, on, arguments):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    ear = networks.host(3).listening_socket()
    on(here, alice, *arguments)
    # Bob's come; where alice's were to come, they would have come with them.
    on(there, bob)
    ear.settimeout(60)
    sources = {ear.recvfrom(2048)[1][0] for _ in range(12)}
    ear.close()
    assert sources == {there.address}


def test_who_listens_for_this_machine_alone_is_not_announced(user, networks, on):
    alice, bob = user("alice"), user("bob")
    ear = networks.host(3).listening_socket()
    on(networks.host(1), alice, listen="127.0.0.1:0")
    there = networks.host(2)
    on(there, bob)
    ear.settimeout(60)
    sources = {ear.recvfrom(2048)[1][0] for _ in range(12)}
    ear.close()
    assert sources == {there.address}


def test_one_who_does_not_listen_finds_those_who_do(acquainted, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    b = on(there, bob)
    a = on(here, alice, "--no-listen", listen=None, wait=False)
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")


def test_a_replayed_beacon_leads_to_no_session_and_few_dials(acquainted, networks, on):
    (alice, here), (bob, there) = acquainted("alice", "bob")
    eve = networks.host(66)
    ear = eve.listening_socket()
    ear.settimeout(60)
    a = on(here, alice)
    recorded = [ear.recv(2048) for _ in range(8)]
    ear.close()
    a.quit()
    # Eve takes the address that the beacons speak of, and repeats them.
    gone = here.address
    here.move("10.77.0.250")
    eve.move(gone)
    with eve.within():
        trap = socket.create_server((gone, 5555), backlog=64)
    mouth = eve.sending_socket()
    b = on(there, bob)
    dials = 0
    deadline = Deadline(15)
    trap.settimeout(0.1)
    while not deadline.passed:
        for datagram in recorded:
            mouth.sendto(datagram, (BEACON_GROUP, BEACON_PORT))
            forged = bytearray(datagram)
            forged[40] ^= 1
            mouth.sendto(forged, (BEACON_GROUP, BEACON_PORT))
        with contextlib.suppress(TimeoutError):
            connection, _ = trap.accept()
            connection.close()
            dials += 1
    mouth.close()
    trap.close()
    assert 1 <= dials <= 8, f"{dials} dials"
    assert not b.seen("connected")


def test_a_neighbour_can_be_asked_to_become_a_contact(user, networks, on):
    alice, bob = user("alice"), user("bob")
    here, there = networks.host(1), networks.host(2)
    a = on(here, alice, "--discoverable")
    b = on(there, bob)
    deadline = Deadline()
    neighbours = []
    while not neighbours and not deadline.passed:
        neighbours = b.ask("nearby")["neighbours"]
        time.sleep(0.1)
    assert [(one["name"], one["fingerprint"]) for one in neighbours] == [
        ("alice", alice.fingerprint)]
    assert f"{here.address}:5555" in neighbours[0]["addresses"]
    # Bob is not discoverable himself.
    assert a.ask("nearby")["neighbours"] == []
    b.command("trust", fingerprint=neighbours[0]["fingerprint"], name="alice")
    b.command("connect", address=f"{here.address}:5555", to="alice")
    request = a.wait_for("request")
    assert (request["name"], request["fingerprint"]) == ("bob", bob.fingerprint)
    a.command("accept", fingerprint=bob.fingerprint)
    b.wait_for("connected", peer="alice")


def test_the_original_programs_broadcast_is_seen_and_sees_us(user, networks, on):
    alice = user("alice")
    here, there = networks.host(1), networks.host(2)
    with there.within():
        seed = SeedDiscovery("carol", there.address, 5000)
    try:
        a = on(here, alice, "--insecure", listen="0.0.0.0:5556")
        seen = a.wait_for("presence", state="online")
        assert seen["peer"]["name"] == "carol"
        assert seen["peer"]["fingerprint"] is None
        message, source = seed.heard.get(timeout=60)
        assert json.dumps(sorted(message)) == json.dumps(
            ["host", "port", "timestamp", "type", "username"])
        assert (message["username"], message["host"], message["port"]) == (
            "alice", here.address, 5556)
        assert source[0] == here.address
    finally:
        seed.close()
    gone = a.wait_for("presence", state="offline")
    assert gone["peer"]["name"] == "carol"


def test_the_original_programs_port_can_be_another_or_none(user, networks, on):
    here, there = networks.host(1), networks.host(2)
    with there.within():
        seed = SeedDiscovery("carol", there.address, 5000)
    try:
        quiet = on(here, user("alice"), "--insecure", "--seed-discovery-port", 0,
                   listen="0.0.0.0:5556")
        heard = on(here, user("bob"), "--insecure", listen="0.0.0.0:5557")
        heard.wait_for("presence", peer="carol")
        message, _ = seed.heard.get(timeout=60)
        assert message["username"] == "bob"
        assert not quiet.seen("presence")
        with pytest.raises(queue.Empty):
            while seed.heard.get_nowait()[0]["username"] == "bob":
                pass
    finally:
        seed.close()
