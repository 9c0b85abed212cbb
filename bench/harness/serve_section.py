"""`wascc run` against native web servers: one worker on one core, the load on another."""

import json
import os
import re
import subprocess

from . import wasmtime_peer
from .build import Unavailable, program, run, say
from .figures import beside, interleave, ratios, summarise, table
from .lambda_peers import cargo

BASE, OURS, FRESH = "hyper", "wascc run", "wascc run, isolation: invocation"
COLUMNS = [("rps", "requests per second", 1), ("latency_p50_us", "p50, us", 1), ("latency_p99_us", "p99, us", 1),
           ("cpu_us", "CPU per request, us", 1)]
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server on core 0; its port is the last number of the first line that it prints."""

    def __init__(self, command, **environment):
        self.process = subprocess.Popen(["taskset", "-c", "0", *map(str, command)], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment})
        found = re.search(r":?(\d+)(?=[/ \n])", self.process.stdout.readline().replace("127.0.0.1", ""))
        if not found:
            self.stop()
            raise Unavailable("it did not say where it listens")
        self.port = int(found[1])

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def stop(self):
        self.process.terminate()
        self.process.wait()


def commands(options, actors):
    """{name: (command, environment)}"""
    wascc = [actors.wascc, "run", actors.signed["path"], "--port", "0", "--workers", "1"]
    quiet = {"RUST_LOG": "error"}
    makers = {"beast": lambda: ([program(options.work, "beast_server", "-O3", "-lpthread")], {}),
              "hyper": lambda: ([cargo("hyper")], {}),
              "wasmtime serve": lambda: (wasmtime_peer.command(), {}),
              "wasmtime serve, instances reused": lambda: (
                  wasmtime_peer.command("--max-instance-reuse-count", "1000000000"), {}),
              OURS: lambda: (wascc, quiet),
              FRESH: lambda: (wascc, {**quiet, "WASCC_ISOLATION": "invocation"})}
    found = {}
    for name, make in makers.items():
        try:
            say(f"preparing {name}")
            found[name] = make()
        except Unavailable as reason:
            say(f"left out: {name}: {reason}")
    return found


def section(options, actors):
    load = program(options.work, "http_load")
    rounds, seconds = (3, 1) if options.quick else (max(5, options.rounds // 5), 1.5)

    def measure(place, connections):
        command, environment = place
        server = Server(command, **environment)
        try:
            run(["taskset", "-c", "1", load, server.port, connections, 0.3, "/my/path"])
            before = server.cpu_seconds()
            figures = json.loads(run(["taskset", "-c", "1", load, server.port, connections, seconds, "/my/path"]))
            figures["cpu_us"] = (server.cpu_seconds() - before) * 1e6 / figures["requests"]
            return figures
        finally:
            server.stop()

    found, record = commands(options, actors), {}
    for connections in (16,) if options.quick else (1, 16, 256):
        summary = summarise(interleave(found, rounds, lambda place: measure(place, connections)))
        print(f"## Web server, one worker, {connections} connections: medians of {rounds} rounds; in brackets the ratio "
              f"to {BASE}\n")
        table(summary, COLUMNS, BASE)
        for ours in (OURS, FRESH):
            if ours in summary:
                print(beside(summary, ours, COLUMNS), "\n", flush=True)
        record[str(connections)] = summary
    record["ratios"] = {ours: ratios(record["16"], ours, COLUMNS) for ours in (OURS, FRESH) if ours in record["16"]}
    return record
