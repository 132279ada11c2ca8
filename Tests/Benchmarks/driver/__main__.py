"""Measures p2pchat beside the limit and beside other programs: see Scripts/bench."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import alone
import crowds
import measures
import peers
from programs import Failed, Programs, warn
from table import markdown, result

# The limit's own figures should agree with each other about so well.
QUIET = 0.25


def lines(programs, quick):
    scale = 0.01 if quick else 1
    found = [*measures.conversation(programs, scale), *measures.storing(programs, scale),
             *measures.sessions(programs, scale),
             *crowds.idle(programs, 20 if quick else 10_000, 1 if quick else 60),
             *crowds.fan_out(programs, 20 if quick else 1_000),
             *crowds.disturbed(programs, 20 if quick else 1_000, 200 if quick else 2_000,
                               200 if quick else 20_000),
             *alone.lines(programs)]
    missing = peers.add(found, programs, scale)
    return found, missing


def measured(line, rounds):
    """Runs a line's programs in turn, a few times; not more often than `rounds`."""
    who = {"ours": line.ours, "limit": line.limit, **line.peers}
    figures = {name: [] for name, measure in who.items() if measure}
    for _ in range(min(rounds, line.rounds)):
        for name in figures:
            figures[name].append(who[name]())
    return result(line, figures)


def machine():
    def said(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]
        except (OSError, IndexError):
            return "unknown"
    model = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return {"date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "processor": model[0] if model else platform.machine(), "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}",
            "openssl": said("openssl", "version"), "swift": said("swift", "--version"),
            "load": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(prog="Scripts/bench")
    parser.add_argument("--quick", action="store_true",
                        help="the smallest form: shows that it works, says nothing of speed")
    parser.add_argument("--rounds", type=int, default=5, help="run each at most so often")
    parser.add_argument("--only", help="only the lines with this in their name")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--products", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--limit", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="p2pchat-bench-") as folder:
        programs = Programs(options.products, options.limit, folder,
                            100 if options.quick else 10_000)
        found, missing = lines(programs, options.quick)
        results, failures = [], []
        for line in found:
            if options.only and options.only not in line.name:
                continue
            print(f"{line.name} …", file=sys.stderr, flush=True)
            try:
                results.append(measured(line, 1 if options.quick else options.rounds))
            except (Failed, OSError, subprocess.TimeoutExpired, IndexError) as error:
                failures.append(f"{line.name}: {error}")
                warn(failures[-1])
    here = machine()
    here["minutes"] = round((time.monotonic() - started) / 60, 1)
    print(f"{here['date']}, {here['processor']}, {here['cores']} cores, {here['system']}, "
          f"{here['openssl']}, {here['swift']}, load {here['load']:.1f}\n")
    print(markdown(results, missing))
    noisy = [line["name"] for line in results if line["limit"]
             and line["limit"]["spread"] > QUIET]
    if noisy and not options.quick:
        warn("this machine is too noisy to tell, for the limit's own figures differ by more than "
             f"{QUIET:.0%}: {'; '.join(noisy)}. Look at the ratios, and measure again when it "
             "is quiet.")
    if options.json:
        options.json.write_text(json.dumps(
            {"machine": here, "lines": results, "missing": missing, "failures": failures,
             "noisy": noisy}, indent=1, ensure_ascii=False) + "\n")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
