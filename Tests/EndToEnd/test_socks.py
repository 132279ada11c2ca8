"""Through a SOCKS5 proxy alone: names go to it unresolved, and nothing goes anywhere else."""

import socket
import struct

import pytest

from harness import native
from harness.programs import EX_TEMPFAIL, EX_UNAVAILABLE, EX_USAGE, assert_one_sentence, run

ONION = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"


@pytest.fixture
def through(peer):
    """Starts p2pchat behind a proxy; it says whether it listens only where it does."""
    def start(user, proxy, *arguments, listen=None, **options):
        return peer(user, "--socks5", proxy.address, *arguments, listen=listen, wait=bool(listen),
                    **options)
    return start


@pytest.mark.parametrize("name", ["alice.example", ONION, "LOCALHOST.", "xn--caf-dma.example"])
def test_a_name_reaches_the_proxy_as_it_is(user, peer, through, socks, name):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks({name: a.address})
    b = through(bob, proxy, trust=[alice], connect=f"alice@{name}:5555")
    connected = b.wait_for("connected", peer="alice")
    assert connected["address"] == f"{name}:5555"
    a.wait_for("connected", peer="bob")
    assert proxy.asked == [("name", name, 5555)]
    b.send("alice", "through it")
    assert a.wait_for("message")["content"] == "through it"
    # Whom it has met there it finds there again, with nothing said.
    b.quit()
    a.wait_for("disconnected", peer="bob")
    b = through(bob, proxy)
    b.wait_for("connected", peer="alice")
    assert set(proxy.asked) == {("name", name, 5555)}
    [contact] = b.ask("contacts")["contacts"]
    assert [place["address"] for place in contact["places"]] == [f"{name}:5555"]
    assert contact["places"][0]["worked"] > 0
    assert contact["connected"] == f"{name}:5555"


def test_numbers_are_asked_for_as_numbers(user, peer, through, socks):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks()
    b = through(bob, proxy, trust=[alice], connect=f"alice@{a.address}")
    b.wait_for("connected", peer="alice")
    assert proxy.asked == [("IPv4", "127.0.0.1", a.port)]
    b.command("connect", address="[2001:db8::7]:5555", to="alice")
    b.command("connect", address="[fe80::7%lo]:5555")
    failure = b.wait_for("error")
    assert "link" in failure["message"] and "[fe80::7%lo]:5555" in failure["message"]
    assert len(proxy.asked) == 1


def test_the_peer_is_not_told_where_we_are(user, through, socks, listener, credential):
    """What the other side reads: a hello with no port, and presence with no address."""
    bob, alice = user("bob"), credential("alice")
    server = listener(native.server_context(alice, trusted=[bob]))
    proxy = socks({"alice.example": server.address})
    b = through(bob, proxy, trust=[alice], connect="alice@alice.example:5555",
                listen="127.0.0.1:0")
    session = server.accept()
    session.hello("alice")
    hello = session.expect("hello")
    assert "port" not in hello
    presence = session.expect("user_presence")
    assert presence["action"] == "online"
    assert not {"ip", "port"} & set(presence)
    session.send({"type": "presence_list"})
    assert session.expect("presence_list")["users"] == {}


def test_it_is_said_that_a_proxy_is_used(user, through, socks, peer, terminal):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks({"alice.example": a.address})
    b = through(bob, proxy, trust=[alice], connect="alice@alice.example:5555")
    b.wait_for("connected", peer="alice")
    status = b.ask("status")
    assert status["proxy"] == proxy.address
    assert not {"listening", "dht", "port_mapping"} & set(status)
    b.quit()
    b = through(bob, proxy, listen="127.0.0.1:0")
    assert b.seen("listening")[0]["proxy"] == proxy.address
    b.quit()
    result = run("p2pchat", *bob.tail(), "--socks5", proxy.address, home=bob.home, stdin="/who\n")
    assert f"Every connection goes through the SOCKS5 proxy at {proxy.address}." in result.stdout
    assert f"  Through the SOCKS5 proxy at {proxy.address}:" in result.stdout
    assert "Listening" not in result.stdout


def frames(sock):
    """Destination addresses and ports of what left, of all that an AF_PACKET socket has."""
    while True:
        try:
            data, (interface, protocol, kind, *_) = sock.recvfrom(65536)
        except BlockingIOError:
            return
        if kind == socket.PACKET_OUTGOING or interface == "lo":
            yield interface, protocol, data


def destinations(sock):
    found = set()
    for interface, protocol, data in frames(sock):
        if protocol == 0x0800:
            header = 14 + (data[14] & 0xF) * 4
            name = {6: "TCP", 17: "UDP", 2: "IGMP"}.get(data[23], str(data[23]))
            port = struct.unpack("!H", data[header + 2:header + 4])[0] if name[1:] in (
                "CP", "DP") else 0
            found.add((interface, name, socket.inet_ntoa(data[30:34]), port))
        elif protocol == 0x0806:
            found.add((interface, "ARP", socket.inet_ntoa(data[38:42]), 0))
        else:
            found.add((interface, hex(protocol), "", 0))
    return found


def tap(host, ending):
    """Hears all that passes this machine's interfaces."""
    with host.within():
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    ending.callback(ear.close)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    ear.setblocking(False)
    return ear


def test_nothing_leaves_but_to_the_proxy(user, peer, through, socks, networks, ending):
    """By a capture of all that leaves the machine: no beacon, no broadcast, no name looked up, no
    table, no router asked, no contact dialled directly, while the proxy works and while not."""
    alice, bob = user("alice"), user("bob")
    before, gate, there = networks.host(1), networks.host(2), networks.host(3, network=1)
    a = peer(alice, "--no-beacon", trust=[bob], preparation=there.prepare, listen="0.0.0.0:5555")
    # They get to know each other, and where to dial without a proxy. That a tap hears: all of this
    # is full of beacons and looked-up names.
    ear = tap(before, ending)
    loud = peer(bob, trust=[alice], connect=f"alice@{there.address}:5555",
                preparation=before.prepare, listen="0.0.0.0:5555")
    loud.wait_for("connected", peer="alice")
    a.wait_for("connected", peer="bob")
    loud.command("connect", address="alice.example:5555")
    loud.wait_for("error", timeout=90, message=lambda text: "alice.example" in text)
    loud.quit()
    a.wait_for("disconnected", peer="bob")
    heard = destinations(ear)
    assert ("eth0", "UDP", "239.255.112.99", 5557) in heard, heard
    assert ("eth0", "TCP", there.address, 5555) in heard, heard
    looked_up = {entry for entry in heard if entry[1] == "UDP" and entry[3] == 53}
    assert looked_up or no_resolver(), heard

    # From here on another machine, which has nothing to say by itself.
    here = networks.host(4)
    here.without_ipv6()
    ear = tap(here, ending)
    proxy = socks({"alice.example": f"{there.address}:5555"}, host=gate, port=1080)
    # With no option but that: what is to be left off is left off without being said.
    b = through(bob, proxy, connect="alice@alice.example:5555", preparation=here.prepare,
                internet=True)
    b.wait_for("connected", peer="alice")
    a.wait_for("connected", peer="bob")
    b.send("alice", "hidden")
    assert a.wait_for("message")["content"] == "hidden"
    # A message while the proxy is away: it waits, and no other way is taken.
    proxy.close()
    b.wait_for("disconnected", peer="alice")
    b.send("alice", "later")
    b.command("connect", address="alice.example:5555", to="alice")
    failure = b.wait_for("error", code="unreachable")
    assert proxy.address in failure["message"]
    again = socks({"alice.example": f"{there.address}:5555"}, host=gate, port=1080)
    assert a.wait_for("message", timeout=90)["content"] == "later"
    b.quit()
    again.close()
    allowed = {("eth0", "TCP", gate.address, 1080), ("eth0", "ARP", gate.address, 0)}
    left = {entry for entry in destinations(ear) if entry not in allowed}
    # Answers of ARP go to whoever asks.
    assert not {entry for entry in left if entry[1] != "ARP"}, left
    assert {entry[2] for entry in left} <= {gate.address, "10.77.0.254"}, left


def no_resolver():
    """Whether the machine of the tests has no name server to ask at all."""
    with open("/etc/resolv.conf") as text:
        return not any(line.startswith("nameserver") for line in text)


@pytest.mark.parametrize("behaviour, said", [
    ("password", "wants a password"), ("garbage", "no SOCKS5 proxy"), ("hang up", "hung up"),
    ("hang", "in time"), (1, "could not reach"), (2, "does not allow"), (4, "finds no way"),
    (5, "refused the connection"), (8, "give another address"), (0xF0, "reply 240")],
    ids=str)
def test_a_proxy_that_fails_is_said_and_nothing_else_is_tried(
        user, peer, through, socks, behaviour, said):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks({"alice.example": a.address}, behaviour=behaviour)
    b = through(bob, proxy, "--handshake-timeout", 2, trust=[alice],
                connect="alice@alice.example:5555")
    message = b.wait_for("error", code="unreachable")["message"]
    assert said in message, message
    assert "alice.example" in message or proxy.address in message, message
    assert len(b.seen("error")) == 1
    # It goes on, and not in a rush: the second dial comes, and by then there are few.
    proxy.wait_for_count(2, timeout=60)
    assert proxy.came <= 4
    # And by itself it works once the proxy does.
    proxy.behaviour = "connect"
    b.wait_for("connected", timeout=60, peer="alice")
    a.wait_for("connected", peer="bob")
    assert {asked[1] for asked in proxy.asked} == {"alice.example"}


def test_no_proxy_at_all(user, through):
    alice, bob = user("alice"), user("bob")

    class Nobody:
        address = "127.0.0.1:1"
    b = through(bob, Nobody, trust=[alice], connect="alice@alice.example:5555")
    message = b.wait_for("error", code="unreachable")["message"]
    assert message.startswith("The proxy at 127.0.0.1:1 refused the connection")


def test_what_the_proxy_says_for_the_other_side_is_not_believed(
        user, peer, through, socks):
    """Plain text right behind the proxy's answer goes into TLS, which ends it there."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks({"alice.example": a.address}, behaviour="early")
    b = through(bob, proxy, trust=[alice], connect="alice@alice.example:5555")
    refused = b.wait_for("refused", direction="outbound")
    assert refused["reason"] in ("not-tls", "handshake-failed"), refused
    assert not b.seen("message") and not b.seen("connected")


def test_what_was_learnt_near_by_is_not_asked_of_the_proxy(user, peer, through, socks, networks):
    """Addresses that beacons and sessions gave mean nothing where the proxy stands."""
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    # Alice dials bob: he knows the loopback address that she came from.
    b = peer(bob, trust=[alice])
    a.command("connect", address=b.address, to="bob")
    b.wait_for("connected", peer="alice")
    b.quit()
    proxy = socks({"alice.example": a.address})
    b = through(bob, proxy)
    b.send("alice", "where are you?")
    b.wait_for("queued")
    b.command("connect", address="alice.example:5555", to="alice")
    b.wait_for("connected", peer="alice")
    assert set(proxy.asked) == {("name", "alice.example", 5555)}


def test_send(user, peer, socks):
    alice, bob = user("alice"), user("bob")
    a = peer(alice, trust=[bob])
    proxy = socks({"alice.example": a.address})
    peer(bob, trust=[alice]).quit()

    def send(*arguments):
        return run("p2pchat", "send", *bob.tail(), *arguments, home=bob.home)
    result = send("--socks5", proxy.address, "--connect", "alice.example:5555", "alice", "hidden")
    assert result.returncode == 0, result.stderr
    assert a.wait_for("message")["content"] == "hidden"
    # A chat that goes another way is no way for it.
    b = peer(bob)
    result = send("--socks5", proxy.address, "alice", "not so")
    assert result.returncode == EX_UNAVAILABLE
    assert "uses no proxy" in assert_one_sentence(result.stderr)
    b.quit()
    proxy.behaviour = "password"
    result = send("--socks5", proxy.address, "--wait", "2", "alice", "later")
    assert result.returncode == EX_TEMPFAIL
    assert "queued" in assert_one_sentence(result.stderr)
    assert len(a.seen("message")) == 1


@pytest.mark.parametrize("arguments, about", [
    (["--socks5", "127.0.0.1"], "127.0.0.1:9050"), (["--socks5", "proxy.example:9050"], "number"),
    (["--socks5", "127.0.0.1:0"], "127.0.0.1:9050"),
    (["--socks5", "127.0.0.1:9050", "--discoverable"], "--discoverable"),
    (["--socks5", "127.0.0.1:9050", "--dht-bootstrap", "192.0.2.1:4222"], "--dht-bootstrap"),
    (["--socks5", "127.0.0.1:9050", "--dht-port", "4222"], "--dht-port"),
    (["--socks5", "127.0.0.1:9050", "--listen", "alice.example:5555"], "--listen"),
    (["--socks5", "127.0.0.1:9050", "--insecure", "--seed-discovery-port", "50001"],
     "--seed-discovery-port")], ids=lambda value: " ".join(value) if type(value) is list else value)
def test_options_that_contradict(user, arguments, about):
    alice = user("alice")
    result = run("p2pchat", "--json", *alice.tail(), *arguments, home=alice.home)
    assert result.returncode == EX_USAGE, (result.stdout, result.stderr)
    assert not result.stdout and about in result.stderr


def test_the_window_does_not_open_beside_it(user):
    alice = user("alice")
    result = run("p2pchat", *alice.tail(), "--gui", "--socks5", "127.0.0.1:9050", home=alice.home)
    assert result.returncode == EX_USAGE
    assert "--socks5" in result.stderr
