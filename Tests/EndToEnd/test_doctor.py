"""`p2pchat doctor`: each fault, made on purpose, is named with what mends it and what shows it."""

import json
import socket
import subprocess

import pytest

from harness.dhtnode import DHTNode
from harness.networks import Networks, unavailable
from harness.programs import assert_no_crash, clean_environment, program, run

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
    assert event["event"] == "doctor"
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
    assert set(findings) == {"home", "keys", "listening", "addresses", "multicast", "dht",
                             "port_mapping", "clock", "tls"}
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
