"""Somebody else's node of the table, by Debian's python3-opendht, that writes what it likes.

A program of its own: a node that ends waits for its thread, which may wait for the interpreter's
lock, so it is killed instead. It reads lines `KEY HEX`, and answers each with `taken` or `refused`.
"""

import sys
import threading


def main(bootstrap):
    import opendht
    runner = opendht.DhtRunner()
    runner.run(port=4222)
    place, _, port = bootstrap.rpartition(":")
    runner.bootstrap(place, port)
    for line in sys.stdin:
        key, data = line.split()
        ended = threading.Event()
        outcome = []

        def done(succeeded, nodes):
            outcome.append(succeeded)
            ended.set()
        runner.put(opendht.InfoHash(key.encode()), opendht.Value(bytes.fromhex(data)), done)
        ended.wait()
        print("taken" if outcome[0] else "refused", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
