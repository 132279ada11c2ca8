"""Contacts who are not on the same network find each other through the distributed hash table.

The table is a real one: Debian's `dhtnode` in a network that the test makes of namespaces.
"""

import pytest

from harness.dhtnode import DHTNode
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
