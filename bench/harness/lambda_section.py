"""Functions on Lambda: cold start, first event, warm events of all sizes, processor time and memory."""

import json
import os
import subprocess

from . import events, lambda_peers
from .build import Unavailable, program, say
from .figures import beside, interleave, ratios, summarise, table

BASE, OURS = "rust", "wascc"
SMALL = [("cold_us", "exec to first next, ms", 1000), ("cold_cpu_us", "CPU of that, ms", 1000),
         ("cold_faults", "page faults till then", 1), ("first_us", "first event, us", 1), ("first_faults", "page faults of it", 1),
         ("warm_p50_us", "warm p50, us", 1), ("warm_p99_us", "warm p99, us", 1), ("cpu_us", "CPU per event, us", 1),
         ("rss_idle_kb", "RSS idle, MB", 1024)]
SIZES = {"64 kB": 64_000, "1 MB": 1_000_000, "5 MB": 5_000_000}
LARGE = [(title, title, 1) for title in SIZES]


def measure(tool, count, event, folder, command, **environment):
    done = subprocess.run([str(part) for part in [tool, count, event, folder, *command]], capture_output=True,
                          text=True, timeout=600, env={**os.environ, **environment})
    if done.returncode != 0:
        raise Unavailable((done.stderr.strip() or "it failed without a word").splitlines()[-1])
    return json.loads(done.stdout)


def programs(options, actors):
    """{name: (folder, command)} of everything that can be had here."""
    found = {}
    makers = dict(lambda_peers.MAKERS)
    for name in ("path", "echo", "large"):
        label = "wascc" if name == "path" else f"wascc {name}"
        makers[label] = lambda _work, name=name: (folder := actors.package(name)[0], [folder / "bootstrap"])
    for name, make in makers.items():
        if options.only and name not in options.only:
            continue
        try:
            say(f"preparing {name}")
            found[name] = make(options.work)
        except Unavailable as reason:
            say(f"left out: {name}: {reason}")
    return found


def small_events(tool, found, options):
    event = events.small(options.work)
    summary = summarise(interleave(
        found, options.rounds, lambda place: measure(tool, options.events, event, *place)))
    print(f"## Lambda, events of 1 kB: medians of {options.rounds} interleaved rounds of {options.events} events; "
          f"in brackets the ratio to {BASE}\n")
    table(summary, SMALL, BASE)
    if OURS in summary:
        print(beside(summary, OURS, SMALL), "\n", flush=True)
    return summary


def large_events(tool, found, options):
    """The large actor is the same program as the small one here."""
    summary = {}
    rounds = max(3, options.rounds // 6)
    for title, size in SIZES.items():
        event = events.of_size(options.work, size)
        count = max(20, 20_000_000 // size // 2)
        runs = interleave({name: place for name, place in found.items() if name not in ("wascc echo", "wascc large")},
                          rounds, lambda place: measure(tool, count, event, *place))
        for name, figures in summarise(runs).items():
            summary.setdefault(name, {})[title] = figures["warm_p50_us"]
    print(f"## Lambda, larger events: warm p50 in us, {rounds} rounds; in brackets the ratio to {BASE}\n")
    table(summary, LARGE, BASE)
    return summary


def memory(tool, found, options):
    """Resident memory over many events; the large actor stands for real ones."""
    event = events.small(options.work)
    count = 100_000 if options.full else 20_000
    summary = {}
    for name in ("wascc large", "rust"):
        if name in found:
            summary.update(summarise({name: [measure(tool, count, event, *found[name])]}))
    print(f"## Lambda, memory over {count} events, one round\n")
    table(summary, [("rss_idle_kb", "RSS idle, MB", 1024), ("rss_10000_kb", "after 10,000 events, MB", 1024),
                    ("rss_end_kb", f"after {count:,}, MB", 1024),
                    ("anonymous_end_kb", "of it not mapped from files, MB", 1024)], BASE)
    return summary


def headers(tool, found, options):
    """What an event costs with ever more headers."""
    summary = {}
    for name in ("wascc", "rust"):
        if name not in found:
            continue
        for count in (1, 10, 100):
            event = events.with_headers(options.work, count)
            runs = [measure(tool, options.events, event, *found[name]) for _ in range(3)]
            summary.setdefault(name, {})[str(count)] = summarise({name: runs})[name]["cpu_us"]
    print("## Lambda, number of headers: CPU per event in us\n")
    table(summary, [("1", "1 header", 1), ("10", "10 headers", 1), ("100", "100 headers", 1)], BASE)
    return summary


def section(options, actors):
    tool = program(options.work, "lambda_bench")
    found = programs(options, actors)
    record = {"small": small_events(tool, found, options)}
    if not options.quick:
        record["large"] = large_events(tool, found, options)
        record["memory"] = memory(tool, found, options)
        record["headers"] = headers(tool, found, options)
    if OURS in found:
        record["ratios"] = {"small": ratios(record["small"], OURS, SMALL)}
        if "large" in record:
            record["ratios"]["large"] = ratios(record["large"], OURS, LARGE)
    return record
