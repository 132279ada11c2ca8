"""The protocol spoken by Python's ssl, one thread, everything bounded.

`Session` is a TLS connection that reads and writes frames; `dial` and `Listener` make one. What
Python's ssl does by itself (TLS 1.3, both certificates) is all that is used: it stands for any
program that somebody else might write.
"""

import json
import select
import socket
import ssl
import time
import uuid

from .certificates import fingerprint_of_der
from .objects import take_object
from .waiting import Deadline

ALPN = "p2pchat/1"


class Truncated(Exception):
    """The connection ended without close_notify."""


def client_context(credential, *, alpn=ALPN, chain=None):
    """A context that shows `credential` (none for None) and takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if credential:
        context.load_cert_chain(chain or credential.certificate, credential.key)
    if alpn:
        context.set_alpn_protocols([alpn])
    return context


def server_context(credential, *, trusted=(), alpn=ALPN, ask=True):
    """A context that shows `credential` and, where it asks, takes the `trusted` only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.load_cert_chain(credential.certificate, credential.key)
    context.num_tickets = 0
    if ask:
        context.verify_mode = ssl.CERT_REQUIRED
        for other in trusted:
            context.load_verify_locations(other.certificate)
    if alpn:
        context.set_alpn_protocols([alpn])
    return context


def dial(address, credential, *, context=None, alpn=ALPN, source=None):
    """Connects and shakes hands as a client. In TLS 1.3 the server may yet refuse."""
    host, _, port = address.rpartition(":")
    deadline = Deadline()
    raw = socket.create_connection((host, int(port)), timeout=deadline.left,
                                   source_address=(source, 0) if source else None)
    context = context or client_context(credential, alpn=alpn)
    try:
        raw.settimeout(deadline.left)
        return Session(context.wrap_socket(raw, suppress_ragged_eofs=False))
    except BaseException:
        raw.close()
        raise


def alert_name(error):
    """The name that Python has for an alert, or what openssl calls it, spelt like the names."""
    return error.reason or str(error).upper().replace(" ", "_")


class Listener:
    """A TLS server on a free port of 127.0.0.1 that takes one connection at a time."""

    def __init__(self, context=None):
        self.context = context
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]

    def accept_raw(self, timeout=None):
        """The next TCP connection, without TLS."""
        deadline = Deadline(timeout)
        self.socket.settimeout(deadline.left)
        try:
            raw, _ = self.socket.accept()
        except TimeoutError:
            raise AssertionError(f"nobody dialled us within {deadline.seconds:g} s")
        raw.settimeout(Deadline().left)
        return raw

    def accept(self, timeout=None):
        """The next connection, after its handshake."""
        raw = self.accept_raw(timeout)
        try:
            return Session(self.context.wrap_socket(
                raw, server_side=True, suppress_ragged_eofs=False))
        except BaseException:
            raw.close()
            raise

    def close(self):
        self.socket.close()


class Session:
    """Frames over a TLS socket."""

    def __init__(self, tls):
        self.tls = tls
        self._buffer = b""
        # Every byte of application data that has come.
        self.received = 0

    @property
    def peer_fingerprint(self):
        return fingerprint_of_der(self.tls.getpeercert(binary_form=True))

    # Writing

    def send(self, frame):
        self.send_bytes(json.dumps(frame).encode() + b"\n")

    def send_bytes(self, data):
        self.tls.settimeout(Deadline().left)
        self.tls.sendall(data)

    def hello(self, username, *, port=0, features=(), **more):
        self.send({"type": "hello", "version": 1, "username": username, "port": port,
                   "features": list(features), **more})

    def message(self, content, *, sender="anybody", identifier=None, timestamp=None):
        """Sends a message and returns its id."""
        identifier = identifier or str(uuid.uuid4())
        self.send({"type": "message", "id": identifier, "sender": sender, "content": content,
                   "timestamp": time.time() if timestamp is None else timestamp})
        return identifier

    # Reading

    def read_bytes(self, timeout=None):
        """Some bytes; none at close_notify. Raises Truncated where that is missing."""
        deadline = Deadline(timeout)
        self.tls.settimeout(max(deadline.left, 0.001))
        try:
            data = self.tls.recv(65536)
        except (ssl.SSLEOFError, ConnectionResetError) as error:
            raise Truncated(str(error))
        except ssl.SSLError as error:
            if error.reason == "UNEXPECTED_EOF_WHILE_READING":
                raise Truncated(str(error))
            raise
        except TimeoutError:
            raise AssertionError(f"the program sent nothing for {deadline.seconds:g} s")
        self.received += len(data)
        return data

    def read_frame(self, timeout=None):
        """The next frame; None at close_notify."""
        deadline = Deadline(timeout)
        while b"\n" not in self._buffer:
            data = self.read_bytes(deadline.left)
            if not data:
                assert not self._buffer, f"ended within a line: {self._buffer[:200]!r}"
                return None
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line.decode("utf-8"))

    def read_object(self, timeout=None):
        """The next object of the seed dialect, where no line feed need follow."""
        deadline = Deadline(timeout)
        while True:
            value, self._buffer = take_object(self._buffer)
            if value is not None:
                return value
            data = self.read_bytes(deadline.left)
            if not data:
                raise AssertionError(f"closed within an object: {self._buffer[:200]!r}")
            self._buffer += data

    def expect(self, kind, timeout=None, **match):
        """The next frame of a type, with these values; frames of other types are passed over.

        A frame without a type is looked for as `None`.
        """
        deadline = Deadline(timeout)
        passed = []
        while True:
            try:
                frame = self.read_frame(deadline.left)
            except AssertionError as error:
                raise AssertionError(f"waited for a {kind} frame: {error}; passed over {passed}")
            if frame is None:
                raise AssertionError(f"closed while waiting for a {kind} frame; passed over "
                                     f"{passed}")
            if frame.get("type") == kind and all(frame.get(k) == v for k, v in match.items()):
                return frame
            passed.append(frame)

    def expect_end(self, timeout=None):
        """Reads to close_notify, and returns the frames before it."""
        frames = []
        deadline = Deadline(timeout)
        while (frame := self.read_frame(deadline.left)) is not None:
            frames.append(frame)
        return frames

    def expect_alert(self, timeout=None):
        """Reads until the other side's alert, and returns its name as Python gives it.

        Fails where a byte of application data comes, or the connection ends without an alert.
        """
        try:
            data = self.read_bytes(timeout)
        except ssl.SSLError as error:
            name = alert_name(error)
            assert "ALERT" in name, f"no alert, but {error}"
            return name
        except Truncated as error:
            raise AssertionError(f"the connection ended without an alert: {error}")
        raise AssertionError(f"no alert, but data: {data[:200]!r}")

    def silent(self):
        """Whether nothing waits to be read, at this moment."""
        return not self._buffer and not self.tls.pending() and not select.select(
            [self.tls], [], [], 0)[0]

    def close(self):
        """Says close_notify and closes."""
        try:
            self.tls.settimeout(1)
            self.tls.unwrap()
        except (OSError, ValueError):
            pass
        self.tls.close()

    def cut(self):
        """Closes without close_notify."""
        self.tls.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tls.close()


def greet(session, username, **more):
    """Exchanges hellos, as either side; returns the other's."""
    session.hello(username, **more)
    return session.expect("hello")
