"""The router is asked for a port, told when it is not needed any more, and left alone on request."""

import pytest

from harness.router import IGD, NATPMP

PATIENCE = 60


@pytest.fixture
def behind(peer, networks, user):
    """Starts p2pchat on a machine of a private network, where it may ask the router."""
    def start(*arguments, host=None):
        return peer(user("alice"), "--no-dht", "--no-beacon", *arguments, internet=True,
                    listen="0.0.0.0:5555", preparation=(host or networks.host(1)).prepare)
    return start


def mapping(program):
    """What it says of the router, once that has answered."""
    while True:
        status = program.ask("status").get("port_mapping")
        if status is None or "not answered" not in status.get("problem", ""):
            return status


def test_nat_pmp(behind, networks, ending):
    host = networks.host(1)
    router = NATPMP(networks.hub, "10.77.0.254")
    ending.callback(router.close)
    a = behind(host=host)
    assert router.wait_for("map", PATIENCE) == ("map", 5555, 5555, 7200)
    assert mapping(a) == {"method": "NAT-PMP", "external_host": "25.0.0.9",
                          "external_port": 6555}
    a.command("quit")
    a.wait_for_exit(0)
    assert router.wait_for("unmap")[1] == 5555


def test_upnp_igd(behind, networks, ending):
    host, router = networks.host(1), IGD(networks.host(2))
    ending.callback(router.close)
    a = behind(host=host)
    assert router.wait_for("map", PATIENCE) == ("map", 5555, 5555, 7200)
    assert mapping(a) == {"method": "UPnP-IGD", "external_host": "25.0.0.9",
                          "external_port": 5555}
    a.command("quit")
    a.wait_for_exit(0)
    assert router.wait_for("unmap")[2] == 5555


def test_a_router_that_refuses(behind, networks, ending):
    host = networks.host(1)
    router = NATPMP(networks.hub, "10.77.0.254", refuses=True)
    ending.callback(router.close)
    a = behind(host=host)
    router.wait_for("map", PATIENCE)
    assert mapping(a) == {"problem": "the router refused"}


def test_a_router_is_left_alone_on_request(behind, networks, ending):
    host = networks.host(1)
    router = NATPMP(networks.hub, "10.77.0.254")
    ending.callback(router.close)
    a = behind("--no-port-mapping", host=host)
    assert mapping(a) is None
    a.command("quit")
    a.wait_for_exit(0)
    assert not router.asked
