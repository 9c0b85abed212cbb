"""Calls inside one process: ours, and those of the crate `wapc` on the same engine with the same modules."""

import json

from .build import Unavailable, run, say
from .figures import interleave, summarise, table
from .lambda_peers import cargo

BASE = "crate wapc"
CALLS = [("empty_call", "empty guest call, us", 1), ("call_with_host_call", "with one host call, us", 1),
         ("host_call", "one host call more, us", 1), ("actor_call", "actor's HTTP answer, us", 1),
         ("fresh_instance", "fresh instance with one call, us", 1)]
KINDS = ["built_in", "native", "portable"]  # the same provider, which answers with nothing
PROVIDERS = ["host_to_actor", "actor_to_actor", "keyvalue_in_memory", "extras", "logging_off"]
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
    calls = summarise({"wascc": [result([tool, "providers", options.work]) for _ in range(rounds)]})["wascc"]
    record["providers"] = {"wascc": calls}
    record["kinds"] = {kind.replace("_", " "): {"call_us": calls[f"{kind}_p50_us"]} for kind in KINDS}
    print("## One call to each kind of provider; in brackets the ratio to what is built in\n")
    table(record["kinds"], [("call_us", "one call with its answer, us", 1)], "built in")
    print("## One call through the host, in us\n")
    table(record["providers"], medians(PROVIDERS), "wascc")
    record["growth"] = summarise({"wascc": [result([tool, "growth", options.work]) for _ in range(rounds)]})
    print("## The same call with ever more actors and bindings, in us\n")
    table(record["growth"], medians(GROWTH), "wascc")
    return record
