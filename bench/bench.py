#!/usr/bin/env python3
"""Measures this runtime against its peers in one interleaved run, and prints a table of ratios.

  bench/bench.py [--rounds N] [--events N] [--build DIR] [--only NAME,…] [--json FILE]

Everything a peer needs is fetched from its registry and built once into the cache folder; a peer whose registry or
toolchain cannot be reached is left out with a printed reason. Absolute figures wander between machines and hours; the
ratios of one run are what counts.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = pathlib.Path(os.environ.get("WASCC_CACHE_DIR")
                     or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "wascc")
EVENT = ROOT / "tests/events/httpapi2-iam-authorizer.json"


class Unavailable(Exception):
    """A peer that cannot be built here, with the reason."""


def run(command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        last = (result.stderr.strip() or result.stdout.strip() or "no output").splitlines()[-1]
        raise Unavailable(f"{command[0]} failed: {last}")
    return result.stdout


def need(program):
    if shutil.which(program) is None:
        raise Unavailable(f"no {program} on the PATH")


def floor(work):
    run(["cc", "-O2", "-static", "-o", str(work / "floor"), str(HERE / "floor.c")])
    return work, [str(work / "floor")]


def ours(work, build, actor):
    """The echo actor with its native code, as a package holds them."""
    function = work / "wascc"
    shutil.rmtree(function, ignore_errors=True)
    function.mkdir()
    if not actor.exists():
        raise Unavailable(f"{actor} is not built")
    shutil.copy(actor, function / "echo.wasm")
    run([str(build / "bin/wascc"), "compile", str(function / "echo.wasm")])
    return function, [str(build / "bin/bootstrap")]


def rust(work):
    need("cargo")
    target = CACHE / "bench-rust"
    run(["cargo", "build", "--release", "--locked", "--manifest-path", str(HERE / "peers/rust/Cargo.toml"),
         "--target-dir", str(target)])
    return work, [str(target / "release/peer-rust")]


def go(work):
    need("go")
    run(["go", "build", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", str(CACHE / "bench-go"), "."],
        cwd=HERE / "peers/go")
    return work, [str(CACHE / "bench-go")]


def python(_work):
    venv = CACHE / "bench-python"
    if not (venv / "complete").exists():
        run([sys.executable, "-m", "venv", str(venv)])
        run([str(venv / "bin/pip"), "install", "--quiet", "awslambdaric==3.0.2"])
        (venv / "complete").touch()
    return HERE / "peers/python", [str(venv / "bin/python"), "-m", "awslambdaric", "app.handler"]


def measure(tool, events, folder, command):
    done = subprocess.run([str(tool), str(events), str(EVENT), str(folder), *command],
                          capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Unavailable(done.stderr.strip() or "it failed without a word")
    return json.loads(done.stdout)


COLUMNS = [("cold_us", "exec to first next, ms", 1000), ("first_us", "first event, us", 1),
           ("warm_p50_us", "warm p50, us", 1), ("warm_p99_us", "warm p99, us", 1),
           ("cpu_us", "CPU per event, us", 1), ("rss_end_kb", "RSS, MB", 1024)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30, help="starts of each program (default 30)")
    parser.add_argument("--events", type=int, default=2000, help="events of each start (default 2000)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--actor", type=pathlib.Path, help="the signed actor (default: echo-cpp of the build)")
    parser.add_argument("--only", help="names to run, separated by commas")
    parser.add_argument("--json", type=pathlib.Path, help="write the record here")
    options = parser.parse_args()

    work = options.build / "bench"
    work.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    tool = work / "lambda_bench"
    run(["c++", "-std=c++20", "-O2", "-o", str(tool), str(HERE / "lambda_bench.cc")])

    makers = {"floor": floor, "wascc": lambda w: ours(w, options.build, options.actor or options.build / "actors/echo-cpp.wasm"), "rust": rust, "go": go, "python": python}
    if options.only:
        makers = {name: makers[name] for name in options.only.split(",")}
    programs = {}
    for name, make in makers.items():
        try:
            print(f"preparing {name}", file=sys.stderr)
            programs[name] = make(work)
        except Unavailable as reason:
            print(f"left out: {name}: {reason}", file=sys.stderr)

    runs = {name: [] for name in programs}
    for number in range(options.rounds):
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {options.rounds}", end="", file=sys.stderr)
        for name, (folder, command) in programs.items():
            runs[name].append(measure(tool, options.events, folder, command))

    summary = {name: {key: {"min": min(r[key] for r in results), "median": statistics.median(r[key] for r in results),
                            "max": max(r[key] for r in results)} for key, _, _ in COLUMNS}
               for name, results in runs.items()}
    base = "rust" if "rust" in summary else "floor"
    print(f"medians of {options.rounds} interleaved rounds of {options.events} events; in brackets the ratio to {base}")
    print("| program | " + " | ".join(title for _, title, _ in COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name, figures in summary.items():
        cells = []
        for key, _, unit in COLUMNS:
            value, reference = figures[key]["median"], summary[base][key]["median"]
            cells.append(f"{value / unit:.2f} ({value / reference:.2f})" if reference else f"{value / unit:.2f}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    for name in ("bootstrap", "bootstrap-full"):
        path = options.build / "bin" / name
        if path.exists():
            print(f"{name}: {path.stat().st_size / 1e6:.2f} MB")

    if options.json:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        record = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit,
                  "machine": {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                              "system": platform.platform()},
                  "rounds": options.rounds, "events": options.events, "summary": summary}
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
