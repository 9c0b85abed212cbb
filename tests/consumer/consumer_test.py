#!/usr/bin/env python3
"""A fresh install is enough for somebody else's provider: found, built, and good.

consumer_test.py CMAKE BUILD WASCC SHOUT COMPILER: BUILD is this project's build folder, SHOUT the example's source.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

CMAKE, BUILD, WASCC, SHOUT, COMPILER = sys.argv[1:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


with tempfile.TemporaryDirectory() as folder:
    prefix, build = Path(folder, "prefix"), Path(folder, "build")
    run(CMAKE, "--install", BUILD, "--component", "sdk", "--prefix", str(prefix))
    installed = sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*.h*"))
    assert "include/wascc/provider_abi.h" in installed and "include/wascc/provider.hpp" in installed, installed
    run(CMAKE, "-S", str(Path(__file__).parent), "-B", str(build), f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DSHOUT={SHOUT}", f"-DCMAKE_CXX_COMPILER={COMPILER}", "-DCMAKE_BUILD_TYPE=Release")
    run(CMAKE, "--build", str(build))
    run(WASCC, "provider", "check", str(build / "libconsumer_shout.so"))
