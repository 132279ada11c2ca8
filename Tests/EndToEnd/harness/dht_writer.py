"""A node of the distributed hash table that writes what it is told, by Debian's python3-opendht.

    dht_writer.py HOST PORT

joins there, and puts what each line of standard input says, `KEY VALUE` in hexadecimal, until some
node has taken it; then it prints `taken`. A program of its own, since python3-opendht may wait for
its own thread without end when it is closed: this one is killed.
"""

import sys
import threading
import time

import opendht


def put(runner, key, value):
    while True:
        answered = threading.Event()
        outcome = []

        def done(succeeded, nodes):
            outcome.append(succeeded)
            answered.set()
        runner.put(opendht.InfoHash(key.encode()), opendht.Value(bytes.fromhex(value)), done)
        answered.wait()
        if outcome[0]:
            return
        # It has not joined yet.
        time.sleep(0.2)


def main():
    runner = opendht.DhtRunner()
    runner.run(port=4222)
    runner.bootstrap(*sys.argv[1:3])
    for line in sys.stdin:
        put(runner, *line.split())
        print("taken", flush=True)


if __name__ == "__main__":
    main()
