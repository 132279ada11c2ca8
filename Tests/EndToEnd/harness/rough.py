"""A network that treats connections badly, by a seed: it delays, cuts, truncates and goes silent."""

import asyncio
import contextlib
import random
import socket
import struct
import threading

# What can become of a connection once its bytes are used up.
CUTS = ("close", "reset", "half-close")
_CHUNK = 16384


class RoughNetwork:
    """Forwards connections on a free port of 127.0.0.1 to `target`, which may be changed.

    Each direction of a connection carries a random number of bytes, small ones as likely as large
    ones; then what is on its way is truncated there and the connection ends in one of the `fates`:

    close       both sides see an end of file without close_notify
    reset       both sides see the connection reset
    half-close  the receiver sees an end of file; the other direction goes on for a moment
    stall       not a byte moves any more in either direction, and nobody is told

    With `calm` set, connections are let through unharmed.
    """

    def __init__(self, target, rng, *, fates=CUTS, most=300_000, delay=0.01):
        self.target = target
        self.calm = False
        # How many connections met each fate.
        self.met = {fate: 0 for fate in fates}
        self.connections = 0
        self._rng = random.Random(rng.random())
        self._fates, self._most, self._delay = fates, most, delay
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._tasks = set()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._run(),), daemon=True)
        self._thread.start()

    def close(self):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    @property
    def ended(self):
        return sum(self.met.values())

    async def _run(self):
        server = await asyncio.start_server(self._accepted, sock=self._socket)
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        host, _, port = self.target.rpartition(":")
        writers = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            writers.append(far_writer)
            connection = _Connection(self, writers)
            await asyncio.gather(connection.carry(reader, far_writer),
                                 connection.carry(far_reader, writer))
        except OSError:
            pass
        finally:
            for each in writers:
                with contextlib.suppress(OSError):
                    each.transport.abort()


class _Connection:
    def __init__(self, network, writers):
        self._network, self._writers = network, writers
        self._ended = asyncio.Event()
        self._stalled = False
        rng = self._rng = network._rng
        self._pace = rng.random() * network._delay if rng.random() < 0.3 else 0

    async def carry(self, reader, writer):
        """One direction, to its end."""
        network, rng = self._network, self._rng
        left = int(network._most ** rng.random())
        while not self._ended.is_set():
            data = await self._read(reader)
            if self._pace:
                await asyncio.sleep(self._pace * rng.random())
            if self._stalled:
                return await self._ended.wait()
            if not data:
                return self._end("close", counted=False)
            if not network.calm:
                left -= len(data)
            if left < 0:
                writer.write(data[:left])
                return await self._meet(writer)
            writer.write(data)
            await writer.drain()

    async def _read(self, reader):
        """Some bytes, or none once the connection has ended."""
        reading = asyncio.ensure_future(reader.read(self._rng.randint(1, _CHUNK)))
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else b""
        finally:
            reading.cancel()
            ending.cancel()

    async def _meet(self, writer):
        fate = self._rng.choice(self._network._fates)
        if fate == "half-close" and not self._ended.is_set():
            writer.write_eof()
            await asyncio.sleep(0.2 * self._rng.random())
        if fate == "stall" and not self._ended.is_set():
            self._network.met[fate] += 1
            self._stalled = True
            # Neither side is told when the other gives up: the sockets stay until the test ends.
            await self._ended.wait()
        self._end(fate)

    def _end(self, fate, counted=True):
        if self._ended.is_set():
            return
        self._ended.set()
        if counted:
            self._network.met[fate] += 1
        for writer in self._writers:
            if fate == "reset":
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()
