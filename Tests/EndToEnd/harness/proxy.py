"""A TCP proxy that can be frozen or cut: the network between two peers."""

import select
import socket
import threading


class Proxy:
    """Forwards connections on a free port of 127.0.0.1 to an address.

    While it is frozen no byte moves, and nobody is told; `cut` ends what is open.
    """

    def __init__(self, target):
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._serve(socket.create_server(("127.0.0.1", 0)))

    def _serve(self, server):
        self._server = server
        self.address = "%s:%d" % server.getsockname()
        self._wake, self._woken = socket.socketpair()
        self._pairs = {}
        self._frozen = False
        self._cut = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def freeze(self):
        self._frozen = True
        self._wake.send(b".")

    def thaw(self):
        self._frozen = False
        self._wake.send(b".")

    def cut(self):
        self._cut = True
        self._wake.send(b".")

    def close(self):
        if self._closing:
            return
        self._closing = True
        self._wake.send(b".")
        self._thread.join(5)

    def _run(self):
        while not self._closing:
            watched = [self._woken]
            if not self._frozen:
                watched += [self._server, *self._pairs]
            for ready in select.select(watched, [], [])[0]:
                if ready is self._woken:
                    ready.recv(4096)
                    if self._cut:
                        self._cut = False
                        for side in list(self._pairs):
                            self._end(side)
                elif self._frozen:
                    # It was frozen while we waited: what has come since stays where it is.
                    continue
                elif ready is self._server:
                    self._accept()
                elif ready in self._pairs:
                    self._forward(ready)
        for side in list(self._pairs):
            self._end(side)
        for each in (self._server, self._wake, self._woken):
            each.close()

    def _accept(self):
        inner, _ = self._server.accept()
        try:
            outer = self._connect(inner)
        except OSError:
            inner.close()
            return
        if outer is None:
            return
        self._pairs[inner], self._pairs[outer] = outer, inner

    def _connect(self, inner):
        """The other side of a connection; None where there is to be none, which stays open."""
        return socket.create_connection(self._target, timeout=5)

    def _forward(self, side):
        try:
            data = side.recv(65536)
            if data:
                self._pairs[side].sendall(data)
                return
        except OSError:
            pass
        self._end(side)

    def _end(self, side):
        other = self._pairs.pop(side, None)
        if other is not None:
            self._pairs.pop(other, None)
            other.close()
        side.close()
