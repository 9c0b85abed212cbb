#!/usr/bin/env python3
"""Writes what a record of `make bench` found into docs/performance.md, between its two marks.

  bench/performance_page.py bench/results/2026-01-31-abcdef0.json
"""

import json
import pathlib
import re
import sys

from harness import lambda_section, serve_section
from harness.build import ROOT
from harness.figures import beside, markdown, number, peers, ratio

PAGE = ROOT / "docs/performance.md"
MARKED = re.compile(r"(<!-- measured -->\n).*(<!-- /measured -->\n)", re.DOTALL)
REUSED = "wasmtime serve, instances reused"
MB = 1e6


def goals(record):
    """(what, what it may be at most or must be at least, found); found is None where it was not measured."""
    sections = record["sections"]
    small = sections.get("lambda", {}).get("small", {})
    large = sections.get("lambda", {}).get("large", {})
    memory = sections.get("lambda", {}).get("memory", {}).get("wascc large", {})
    calls = sections.get("host", {}).get("calls", {})
    growth = sections.get("host", {}).get("growth", {}).get("wascc", {})
    package = sections.get("package", {})
    serve = sections.get("run", {}).get("16", {})

    def echo(key): return ratio(small, "wascc echo", "rust", key)
    def crate(key): return ratio(calls, "wascc", "crate wapc", key)
    def median(figures, key): return figures[key]["median"] if figures.get(key) else None
    def over(value, base): return value / base if value and base else None
    # The actor's own time is that of its call, which contains the price of a deadline that always holds.
    actor = median(calls.get("wascc", {}), "actor_call_p50_us")
    def over_floor(key):
        warm, floor = median(small.get("wascc", {}), key), median(small.get("floor", {}), key)
        return over(warm - actor if warm and actor else None, floor)

    ours = median(serve.get(serve_section.OURS, {}), "cpu_us")
    beast = median(serve.get("beast", {}), "cpu_us")
    others = [large[name]["1 MB"]["median"] for name in peers(large) if name != "floor" and large[name].get("1 MB")]
    return [
        ("exec to first GET next, times Rust", "<=", 1.2, echo("cold_us")),
        ("first event, times Rust", "<=", 1.5, echo("first_us")),
        ("warm event p50, times Rust", "<=", 1.1, echo("warm_p50_us")),
        ("warm event p99, times Rust", "<=", 1.1, echo("warm_p99_us")),
        ("warm event p50 without the actor's own time, times floor", "<=", 1.35, over_floor("warm_p50_us")),
        ("warm event p99 without the actor's own time, times floor", "<=", 1.35, over_floor("warm_p99_us")),
        ("CPU per event, times Rust", "<=", 1, echo("cpu_us")),
        ("warm event with 1 MB, times the fastest peer", "<=", 1,
         over(median(large.get("wascc", {}), "1 MB"), min(others, default=None))),
        ("RSS at the end, 2 MB actor, MB", "<=", 12, over(median(memory, "rss_end_kb"), 1024)),
        ("RSS at the end, times that after 10,000 events", "<=", 1.01,
         over(median(memory, "rss_end_kb"), median(memory, "rss_10000_kb"))),
        ("`bootstrap`, MB", "<=", 4.5, over(package.get("bootstrap bytes"), MB)),
        ("ZIP with the echo actor, MB", "<=", 2, over(package.get("echo: ZIP bytes"), MB)),
        ("fresh instance with one call, 2 MB actor, times crate `wapc`", "<=", 0.6, crate("fresh_instance_p50_us")),
        ("empty guest call, times crate `wapc`", "<=", 0.55, crate("empty_call_p50_us")),
        ("one host call with its answer, times crate `wapc`", "<=", 0.85, crate("host_call_p50_us")),
        ("`wascc run`, requests per second, times `wasmtime serve` with instances reused", ">=", 1,
         ratio(serve, serve_section.OURS, REUSED, "rps")),
        ("the same, times its default", ">=", 4, ratio(serve, serve_section.OURS, "wasmtime serve", "rps")),
        ("the same with `isolation: invocation`, times its default", ">=", 2,
         ratio(serve, serve_section.FRESH, "wasmtime serve", "rps")),
        ("CPU per request beyond Beast's and the actor's, us", "<=", 3,
         ours - beast - actor if ours and beast and actor else None),
        ("a host call with 500 actors, times with 1", "<=", 1.1,
         over(median(growth, "actors_500_p50_us"), median(growth, "actors_1_p50_us"))),
        ("a host call with 1,000 bindings, times with 1", "<=", 1.1,
         over(median(growth, "bindings_1000_p50_us"), median(growth, "bindings_1_p50_us"))),
    ]


def told(what, direction, limit, found):
    if found is None:
        return f"| {what} | {direction} {limit} | not measured | |"
    reached = found <= limit if direction == "<=" else found >= limit
    return f"| {what} | {direction} {limit} | {found:.2f} | {'reached' if reached else '**not reached**'} |"


def page(record, name):
    sections, machine = record["sections"], record["machine"]
    parts = [f"{machine['processor']}, {machine['cores']} cores, load {machine['load']:.1f} at the start, commit "
             f"{record['commit'][:9]}, {record['date'][:10]}; `bench/results/{name}` holds every figure. Medians of "
             f"{record['rounds']} interleaved rounds of {record['events']} events of 1 kB; in brackets the ratio to Rust.",
             markdown(sections["lambda"]["small"], lambda_section.SMALL, lambda_section.BASE),
             "The function itself over the rounds, and beside each of the others:",
             beside(sections["lambda"]["small"], lambda_section.OURS, lambda_section.SMALL),
             "\n".join(["| goal | | found | |", "|---|---|---|---|", *(told(*goal) for goal in goals(record))])]
    if "large" in sections["lambda"]:
        parts += ["Warm p50 with larger bodies, in us:",
                  markdown(sections["lambda"]["large"], lambda_section.LARGE, lambda_section.BASE)]
    if "headers" in sections["lambda"]:
        parts += ["CPU per event with ever more headers, in us:",
                  markdown(sections["lambda"]["headers"], [(count, f"{count} headers", 1) for count in ("1", "10", "100")],
                           lambda_section.BASE)]
    if "run" in sections:
        parts += ["Web servers, one worker on one core, the load on the other, 16 connections; in brackets the ratio to hyper:",
                  markdown(sections["run"]["16"], serve_section.COLUMNS, serve_section.BASE)]
    if "kinds" in sections.get("host", {}):
        parts += ["One call of an actor to a provider that answers with nothing; in brackets the ratio to one built in:",
                  markdown(sections["host"]["kinds"], [("call_us", "us", 1)], "built in"),
                  "Others, in us: " + ", ".join(
                      f"{key.removesuffix('_p50_us').replace('_', ' ')} {number(figures['median'])}"
                      for group in ("providers", "growth") for key, figures in sections["host"][group]["wascc"].items()
                      if key.endswith("_p50_us") and not key.startswith(("built_in", "native", "portable"))) + "."]
    if "package" in sections:
        parts.append("Compile time of the 2 MB module: "
                     f"{sections['package']['large: seconds to compile']:.2f} s; to package it: "
                     f"{sections['package']['large: seconds to package']:.2f} s.")
    return "\n\n".join(parts) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = pathlib.Path(sys.argv[1])
    record = json.loads(path.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    if not MARKED.search(text):
        sys.exit(f"{PAGE} has no <!-- measured --> and <!-- /measured -->")
    PAGE.write_text(MARKED.sub(lambda found: found[1] + page(record, path.name) + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
