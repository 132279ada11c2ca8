"""What is measured of the program by itself."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from programs import Failed, PATIENCE, run
from table import Line


def start(programs):
    """Starts the program, waits until it listens; returns milliseconds and its peak memory."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [programs.product("p2pchat"), "--json", "--home", str(programs.home), "--user", "alice",
         "--listen", "127.0.0.1:0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        line = process.stdout.readline()
        took = (time.perf_counter() - begin) * 1000
        if not line or json.loads(line)["event"] != "listening":
            raise Failed("p2pchat did not begin to listen: "
                         + process.stderr.read().decode(errors="replace")[-300:])
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = next(int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM"))
        return took, peak / 1024
    finally:
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stdout.close()
        process.stderr.close()


def stripped_size(programs):
    path = programs.folder / "stripped"
    shutil.copy(programs.product("p2pchat"), path)
    run(["strip", path])
    return os.path.getsize(path) / 1e6


def lines(programs):
    yield Line("start of p2pchat to listening", "ms", bound=30, rounds=7,
               ours=lambda: start(programs)[0])
    yield Line("peak memory of an idle p2pchat", "MiB", ours=lambda: start(programs)[1])
    yield Line("p2pchat, stripped", "MB", rounds=1, ours=lambda: stripped_size(programs))
