"""Instructions, counted by callgrind: of a cold start and of one warm event, by function, against a recorded baseline.

They do not wander with the load of the machine, so they show what a change of the code did. A baseline belongs to one
compiler and one Cargo.lock of the engine. Valgrind's processor has no SHA instructions, so digests count more than they
take.
"""

import hashlib
import json
import os
import re
import subprocess

from . import events
from .build import BENCH, ROOT, Unavailable, need, program, run, say

LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+(?:\S*?:)?(.+?)(?: \[[^\]]*\])?$")
FEW, MANY = 20, 120  # events


def key():
    digest = hashlib.sha256(run(["c++", "--version"]).splitlines()[0].encode())
    digest.update((ROOT / "third_party/wasmtime/Cargo.lock").read_bytes())
    return digest.hexdigest()[:12]


def profile(tool, folder, executable, event, number, out, *flags):
    """Runs a process that serves so many events, under callgrind; `out` is the file of its counts."""
    command = [tool, number, event, folder, "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *flags,
               executable]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "BENCH_GRACE": "1"})
    if done.returncode != 0:
        raise Unavailable(done.stderr.strip().splitlines()[-1])
    return out


def annotated(out):
    return run(["callgrind_annotate", "--threshold=100", "--auto=no", out])


def counted(profile_file):
    """{function: instructions}"""
    functions = {}
    for line in annotated(profile_file).splitlines():
        if (found := LINE.match(line)) and found[2] != "PROGRAM TOTALS":
            name = "(the actor)" if found[2].startswith("0x") else found[2]  # mapped code has no names
            functions[name] = functions.get(name, 0) + int(found[1].replace(",", ""))
    return functions


def grown(now, before):
    """Functions that take more than they did, by more than 1 % of the whole, the most first."""
    least = 0.01 * sum(before.values())
    more = [(now[name] - before.get(name, 0), name) for name in now if now[name] - before.get(name, 0) > least]
    return sorted(more, reverse=True)


def section(options, actors):
    need("valgrind")
    folder, _ = actors.package("echo")
    tool, event = program(options.work, "lambda_bench"), events.small(options.work)
    executable = options.build / "bin/bench-bootstrap"
    counts = [counted(profile(tool, folder, executable, event, number, options.work / "callgrind.out"))
              for number in (0, FEW, MANY)]
    cold = counts[0]
    warm = {name: (counts[2][name] - counts[1].get(name, 0)) / (MANY - FEW) for name in counts[2]}
    now = {"cold start": cold, "warm event": {name: value for name, value in warm.items() if value > 0}}

    path = BENCH / f"baseline/instructions-{key()}.json"
    if options.baseline:
        path.parent.mkdir(exist_ok=True)
        told = {what: {name: round(value, 1) for name, value in sorted(functions.items(), key=lambda f: -f[1])[:60]}
                | {"all": round(sum(functions.values()), 1)} for what, functions in now.items()}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        say(f"written: {path}")
    baseline = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    print("## Instructions, by callgrind\n\n| what | now | baseline | change |\n|---|---|---|---|")
    for what, functions in now.items():
        total = sum(functions.values())
        before = baseline[what]["all"] if baseline else None
        print(f"| {what} | {total:,.0f} | " + (f"{before:,.0f} | {100 * (total / before - 1):+.1f} % |" if before
                                               else "none for this compiler and Cargo.lock | |"))
    for what, functions in now.items():
        if not baseline:
            break
        before = {name: value for name, value in baseline[what].items() if name != "all"}
        for more, name in grown(functions, before):
            print(f"\n{what}: {name} takes {more:,.0f} more")
    print("\nwhere a warm event goes: "
          + ", ".join(f"{name} {value:,.0f}" for name, value in
                      sorted(now["warm event"].items(), key=lambda item: -item[1])[:12]) + "\n", flush=True)
    return {what: sum(functions.values()) for what, functions in now.items()}
