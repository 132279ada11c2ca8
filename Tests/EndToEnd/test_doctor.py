"""`p2pchat doctor`: each fault, made on purpose, is named with what mends it and what shows it."""

import json
import socket
import subprocess
import time

import pytest

from harness import schema
from harness.dhtnode import DHTNode
from harness.networks import Networks, ip, unavailable
from harness.programs import assert_no_crash, clean_environment, program, run, tool

# What would touch a network that is not the test's.
QUIET = ["--no-dht", "--no-port-mapping"]


@pytest.fixture
def internet(ending):
    if reason := unavailable():
        pytest.skip(reason)
    made = Networks(prefix="198.18")
    ending.callback(made.close)
    return made


def examine(user, *arguments, host=None):
    """The status, and the findings by area."""
    process = subprocess.run(
        [program("p2pchat"), "doctor", "--json", *user.tail(), *arguments], capture_output=True,
        text=True, timeout=120, env=clean_environment(user.home), cwd=user.home,
        preexec_fn=host.prepare if host else None)
    assert_no_crash("p2pchat", process.returncode, process.stderr)
    assert process.returncode in (0, 1), process.stderr
    [line] = process.stdout.splitlines()
    event = json.loads(line)
    schema.check(event)
    findings = {}
    for finding in event["findings"]:
        assert finding["text"] and "\n" not in finding["text"] and finding["command"]
        findings.setdefault(finding["area"], []).append(finding)
    problems = [finding for finding in event["findings"] if finding["verdict"] == "problem"]
    assert process.returncode == (1 if problems else 0), problems
    assert all(finding.get("advice") for finding in problems), problems
    return findings, {finding["area"] for finding in problems}


def test_a_machine_where_all_is_well(user, internet):
    alice, host = user("alice"), internet.host(1)
    findings, problems = examine(alice, *QUIET, host=host)
    assert not problems
    # In order, one or more of each that the schema has.
    areas = schema.load("events")["$defs"]["finding"]["properties"]["area"]["enum"]
    assert list(findings) == areas
    assert "eth0" in findings["multicast"][0]["text"]
    assert "198.18.0.1" in findings["addresses"][0]["text"]
    assert "X25519" in findings["tls"][0]["text"]
    assert alice.fingerprint in findings["home"][0]["text"]


def test_it_is_said_in_lines(user, internet):
    alice, host = user("alice"), internet.host(1)
    alice.key.chmod(0o644)
    process = subprocess.run(
        [program("p2pchat"), "doctor", *alice.tail(), *QUIET], capture_output=True, text=True,
        timeout=120, env=clean_environment(alice.home), preexec_fn=host.prepare)
    assert process.returncode == 1
    [problem] = [line for line in process.stdout.splitlines() if line.startswith("!! ")]
    assert f"chmod 600 {alice.key}" in problem and "[ls -la " in problem


def test_a_port_in_use(user):
    alice = user("alice")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        findings, problems = examine(
            alice, *QUIET, "--no-beacon", "--listen", f"127.0.0.1:{port}")
    assert "listening" in problems
    assert findings["listening"][0]["command"] == f"ss -tlnp 'sport = :{port}'"


def test_no_multicast(user, internet):
    alice, host = user("alice"), internet.host(1)
    subprocess.run(["ip", "-n", host.namespace, "link", "set", "eth0", "multicast", "off"],
                   check=True)
    findings, problems = examine(alice, *QUIET, host=host)
    assert problems == {"multicast"}
    assert "multicast on" in findings["multicast"][0]["advice"]


def test_beacons_need_no_route(user, internet):
    """They go out by each interface, whatever the routing table says of the group."""
    alice, host = user("alice"), internet.host(1)
    ip("-n", host.namespace, "route", "delete", "default")
    ip("-n", host.namespace, "route", "add", "unreachable", "224.0.0.0/4")
    with host.within(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(OSError):
            sock.sendto(b"", ("239.255.112.99", 5557))
    findings, problems = examine(alice, *QUIET, host=host)
    assert not problems and "eth0" in findings["multicast"][0]["text"]


def test_a_firewall_that_drops_multicast(user, internet):
    alice, host = user("alice"), internet.host(1)
    for rule in ("add table inet f", "add chain inet f i { type filter hook input priority 0; }",
                 "add rule inet f i udp dport 5557 drop"):
        subprocess.run(["ip", "netns", "exec", host.namespace, tool("nft"), rule], check=True)
    findings, problems = examine(alice, *QUIET, host=host)
    assert problems == {"multicast"}
    assert "5557" in findings["multicast"][0]["advice"]


@pytest.mark.parametrize("ahead, verdict, said", [
    (0, "fine", "agrees"), (3 * 3600 + 60, "problem", "3 hours behind"),
    (-40 * 60 - 5, "problem", "40 minutes ahead of")])
def test_the_clock_beside_a_contacts(user, credential, peer, dial, ahead, verdict, said):
    alice, bob = user("alice"), credential("bob")
    a = peer(alice, trust=[bob])
    session = dial(a.address, bob)
    session.hello("bob", timestamp=time.time() + ahead)
    a.wait_for("connected", peer="bob")
    assert abs(a.ask("status")["clock"]["difference"] - ahead) < 60
    findings, problems = examine(alice, *QUIET, "--no-beacon")
    [finding] = findings["clock"]
    assert finding["verdict"] == verdict and said in finding["text"]
    # What was said in the hello is ours, by our clock.
    assert abs(session.expect("hello")["timestamp"] - time.time()) < 60


def test_a_proxy(user, socks):
    alice, proxy = user("alice"), socks()
    findings, problems = examine(alice, "--socks5", proxy.address)
    assert not problems
    assert proxy.address in findings["proxy"][0]["text"]
    # Nothing is tried that would show where we are.
    for area in ("listening", "multicast", "dht", "port_mapping"):
        assert findings[area][0]["verdict"] == "off", findings[area]
    assert not proxy.asked


@pytest.mark.parametrize("behaviour, said", [
    ("password", "password"), ("garbage", "no SOCKS5 proxy"), ("hang up", "does not answer"),
    ("hang", "does not answer")])
def test_a_proxy_that_fails(user, socks, behaviour, said):
    alice, proxy = user("alice"), socks(behaviour=behaviour)
    findings, problems = examine(alice, "--socks5", proxy.address)
    assert problems == {"proxy"} and said in findings["proxy"][0]["text"]


def test_listening_beside_a_proxy(user, socks, internet):
    alice, host = user("alice"), internet.host(1)
    proxy = socks(host=host)
    findings, problems = examine(
        alice, "--socks5", proxy.address, "--listen", f"{host.address}:5555", host=host)
    assert problems == {"listening"} and "certificate" in findings["listening"][0]["text"]
    findings, problems = examine(
        alice, "--socks5", proxy.address, "--listen", "127.0.0.1:5555", host=host)
    assert not problems


@pytest.mark.slow
def test_no_bootstrap(user, internet):
    alice, host = user("alice"), internet.host(1)
    nobody = internet.host(2)
    findings, problems = examine(
        alice, "--no-port-mapping", "--dht-bootstrap", f"{nobody.address}:4222", host=host)
    assert problems == {"dht"}
    assert "dhtnode" in findings["dht"][0]["command"]


def test_a_bootstrap_that_answers(user, internet, ending, folder):
    alice = user("alice")
    node = DHTNode(internet.host(1, network=1), folder)
    ending.callback(node.close)
    node.wait_for("running on port")
    findings, problems = examine(
        alice, "--no-port-mapping", "--dht-bootstrap", node.address, host=internet.host(1))
    assert not problems and findings["dht"][0]["verdict"] == "fine"


@pytest.mark.parametrize("loose, mode", [("key", 0o640), ("folder", 0o755)])
def test_loose_modes(user, loose, mode):
    alice = user("alice")
    path = getattr(alice, loose)
    path.chmod(mode)
    findings, problems = examine(alice, *QUIET, "--no-beacon", "--listen", "127.0.0.1:0")
    assert "keys" in problems
    assert any(f"chmod {'600' if loose == 'key' else '700'} {path}" in finding["advice"]
               for finding in findings["keys"] if finding["verdict"] == "problem")


def test_no_identity(folder):
    result = run("p2pchat", "doctor", "--home", folder / "nothing", *QUIET, "--no-beacon",
                 "--listen", "127.0.0.1:0", home=folder)
    assert result.returncode == 1
    assert "p2pchat-keygen" in result.stdout


def test_a_chat_that_runs_is_asked(user, peer):
    alice = user("alice")
    a = peer(alice)
    findings, problems = examine(alice, *QUIET, "--no-beacon")
    assert "listening" not in problems
    assert a.address in findings["listening"][0]["text"]
    status = a.ask("status")
    assert status["listening"] == a.address and "dht" not in status
