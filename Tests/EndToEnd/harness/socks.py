"""A SOCKS5 proxy (RFC 1928) that remembers what it was asked, and can behave badly."""

import contextlib
import ipaddress
import socket
import struct
import threading

from .proxy import Proxy
from .waiting import Deadline

KINDS = {1: "IPv4", 3: "name", 4: "IPv6"}


class SOCKSProxy(Proxy):
    """`names` are those that it can look up: to an address and port each. Numbers are dialled as
    they are. On a machine of harness.networks, or on loopback.

    `behaviour` is one of

    connect    as it should be
    password   lets in nobody without one
    garbage    answers as a web server does
    hang       takes the connection and says nothing
    hang up    closes it at once
    early      sends plain text of its own right behind its answer, as from the other side
    a number   answers a request with this reply
    """

    def __init__(self, names=None, *, host=None, port=0, behaviour="connect"):
        self.behaviour = behaviour
        # What was asked: (kind of address, host, port).
        self.asked = []
        # Connections that came, whatever became of them.
        self.came = 0
        self._names = names or {}
        self._host = host
        self._news = threading.Condition()
        self._kept = []
        self._port = port
        super().__init__("127.0.0.1:0")

    def _inside(self):
        return self._host.within() if self._host else contextlib.nullcontext()

    def _serve(self, server):
        server.close()
        place = self._host.address if self._host else "127.0.0.1"
        with self._inside():
            super()._serve(socket.create_server((place, self._port), backlog=64))

    def _connect(self, inner):
        inner.settimeout(20)
        with self._news:
            self.came += 1
            self._news.notify_all()
        match self.behaviour:
            case "hang":
                self._kept.append(inner)
                return None
            case "hang up":
                raise ConnectionError
            case "garbage":
                read(inner, 3)
                inner.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
                raise ConnectionError
        version, count = read(inner, 2)
        methods = read(inner, count)
        assert version == 5 and 0 in methods, (version, methods)
        if self.behaviour == "password":
            inner.sendall(b"\x05\xff")
            raise ConnectionError
        inner.sendall(b"\x05\x00")
        place = self._request(inner)
        if isinstance(self.behaviour, int):
            inner.sendall(answer(self.behaviour))
            raise ConnectionError
        try:
            with self._inside():
                outer = socket.create_connection(place, timeout=10)
        except OSError:
            inner.sendall(answer(5))
            raise
        early = b'{"sender": "eve", "content": "early"}\n' if self.behaviour == "early" else b""
        inner.sendall(answer(0) + early)
        inner.settimeout(None)
        outer.settimeout(None)
        return outer

    def _request(self, inner):
        version, command, reserved, kind = read(inner, 4)
        assert (version, command, reserved) == (5, 1, 0), (version, command, reserved)
        if kind == 3:
            name = read(inner, read(inner, 1)[0]).decode()
        else:
            name = str(ipaddress.ip_address(read(inner, {1: 4, 4: 16}[kind])))
        [port] = struct.unpack("!H", read(inner, 2))
        with self._news:
            self.asked.append((KINDS[kind], name, port))
            self._news.notify_all()
        if kind != 3:
            return name, port
        if name not in self._names:
            inner.sendall(answer(4))
            raise ConnectionError
        host, _, number = self._names[name].rpartition(":")
        return host, int(number)

    def wait_for(self, asked, timeout=None):
        """Until it was asked for this."""
        self._wait(lambda: asked in self.asked, f"asked for {asked}", timeout)

    def wait_for_count(self, count, timeout=None):
        """Until so many connections have come."""
        self._wait(lambda: self.came >= count, f"dialled {count} times", timeout)

    def _wait(self, condition, what, timeout):
        deadline = Deadline(timeout)
        with self._news:
            while not condition():
                assert not deadline.passed, f"never {what}: {self.came} came, {self.asked}"
                self._news.wait(deadline.left)

    def close(self):
        super().close()
        for each in self._kept:
            each.close()


def read(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise ConnectionError("it hung up")
        data += more
    return data


def answer(reply):
    return bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0])
