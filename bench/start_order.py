#!/usr/bin/env python3
"""Writes apps/bootstrap/start.order: the functions that a cold start and a few events run, which the linker lays side by
side, so that they need a third fewer page faults. Names that a build does not have are passed over: what the list misses
after a change costs a fault, no more. Sorted, because like code beside like code packs better.

  make bench BENCH="--quick package" && bench/start_order.py
"""

import pathlib
import re
import sys

from harness import events
from harness.actors import Actors
from harness.build import ROOT, Unavailable, need, program, say
from harness.instructions_section import annotated, profile

NAME = re.compile(r"^\s*[\d,]+ \(\s*[\d.]+%\)\s+[^:]*:(\S+)", re.MULTILINE)
EVENTS = 20


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").resolve()
    work = build / "bench/work"
    need("valgrind")
    folder, _ = Actors(build, work).package("echo")
    out = profile(program(work, "lambda_bench"), folder, build / "bin/bench-bootstrap", events.small(work), EVENTS,
                  work / "callgrind.out", "--demangle=no")
    names = {re.sub(r"'\d+$", "", name) for name in NAME.findall(annotated(out))}
    names = sorted(name for name in names if not name.startswith(("0x", "(")))  # mapped code has no names
    path = ROOT / "apps/bootstrap/start.order"
    path.write_text("\n".join(names) + "\n", encoding="utf-8")
    say(f"written: {path}, {len(names)} functions")


if __name__ == "__main__":
    try:
        main()
    except Unavailable as reason:
        sys.exit(f"start_order: {reason}")
