"""Sizes, the time to make a package, and the time to compile."""

import json
import time

from .build import run
from .figures import spread


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def section(options, actors):
    rounds = 1 if options.quick else 3
    record = {}
    for name in ("bootstrap", "bootstrap-full", "wascc"):
        record[f"{name} bytes"] = (options.build / "bin" / name).stat().st_size
    for name in ("echo", "large"):
        times = [seconds(lambda name=name: actors.package(name)) for _ in range(rounds)]
        folder, archive = actors.package(name)
        record[f"{name}: module bytes"] = actors.signed[name].stat().st_size
        record[f"{name}: native code bytes"] = next(folder.glob("*.native")).stat().st_size
        record[f"{name}: ZIP bytes"] = archive.stat().st_size
        record[f"{name}: seconds to package"] = spread(times)["median"]
    compiled = [json.loads(run([options.build / "bin/host_bench", "compile", actors.signed["large"]]))
                for _ in range(rounds)]
    record["large: seconds to compile"] = spread([result["compile_us"] for result in compiled])["median"] / 1e6
    print("## Sizes and times\n\n| what | |\n|---|---|")
    for what, value in record.items():
        print(f"| {what.rsplit(' bytes', 1)[0]} | "
              + (f"{value / 1e6:.2f} MB |" if what.endswith("bytes") else f"{value:.2f} s |"))
    print(flush=True)
    return record
