"""`wasmtime serve`, the published command line of the engine that `wascc run` stands on, with a component in C."""

import os
import pathlib
import shutil
import tempfile

from .build import BENCH, CACHE, cached, need, run, say

VERSION = "48.0.8"  # the engine of this project
FEATURES = "run,serve,component-model,component-model-async,cranelift,pooling-allocator,gc"
SOURCE = BENCH / "peers/component"


def installed():
    """The folder with the program in bin/ and the interfaces of HTTP in wit/."""
    need("cargo")
    folder = CACHE / f"bench-wasmtime-{VERSION}"
    if not (folder / "complete").exists():
        say("building wasmtime serve: ten minutes of two cores, once")
        work = CACHE / "work-bench-wasmtime"
        run(["cargo", "install", f"wasmtime-cli@{VERSION}", "--locked", "--no-default-features", "--features", FEATURES,
             "--root", folder, "--target-dir", work])
        home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
        wit = next(home.glob(f"registry/src/*/wasmtime-wasi-http-{VERSION}/wit"))
        shutil.copytree(wit, folder / "wit", dirs_exist_ok=True)
        shutil.rmtree(work, ignore_errors=True)
        (folder / "complete").touch()
    return folder


def component(wit):
    """The component of bench/peers/component; jco, which makes it, is thrown away afterwards."""
    def make(path):
        need("clang-14")
        need("npm")
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            for name in ("package.json", "package-lock.json", "make.mjs"):
                shutil.copy(SOURCE / name, work)
            shutil.copytree(wit, work / "wit")
            shutil.copy(SOURCE / "answer.wit", work / "wit/world.wit")
            run(["clang-14", "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry,-z,stack-size=65536", "-o",
                 work / "answer.wasm", SOURCE / "answer.c"])
            run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=work)
            run(["node", "make.mjs", "answer.wasm", "wit", path], cwd=work)

    return cached("bench-component", sorted(SOURCE.iterdir()), make)


def command(*flags):
    folder = installed()
    return [folder / "bin/wasmtime", "serve", "--addr", "127.0.0.1:0", *flags, component(folder / "wit")]
