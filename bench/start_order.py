#!/usr/bin/env python3
"""Writes apps/bootstrap/start.order, from which the linker lays functions side by side: those of the start until the first
GET next, of start and events, of events, and of the end. A start needs a third fewer page faults, and an event fewer pages of
code. Names that a build does not have are passed over: what the list misses after a change costs a fault, no more. Sorted,
because like code beside like code packs better.

  make bench BENCH="--quick package" && bench/start_order.py
"""

import pathlib
import re
import sys

from harness import events
from harness.actors import Actors
from harness.build import ROOT, Unavailable, need, program, say
from harness.instructions_section import counted, profile

FEW, MANY = 20, 40  # events
START_ENDS = "_ZN5wascc6lambda13RuntimeClient9ask_aheadEv"  # RuntimeClient::ask_ahead()


def functions(profile_file):
    """{function: instructions}, however often it called itself."""
    counts = {}
    for name, instructions in counted(profile_file).items():
        name = re.sub(r"'\d+$", "", name)
        if not name.startswith("("):
            counts[name] = counts.get(name, 0) + instructions
    return counts


def on_other_processors(names):
    """What valgrind does not show: functions of the C library for other processors, how it chooses them, what it does about
    the kernel's own library, and what only lld replaces (apps/bootstrap/origin.c)."""
    wider = {re.sub("_avx2?(?=_|$)", width, name) for name in names for width in ("_evex", "_avx512") if "_avx" in name}
    return names | wider | {"_dl_new_object", "strcmp_ifunc", "__wrap__dl_get_origin"}


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").resolve()
    work = build / "bench/work"
    need("valgrind")
    folder, _ = Actors(build, work).package("echo")

    def profiled(number):
        return profile(program(work, "lambda_bench"), folder, build / "bin/bench-bootstrap", events.small(work), number,
                       work / f"callgrind.{number}.out", "--demangle=no", f"--dump-after={START_ENDS}")

    few, many = profiled(FEW), profiled(MANY)
    few_events, many_events = functions(few), functions(many)
    start = on_other_processors(set(functions(f"{many}.1")))
    event = on_other_processors({name for name in many_events if many_events[name] > few_events.get(name, 0)})
    groups = [start - event, start & event, event - start, on_other_processors(set(many_events)) - start - event]
    path = ROOT / "apps/bootstrap/start.order"
    path.write_text("\n".join(name for group in groups for name in sorted(group)) + "\n", encoding="utf-8")
    say(f"written: {path}, functions of the start, of both, of events, and of the end: {[len(group) for group in groups]}")


if __name__ == "__main__":
    try:
        main()
    except Unavailable as reason:
        sys.exit(f"start_order: {reason}")
