#!/usr/bin/env python3
"""Measures this runtime against its peers, in interleaved runs, and prints tables of ratios.

  bench/bench.py                 everything but what takes long: some ten minutes on two cores
  bench/bench.py --full          more rounds, and 100,000 events for the memory: a quarter of an hour
  bench/bench.py --quick lambda  few rounds of one section, to look at a change
  bench/bench.py --json          and a record under bench/results/

Sections: lambda, run (web server), host (calls inside a process), package (sizes, compile time), instructions.

Peers come from their registries, pinned, and are built once into the cache folder; one that cannot be had is left out
with a printed reason. Absolute figures wander between machines and hours: the ratios of one run are what counts.
docs/performance.md says what each figure is and what was found.
"""

import argparse
import pathlib
import sys
import time

from harness import host_section, instructions_section, lambda_section, package_section, record, serve_section
from harness.actors import Actors
from harness.build import BENCH, ROOT, Unavailable, say

SECTIONS = {"lambda": lambda_section, "run": serve_section, "host": host_section, "package": package_section,
            "instructions": instructions_section}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help="which (default: all)")
    parser.add_argument("--full", action="store_true", help="more rounds")
    parser.add_argument("--quick", action="store_true", help="few rounds, main figures only")
    parser.add_argument("--rounds", type=int, help="starts of each program (default 30; 40 with --full, 7 with --quick)")
    parser.add_argument("--events", type=int, default=1000, help="events of each start (default 1000)")
    parser.add_argument("--only", action="append", help="section lambda: only this program; repeatable")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--json", nargs="?", type=pathlib.Path, const=True, metavar="FILE",
                        help="write a record (default: bench/results/DATE-COMMIT.json)")
    parser.add_argument("--baseline", action="store_true", help="section instructions: record what is counted")
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    options.rounds = options.rounds or (40 if options.full else 7 if options.quick else 30)
    options.build = options.build.resolve()
    options.work = options.build / "bench/work"
    options.work.mkdir(parents=True, exist_ok=True)
    return options


def main():
    options = arguments()
    try:
        actors = Actors(options.build, options.work)
    except Unavailable as reason:
        say(f"bench: {reason}; `make bench` builds what is needed")
        return 1
    machine = record.machine()
    print(f"{machine['processor']}, {machine['cores']} cores, load {machine['load']:.1f}, {machine['system']}\n")
    results = {}
    for name in options.sections or SECTIONS:
        start = time.monotonic()
        try:
            results[name] = SECTIONS[name].section(options, actors)
        except Unavailable as reason:
            say(f"left out: section {name}: {reason}")
        say(f"section {name} took {time.monotonic() - start:.0f} s")
    if options.json:
        path = options.json
        if path is True:
            path = BENCH / "results" / f"{record.git('show', '-s', '--format=%cs')}-{record.git('rev-parse', '--short', 'HEAD')}.json"
        record.write(path, options, results)
        say(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
