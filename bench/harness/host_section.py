"""Calls inside one process: ours, and those of the crate `wapc` on the same engine with the same modules."""

import json

from .build import Unavailable, run, say
from .figures import interleave, summarise, table
from .lambda_peers import cargo

BASE = "crate wapc"
CALLS = [("empty_call", "empty guest call, us", 1), ("call_with_host_call", "with one host call, us", 1),
         ("host_call", "one host call more, us", 1), ("actor_call", "actor's HTTP answer, us", 1),
         ("fresh_instance", "fresh instance with one call, us", 1)]
PROVIDERS = ["host_to_actor", "keyvalue_in_memory", "extras", "logging_off", "portable", "actor_to_actor"]
GROWTH = ["actors_1", "actors_20", "actors_500", "bindings_1", "bindings_30", "bindings_1000"]


def medians(names):
    return [(f"{name}_p50_us", name.replace("_", " "), 1) for name in names]


def section(options, actors):
    tool = options.build / "bin/host_bench"
    run([tool, "emit", options.work])
    large, request = actors.signed["large"], options.work / "request.msgpack"
    commands = {"wascc": [tool, "calls", options.work, large]}
    try:
        say("preparing crate wapc")
        commands[BASE] = [cargo("wapc"), options.work / "calls.wasm", large, request]
    except Unavailable as reason:
        say(f"left out: crate wapc: {reason}")

    def result(command):
        return json.loads(run(command))

    rounds = 3 if options.quick else max(5, options.rounds // 3)
    summary = summarise(interleave(commands, rounds, result))
    print(f"## Calls, in us: medians of {rounds} interleaved rounds; in brackets the ratio to {BASE}\n")
    table(summary, [(f"{key}_p50_us", title, divisor) for key, title, divisor in CALLS], BASE)
    record = {"calls": summary}
    for name, kinds in (("providers", PROVIDERS), ("growth", GROWTH)):
        record[name] = summarise({"wascc": [result([tool, name, options.work]) for _ in range(rounds)]})
        print({"providers": "## One call through the host, in us\n",
               "growth": "## The same call with ever more actors and bindings, in us\n"}[name])
        table(record[name], medians(kinds), "wascc")
    return record
