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
from table import markdown, result, spread

# The limit's own figures should agree with each other about so well.
QUIET = 0.25
# So many runs are enough where they differ by no more than that.
ENOUGH, AGREED = 3, 0.05
# From then on each line is run once, so that the whole takes ten minutes.
LATE = 8 * 60


def lines(programs, quick, sessions):
    scale = 0.01 if quick else 1
    found = [*measures.conversation(programs, scale), *measures.storing(programs, scale),
             *measures.sessions(programs, scale),
             *crowds.idle(programs, 20 if quick else sessions, 1 if quick else 60),
             *crowds.fan_out(programs, 20 if quick else 1_000),
             *crowds.disturbed(programs, 20 if quick else 1_000, 200 if quick else 2_000,
                               200 if quick else 20_000),
             *alone.lines(programs)]
    missing = peers.add(found, programs, scale)
    return found, missing


def measured(line, rounds, is_late):
    """Runs a line's programs in turn, a few times; not more often than `rounds`, no more than
    needed where the figures agree, and once where time is short."""
    who = {"ours": line.ours, "limit": line.limit, **line.peers}
    figures = {name: [] for name, measure in who.items() if measure}
    start = time.monotonic()
    for done in range(min(rounds, line.rounds)):
        if done > 0 and is_late():
            break
        if done >= ENOUGH and all(spread(figures[name]) < AGREED
                                  for name in ("ours", "limit") if name in figures):
            break
        for name in figures:
            figures[name].append(who[name]())
    return {**result(line, figures), "seconds": round(time.monotonic() - start, 1)}


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
    parser.add_argument("--sessions", type=int, default=10_000,
                        help="how many idle sessions; each takes a file descriptor")
    parser.add_argument("--only", help="only the lines with this in their name")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--products", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--limit", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    started = time.monotonic()

    def is_late():
        return time.monotonic() - started > LATE

    with tempfile.TemporaryDirectory(prefix="p2pchat-bench-") as folder:
        programs = Programs(options.products, options.limit, folder,
                            100 if options.quick else max(options.sessions, 1_000))
        found, missing = lines(programs, options.quick, options.sessions)
        results, failures = [], []
        for line in found:
            if options.only and options.only not in line.name:
                continue
            print(f"{line.name} …", file=sys.stderr, flush=True)
            try:
                results.append(measured(line, 1 if options.quick else options.rounds, is_late))
            except KeyboardInterrupt:
                # What there is by now is worth having.
                failures.append(f"{line.name}: interrupted, and nothing after it was measured")
                warn(failures[-1])
                break
            except (Failed, OSError, subprocess.TimeoutExpired, IndexError) as error:
                failures.append(f"{line.name}: {error}")
                warn(failures[-1])
    here = machine()
    here["minutes"] = round((time.monotonic() - started) / 60, 1)
    print(f"{here['date']}, {here['processor']}, {here['cores']} cores, {here['system']}, "
          f"{here['openssl']}, {here['swift']}, load {here['load']:.1f}\n")
    print(markdown(results, missing))
    if is_late():
        warn(f"this took {here['minutes']} minutes; what came after the first {LATE // 60} was run "
             "once each.")
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
