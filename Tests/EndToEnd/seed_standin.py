#!/usr/bin/env python3
"""A stand-in for the Python classroom program whose JSON messages p2pchat keeps.

It behaves on the network as that program does: its listener takes whatever one `recv(1024)`
returns for one whole JSON document and closes on a parse error; it answers every document with an
ack, without a line feed; its sender opens a connection for each message, writes one object without
a line feed, waits for one ack, and closes. With a certificate the same bytes go through mutual
TLS, without ALPN.

By hand, beside `p2pchat --insecure`:

    seed_standin.py listen carol --port 5557
    seed_standin.py send carol 127.0.0.1:5556 "hello"
"""

import argparse
import json
import queue
import socket
import ssl
import sys
import threading
import time

READ_SIZE = 1024


def create_message(sender, content):
    return json.dumps({"sender": sender, "content": content, "timestamp": time.time()})


def tls_context(server, certificate, key, trusted):
    """A context for the same bytes inside mutual TLS, for whoever wraps the old program."""
    side = ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT
    context = ssl.SSLContext(side)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(trusted)
    return context


class SeedPeer:
    """Listens, and sends."""

    def __init__(self, username, *, host="127.0.0.1", port=0, certificate=None, key=None,
                 trusted=None, on_message=None):
        self.username = username
        self._tls = None
        if certificate:
            self._tls = {server: tls_context(server, certificate, key, trusted)
                         for server in (True, False)}
        # Every (sender, content) received, in order; what could not be parsed as (None, error).
        self.messages = queue.Queue()
        self.errors = []
        # The longest document a read returned.
        self.longest = 0
        self._on_message = on_message
        self._server = socket.create_server((host, port))
        self.host, self.port = self._server.getsockname()[:2]
        self.address = f"{self.host}:{self.port}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self):
        # A blocked accept() goes on after close() alone.
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def send(self, address, content, timeout=30):
        """Sends one message over a connection of its own and returns the parsed answer."""
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=timeout) as connection:
            if self._tls:
                connection = self._tls[False].wrap_socket(connection)
            with connection:
                connection.sendall(create_message(self.username, content).encode())
                return json.loads(connection.recv(READ_SIZE).decode())

    def _listen(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                if self._tls:
                    connection = self._tls[True].wrap_socket(connection, server_side=True)
                with connection:
                    self._read_messages(connection)
            except OSError as error:
                self.errors.append(str(error))

    def _read_messages(self, connection):
        while data := connection.recv(READ_SIZE):
            self.longest = max(self.longest, len(data))
            try:
                message = json.loads(data.decode())
                sender, content = message.get("sender"), message.get("content")
            except (ValueError, AttributeError) as error:
                self.errors.append(f"{error}: {data!r}")
                return
            self.messages.put((sender, content))
            if self._on_message:
                self._on_message(sender, content)
            connection.sendall(create_message(self.username, "Ack: Message received").encode())


class SeedDiscovery:
    """Announces a name by broadcast every five seconds, and notes who else does."""

    PORT = 50000
    PERIOD = 5

    def __init__(self, username, host, port):
        self.username, self.host, self.port = username, host, port
        # Every announcement of somebody else's: the parsed object, and where it came from.
        self.heard = queue.Queue()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("", self.PORT))
        self._socket.settimeout(0.2)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._announce, self._listen)]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._ended.set()
        for thread in self._threads:
            thread.join(self.PERIOD + 5)
        self._socket.close()

    def _announce(self):
        while not self._ended.is_set():
            message = {"type": "presence", "username": self.username, "host": self.host,
                       "port": self.port, "timestamp": time.time()}
            self._socket.sendto(json.dumps(message).encode(), ("<broadcast>", self.PORT))
            self._ended.wait(self.PERIOD)

    def _listen(self):
        while not self._ended.is_set():
            try:
                data, source = self._socket.recvfrom(READ_SIZE)
            except TimeoutError:
                continue
            message = json.loads(data.decode())
            if message.get("type") == "presence" and message["username"] != self.username:
                self.heard.put((message, source))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--certificate", help="speak through mutual TLS, with this certificate")
    parser.add_argument("--key", help="the certificate's private key")
    parser.add_argument("--trusted", help="the other side's certificate")
    commands = parser.add_subparsers(dest="command", required=True)
    listen = commands.add_parser("listen", help="print what comes, until interrupted")
    listen.add_argument("username")
    listen.add_argument("--host", default="127.0.0.1")
    listen.add_argument("--port", type=int, default=5555)
    send = commands.add_parser("send", help="send one message and print the answer")
    send.add_argument("username")
    send.add_argument("address", help="HOST:PORT")
    send.add_argument("content")
    options = parser.parse_args()
    tls = {name: getattr(options, name) for name in ("certificate", "key", "trusted")}

    if options.command == "send":
        print(SeedPeer(options.username, **tls).send(options.address, options.content))
        return
    peer = SeedPeer(options.username, host=options.host, port=options.port, **tls,
                    on_message=lambda sender, content: print(f"{sender}: {content}", flush=True))
    print(f"{peer.username} listens on {peer.address}", file=sys.stderr)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        peer.close()


if __name__ == "__main__":
    main()
