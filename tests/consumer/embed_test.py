#!/usr/bin/env python3
"""A fresh install is enough for somebody else's program with a host in it: examples/embed, built and run.

embed_test.py CMAKE BUILD ACTOR COMPILER    BUILD is this project's build folder, ACTOR the signed
example turnstile-cpp. Exit status 77: skipped.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

CMAKE, BUILD, ACTOR, COMPILER = sys.argv[1:]
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from vectors import ACCOUNT, STRANGER  # noqa: E402


def run(*command, status=0):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=280)
    if done.returncode != status:
        sys.exit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stderr


def expect(text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f"FAILED: {part!r} is not in\n{text}")


def configure(build, prefix, status=0):
    return run(CMAKE, "-S", ROOT / "examples/embed", "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
               f"-DCMAKE_CXX_COMPILER={COMPILER}", "-DCMAKE_BUILD_TYPE=Release", status=status)


licences = subprocess.run([sys.executable, ROOT / "tools/third_party.py", "--version", "0", "--output",
                           Path(BUILD, "third_party")], capture_output=True, text=True, check=False, timeout=280)
if licences.returncode != 0:  # a prefix without them is none that may be given away, and is not made
    print(f"skipped: the licences of the crates are not here: {licences.stderr.strip()}")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="wascc-embed-") as folder:
    first, prefix, build = Path(folder, "first"), Path(folder, "prefix"), Path(folder, "build")
    run(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", first)
    expect(configure(Path(folder, "early"), first, status=1), "component host of wascc is not installed")
    run(CMAKE, "--install", BUILD, "--component", "host", "--prefix", first)
    first.rename(prefix)  # nothing in it knows where it was
    for name in ("LICENSE", "NOTICE", "THIRD-PARTY-LICENSES.txt"):
        assert (prefix / "share/doc/wascc" / name).stat().st_size, name
    configure(build, prefix)
    run(CMAKE, "--build", build)
    turnstile = build / "turnstile"

    said = run(turnstile, ACTOR, ACCOUNT).splitlines()
    expect(said[0], "before: ", "no subscribers")
    if said[1:] != ['/gate: {"count":1}', '/gate: {"count":2}', '/door: {"count":1}']:
        sys.exit(f"FAILED: {said}")
    expect(run(turnstile, ACTOR, STRANGER, status=1), "turnstile: ", "not among the trusted issuers")
    expect(run(turnstile, ACTOR, "nonsense", status=1), "trusted_issuers: 'nonsense'")

    # What it needs of the machine is what every program needs.
    needed = {line.split()[-1].strip("[]") for line in run("readelf", "-d", turnstile).splitlines() if "(NEEDED)" in line}
    if not needed <= {"libstdc++.so.6", "libgcc_s.so.1", "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}:
        sys.exit(f"FAILED: it needs {needed}")
