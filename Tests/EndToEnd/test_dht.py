"""Contacts who are not on the same network find each other through the distributed hash table.

The table is a real one: Debian's `dhtnode` in a network that the test makes of namespaces.
"""

import contextlib
import socket
import threading
import time

import pytest

from harness.dhtnode import DHTNode, Stranger
from harness.networks import Networks, unavailable
from harness.programs import EX_USAGE, run

# Joining a network, publishing and looking up take several round trips of OpenDHT's.
PATIENCE = 90


@pytest.fixture
def internet(ending):
    """Networks with addresses that are not private."""
    if reason := unavailable():
        pytest.skip(reason)
    made = Networks(prefix="198.18")
    ending.callback(made.close)
    return made


@pytest.fixture
def bootstrap(internet, ending, folder):
    node = DHTNode(internet.host(1, network=9), folder)
    ending.callback(node.close)
    node.wait_for("running on port")
    return node


@pytest.fixture
def online(peer, bootstrap):
    """Starts a peer on a machine, in the table and off the beacon."""
    def start(user, host, *arguments, **options):
        return peer(user, "--dht-bootstrap", bootstrap.address, "--no-beacon",
                    "--no-port-mapping", *arguments, internet=True, preparation=host.prepare,
                    listen="0.0.0.0:5555", **options)
    return start


@pytest.mark.slow
def test_two_contacts_on_different_subnets(internet, online, user):
    """The first session is by address; after it they find each other wherever they are."""
    alice, bob = user("alice"), user("bob")
    here, there = internet.host(1, network=0), internet.host(1, network=1)
    a = online(alice, here, trust=[bob])
    b = online(bob, there, trust=[alice], connect=f"alice@{here.address}:5555")
    a.wait_for("connected", peer="bob")
    b.wait_for("connected", peer="alice")
    b.command("quit")
    b.wait_for_exit()
    a.wait_for("disconnected", peer="bob")
    # Bob goes where nobody expects him; alice does too, so that no address that is known helps.
    a.command("quit")
    a.wait_for_exit()
    here.move("198.18.0.2")
    there.move("198.18.1.2")
    a, b = online(alice, here), online(bob, there)
    connected = a.wait_for("connected", timeout=PATIENCE, peer="bob")
    b.wait_for("connected", timeout=PATIENCE, peer="alice")
    places = next(contact["places"] for program in (a, b)
                  for contact in program.ask("contacts")["contacts"]
                  if any(place["origin"] == "dht" for place in contact["places"]))
    assert any(place.get("worked") for place in places), places
    a.send(bob, "found you")
    assert b.wait_for("message")["content"] == "found you"
    a.command("quit")
    a.wait_for_exit()
    nodes = alice.folder / "dht-nodes"
    assert nodes.stat().st_mode & 0o777 == 0o600
    assert len(nodes.read_text().splitlines()) >= 1


@pytest.mark.slow
def test_a_fingerprint_finds_who_is_discoverable(internet, online, user, bootstrap):
    """`p2pchat trust --fingerprint … bob` with no address, and a forged record beside the real."""
    alice, bob = user("alice"), user("bob")
    here, there = internet.host(1, network=0), internet.host(1, network=1)
    b = online(bob, there, "--discoverable", trust=[alice])
    key = bob.fingerprint.replace(":", "").lower()[:40]
    # dhtnode's own look-up shows the record, name and all.
    record = bootstrap.wait_for_value(key, "7032706401", PATIENCE)
    assert "bob".encode().hex() in record
    # Anybody can write there too: the record with one address changed, and plain noise.
    bootstrap.put(key, "not a record")
    trusted = run("p2pchat", "trust", *alice.tail(), "--fingerprint", bob.fingerprint, "bob",
                  home=alice.home)
    assert trusted.returncode == 0, trusted.stderr
    a = online(alice, here)
    event = a.wait_for("connected", timeout=PATIENCE, peer="bob")
    assert event["address"].startswith(there.address)
    b.wait_for("connected", peer="alice")


class Trap:
    """Counts who dials a machine's port 5555, and lets nobody in."""

    def __init__(self, host):
        self.dials = 0
        self._news = threading.Condition()
        with host.within():
            self._server = socket.create_server((host.address, 5555), backlog=64)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                self._server.accept()[0].close()
                with self._news:
                    self.dials += 1
                    self._news.notify_all()

    def wait(self):
        with self._news:
            assert self._news.wait_for(lambda: self.dials, PATIENCE), "nobody dialled"

    def close(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@pytest.mark.slow
def test_a_forged_record_is_ignored_and_a_replayed_one_costs_few_dials(
        internet, online, user, bootstrap, ending, folder):
    alice, bob = user("alice"), user("bob")
    here, there = internet.host(1, network=0), internet.host(1, network=1)
    b = online(bob, there, "--discoverable", trust=[alice])
    key = bob.fingerprint.replace(":", "").lower()[:40]
    record = bytes.fromhex(bootstrap.wait_for_value(key, "7032706401", PATIENCE))
    b.quit()
    # Eve takes the address that the record speaks of, and repeats it. Mallory's is the same with
    # mallory's address in it.
    eve, mallory = internet.host(66, network=1), internet.host(66, network=2)
    gone = there.address
    there.move("198.18.1.99")
    eve.move(gone)
    assert socket.inet_aton(gone) in record
    forged = record.replace(socket.inet_aton(gone), socket.inet_aton(mallory.address))
    stranger = Stranger(eve, bootstrap.address, folder)
    ending.callback(stranger.close)
    stranger.put(key, forged)
    stranger.put(key, record)
    stranger.put(key, record[:-1])
    stranger.put(key, bytes(1000))
    for value in (forged, record):
        bootstrap.wait_for_value(key, value.hex(), PATIENCE)
    traps = {host: Trap(host) for host in (eve, mallory)}
    for trap in traps.values():
        ending.callback(trap.close)
    assert run("p2pchat", "trust", *alice.tail(), "--fingerprint", bob.fingerprint, "bob",
               home=alice.home).returncode == 0
    began = time.monotonic()
    a = online(alice, here)
    traps[eve].wait()
    for _ in range(5):
        stranger.put(key, record)
        stranger.put(key, forged)
    b = online(bob, there, "--discoverable")
    assert a.wait_for("connected", timeout=PATIENCE, peer="bob")["address"].startswith(
        there.address)
    # Eight dials at once, and then six a minute.
    bound = 8 + 6 * (time.monotonic() - began) / 60
    assert traps[eve].dials <= bound, f"{traps[eve].dials} dials, of {bound:.1f}"
    assert traps[mallory].dials == 0
    assert len(a.seen("connected")) == 1


@pytest.mark.slow
def test_near_by_the_beacon_and_far_by_the_table(internet, peer, user, bootstrap):
    """Alice has both. Bob, on her network, is not in the table; carol, on another, is nowhere else.
    Then carol moves."""
    alice, bob, carol = people = user("alice"), user("bob"), user("carol")
    hosts = [internet.host(1, network=0), internet.host(2, network=0), internet.host(1, network=1)]

    def start():
        table = ["--dht-bootstrap", bootstrap.address]
        return [peer(who, *(["--no-dht"] if who is bob else table), "--no-port-mapping",
                     trust=[other for other in people if other is not who], internet=True,
                     preparation=host.prepare, listen="0.0.0.0:5555")
                for who, host in zip(people, hosts)]

    def meet(*pairs):
        for one, other in pairs:
            one.wait_for("connected", timeout=PATIENCE, peer=other.user.fingerprint)
            other.wait_for("connected", timeout=PATIENCE, peer=one.user.fingerprint)
    running = a, b, c = start()
    for index, one in enumerate(running):
        for host, other in list(zip(hosts, people))[index + 1:]:
            one.command("connect", address=f"{host.address}:5555", to=other.fingerprint)
    meet((a, b), (a, c), (b, c))
    for one in running:
        one.quit()
    for host in hosts:
        host.move(f"{host.address}1")
    a, b, c = start()
    meet((a, b), (a, c))

    def origins(one, other):
        places = [place for program, name in ((one, other.name), (other, one.name))
                  for contact in program.ask("contacts")["contacts"] if contact["name"] == name
                  for place in contact["places"]]
        now = {host.address for host in hosts}
        return {place["origin"] for place in places
                if place.get("worked") and place["address"].rsplit(":", 1)[0] in now}
    # Beside it may stand that a session came from there.
    assert "beacon" in origins(a, b) and "dht" not in origins(a, b)
    assert "dht" in origins(a, c) and "beacon" not in origins(a, c)
    assert not b.seen("connected", peer="carol")
    # Carol moves while all of them run.
    hosts[2].move("198.18.1.77")
    c.send("alice", "moved")
    assert a.wait_for("message", timeout=2 * PATIENCE)["content"] == "moved"
    a.send("carol", "found you")
    assert c.wait_for("message", timeout=2 * PATIENCE)["content"] == "found you"


@pytest.mark.parametrize("arguments", [
    ["--no-dht", "--dht-bootstrap", "192.0.2.1:4222"], ["--dht-port", "0"],
    ["--dht-port", "65536"], ["--dht-bootstrap", "nowhere"], ["--no-dht", "--dht-port", "4222"],
    ["--insecure", "--dht-bootstrap", "192.0.2.1:4222"], ["--dht-bootstrap", "192.0.2.1:0"]],
    ids=" ".join)
def test_options_that_contradict(user, arguments):
    alice = user("alice")
    result = run("p2pchat", "--json", *alice.tail(), *arguments, home=alice.home)
    assert result.returncode == EX_USAGE, (result.stdout, result.stderr)
    assert not result.stdout and "--dht-" in result.stderr
