"""Networks of a test's own: namespaces with a bridge between them, gone with the test.

Needs root and Linux; see `unavailable`. Nothing of it is seen from outside, so tests run side by
side.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import socket
import struct
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
BEACON_PORT = 5557
BEACON_GROUP = "239.255.112.99"


def unavailable():
    """Why there can be no networks here; None where there can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "network namespaces need ip(8), in Debian's iproute2"
    name = f"p2pc{secrets.token_hex(3)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode:
        return f"no network namespaces here: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], capture_output=True)
    return None


def ip(*arguments):
    result = subprocess.run(["ip", *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, f"ip {' '.join(map(str, arguments))}: {result.stderr}"
    return result.stdout


def enter(descriptor):
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """A machine: a namespace, with an interface eth0 on a network."""

    def __init__(self, namespace, hub, bridge, address):
        self.namespace, self.hub = namespace, hub
        self.address = None
        ip("netns", "add", namespace)
        self._descriptor = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
        self._plug = f"v{secrets.token_hex(5)}"
        ip("-n", hub, "link", "add", self._plug, "type", "veth", "peer", "name", "eth0",
           "netns", namespace)
        ip("-n", hub, "link", "set", self._plug, "master", bridge, "up")
        ip("-n", namespace, "link", "set", "lo", "up")
        ip("-n", namespace, "link", "set", "eth0", "up")
        self.move(address)

    def move(self, address):
        """Takes this IPv4 address, in place of the one before."""
        ip("-n", self.namespace, "-4", "addr", "flush", "dev", "eth0")
        ip("-n", self.namespace, "addr", "add", f"{address}/24", "brd", "+", "dev", "eth0")
        ip("-n", self.namespace, "route", "replace", "default", "via",
           address.rsplit(".", 1)[0] + ".254")
        self.address = address

    def without_ipv4(self):
        """Is left with the address of the link that its IPv6 makes by itself."""
        ip("-n", self.namespace, "-4", "addr", "flush", "dev", "eth0")

    def without_ipv6(self):
        """Is left with what is given it, and with silence where nobody speaks."""
        subprocess.run(["ip", "netns", "exec", self.namespace, "sysctl", "-q", "-w",
                        "net.ipv6.conf.all.disable_ipv6=1"], check=True, capture_output=True)

    def prepare(self):
        """Runs in a child before its program: that is on this machine then."""
        enter(self._descriptor)

    @contextlib.contextmanager
    def within(self):
        """Sockets made meanwhile, by this thread, are this machine's."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            enter(self._descriptor)
            yield self
        finally:
            enter(home)
            os.close(home)

    def listening_socket(self, group=BEACON_GROUP, port=BEACON_PORT):
        """A UDP socket in the beacon's group, as anybody on the network may have one."""
        with self.within():
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            ear.bind(("", port))
            request = socket.inet_aton(group) + socket.inet_aton(self.address)
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
            return ear

    def sending_socket(self):
        with self.within():
            mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                             socket.inet_aton(self.address))
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", 1))
            return mouth

    def close(self):
        os.close(self._descriptor)
        subprocess.run(["ip", "netns", "delete", self.namespace], capture_output=True)


class Networks:
    """Networks 10.77.N.0/24, N from 0, with a router between them at .254.

    Another prefix makes addresses that are not private: 198.18 is set aside for measurements (RFC
    2544), and nobody's.
    """

    def __init__(self, prefix="10.77"):
        self._prefix = prefix
        self._token = secrets.token_hex(3)
        self._hosts = []
        self._bridges = set()
        self.hub = f"p2ph{self._token}"
        ip("netns", "add", self.hub)
        ip("-n", self.hub, "link", "set", "lo", "up")
        subprocess.run(["ip", "netns", "exec", self.hub, "sysctl", "-q", "-w",
                        "net.ipv4.ip_forward=1"], check=True, capture_output=True)

    def host(self, number, network=0):
        """A machine numbered so on a network numbered so."""
        bridge = f"br{network}"
        if bridge not in self._bridges:
            ip("-n", self.hub, "link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
            ip("-n", self.hub, "addr", "add", f"{self._prefix}.{network}.254/24", "dev", bridge)
            ip("-n", self.hub, "link", "set", bridge, "up")
            self._bridges.add(bridge)
        host = Host(f"p2p{self._token}n{len(self._hosts)}", self.hub, bridge,
                    f"{self._prefix}.{network}.{number}")
        self._hosts.append(host)
        return host

    def close(self):
        for host in self._hosts:
            host.close()
        subprocess.run(["ip", "netns", "delete", self.hub], capture_output=True)
