"""Counts the processor's instructions for a message and for a handshake, in memory, and compares
them with the baseline that lies beside this folder: see Scripts/bench --instructions.

The count depends on the build of OpenSSL, the compiler, and what valgrind's processor can do. So
the baseline says what it was made with, OpenSSL is kept from the newer instructions, and Swift's
hashing is the same each time.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BASELINE = Path(__file__).resolve().parents[1] / "instructions.json"
# What is counted, how often, and what it is.
ITEMS = {
    "encode": (2_000, "a message and its receipt become bytes"),
    "decode": (2_000, "a message and its receipt are read from bytes"),
    "record": (1_000, "240 bytes go from one TLS handler to the other"),
    "node": (1_000, "a message from node to node and its receipt back, without bytes"),
    "stream": (10_000, "one of many messages from node to node at once, the same way"),
    "handshake": (20, "a TLS handshake, both sides"),
}
# Worse by more than that is too much.
TOLERANCE = 0.05
# Without AVX2, BMI2, AVX-512, ADX and the SHA extensions: what one machine has and another not.
PINNED = {"OPENSSL_ia32cap": ":~0x20090120", "SWIFT_DETERMINISTIC_HASHING": "1"}


def count(program, item, times):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program,
         "instructions", f"what={item}", f"count={times}"],
        env={**os.environ, **PINNED}, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"bench: {item} could not be counted: {done.stderr.strip()[-400:]}")
    return int(found[1])


def measure(program, scale):
    """The difference between once and twice as many: what it takes to start is in both."""
    figures = {}
    for item, (times, what) in ITEMS.items():
        times = max(2, int(times * scale))
        figures[item] = round((count(program, item, 2 * times) - count(program, item, times))
                              / times)
        print(f"{item:10} {figures[item]:>12,}  {what}", flush=True)
    return figures


def made_with():
    def said(*command):
        output = subprocess.run(command, capture_output=True, text=True)
        return (output.stdout or output.stderr).splitlines()[0]
    return {"machine": platform.machine(), "valgrind": said("valgrind", "--version"),
            "openssl": said("openssl", "version"), "swift": said("swift", "--version")}


def compare(figures, baseline, here):
    """Whether nothing has become worse; says what has changed."""
    other = {name: value for name, value in baseline["made with"].items() if here[name] != value}
    for name, value in other.items():
        print(f"The baseline was made with {name} {value}, and here is {here[name]}: what "
              "differs may come from that.")
    worse = []
    for item, former in baseline["figures"].items():
        change = figures[item] / former - 1
        if abs(change) > TOLERANCE:
            print(f"{item}: {former:,} before, {change:+.1%}")
        if change > TOLERANCE:
            worse.append(item)
    if worse and not other:
        print(f"Worse by more than {TOLERANCE:.0%}: {', '.join(worse)}. Mend it, or say why it "
              "has to be and run Scripts/bench --instructions --update.")
    return not worse or bool(other)


def main():
    parser = argparse.ArgumentParser(prog="Scripts/bench --instructions")
    parser.add_argument("--instructions", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--update", action="store_true", help="make this the baseline")
    parser.add_argument("--quick", action="store_true", help="count a few, and compare nothing")
    parser.add_argument("--products", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--limit", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("bench: valgrind is not there: install it with `apt-get install valgrind`")
    with tempfile.TemporaryDirectory(prefix="p2pchat-bench-") as folder:
        # Valgrind can't read the compiler's newest debugging information.
        program = f"{folder}/p2pchat-bench"
        subprocess.run(["strip", "--strip-debug", "-o", program,
                        f"{options.products}/p2pchat-bench"], check=True)
        figures = measure(program, 0.02 if options.quick else 1)
    if options.quick:
        return
    here = made_with()
    if options.update:
        BASELINE.write_text(json.dumps({"made with": here, "figures": figures}, indent=1) + "\n")
        print(f"{BASELINE.name} is the baseline now.")
    elif not compare(figures, json.loads(BASELINE.read_text()), here):
        sys.exit(1)


if __name__ == "__main__":
    main()
