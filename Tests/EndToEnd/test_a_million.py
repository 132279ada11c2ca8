"""What a home with a million messages costs. A measurement, which the usual run leaves out:

    python3 -m pytest -m measurement -s Tests/EndToEnd/test_a_million.py

P2PCHAT_TEST_MESSAGES sets another number; P2PCHAT_BIN the programs, which for figures worth telling
are those of a release build. Nothing is concluded from how long a thing took: it is shown.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time

import pytest

from harness import crash, database
from harness.programs import clean_environment, memory, program

MESSAGES = int(os.environ.get("P2PCHAT_TEST_MESSAGES", "1000000"))
MIB = 1 << 20


def report(what, seconds, extra=""):
    print(f"{what:44} {seconds * 1000:10.1f} ms  {extra}")


def measure(user, *arguments):
    """Runs p2pchat; returns its output, the seconds it took and its peak memory."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(
            [program("p2pchat"), *arguments, *user.tail()], stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.PIPE, env=clean_environment(user.home))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        error = process.stderr.read().decode()
        process.stderr.close()
        assert process.returncode == 0, error
        output.seek(0)
        lines = output.read().decode().splitlines()
    return lines, seconds, usage.ru_maxrss * 1024


@pytest.mark.measurement
def test_a_home_with_a_million_messages(user, peer):
    alice, bob = user("alice"), user("bob")
    peer(alice, trust=[bob]).quit()
    b = peer(bob, trust=[alice])
    start = time.monotonic()
    crash.fill(alice, bob, MESSAGES)
    seconds = time.monotonic() - start
    size = database.path(alice).stat().st_size
    print(f"\n{MESSAGES} messages, {size / MIB:.0f} MiB on disk, "
          f"stored at {MESSAGES / seconds:.0f} a second")

    for attempt in ("first", "second"):
        start = time.monotonic()
        a = peer(alice)
        report(f"start to `listening`, {attempt}", time.monotonic() - start,
               f"{memory(a.pid)[1] / MIB:.1f} MiB")
        if attempt == "first":
            a.quit()
    start = time.monotonic()
    a.command("connect", address=b.address, to="bob")
    a.wait_for("connected", peer="bob")
    report("connect", time.monotonic() - start)
    for kind in ("first", "second"):
        start = time.monotonic()
        a.send("bob", kind, ref=kind)
        a.wait_for("queued", ref=kind)
        queued = time.monotonic() - start
        a.wait_for("delivered", ref=kind)
        report(f"send, {kind}: queued", queued)
        report(f"send, {kind}: delivered", time.monotonic() - start)
    start = time.monotonic()
    for number in range(1000):
        a.send("bob", f"burst {number}", ref=number)
    a.wait_for("delivered", ref=999, timeout=120)
    report("a burst of 1000 delivered", time.monotonic() - start,
           f"{memory(a.pid)[1] / MIB:.1f} MiB at most so far")
    a.quit()

    lines, seconds, peak = measure(alice, "history", "bob", "--limit", "50", "--json")
    assert len(lines) in (1, 50)
    report("history, newest 50", seconds, f"{peak / MIB:.1f} MiB")
    lines, seconds, peak = measure(alice, "search", "needle", "--json")
    found = [line for line in lines if "needle" in line]
    assert len(found) >= MESSAGES // 1000 or json.loads(lines[-1])
    report("search through all", seconds,
           f"{MESSAGES / seconds:.0f} messages a second, {len(found)} found, "
           f"{peak / MIB:.1f} MiB")
    lines, seconds, peak = measure(alice, "search", "needle", "--limit", "1", "--json")
    report("search, the newest match alone", seconds, f"{peak / MIB:.1f} MiB")
    free = shutil.disk_usage(alice.home).free
    if free > 4 * size:
        lines, seconds, peak = measure(alice, "export", "--format", "jsonl")
        report("export of everything", seconds, f"{peak / MIB:.1f} MiB")
