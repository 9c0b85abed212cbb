"""The same small function on the runtimes that others make: what each is built from, and how it is started."""

import shutil
import sys

from .build import BENCH, CACHE, Unavailable, need, program, run

PEERS = BENCH / "peers"


def cargo(name):
    """A pinned Rust program of bench/peers, built once into the cache folder."""
    need("cargo")
    target = CACHE / f"bench-{name}"
    run(["cargo", "build", "--release", "--locked", "--manifest-path", PEERS / name / "Cargo.toml",
         "--target-dir", target])
    return target / f"release/peer-{name}"


def floor(work):
    return work, [program(work, "floor", "-static")]


def rust(work):
    return work, [cargo("rust")]


def go(work):
    need("go")
    run(["go", "build", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", CACHE / "bench-go", "."],
        cwd=PEERS / "go")
    return work, [CACHE / "bench-go"]


def python(_work):
    venv = CACHE / "bench-python"
    if not (venv / "complete").exists():
        run([sys.executable, "-m", "venv", venv])
        run([venv / "bin/pip", "install", "--quiet", "awslambdaric==3.0.2"])
        (venv / "complete").touch()
    return PEERS / "python", [venv / "bin/python", "-m", "awslambdaric", "app.handler"]


def node(_work):
    """Its client is partly C++ and built while it is installed, with cmake, autotools and a compiler."""
    need("npm")
    folder = CACHE / "bench-node"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(PEERS / "node", folder)
        try:
            run(["npm", "ci", "--silent"], cwd=folder)
        except Unavailable as reason:
            shutil.rmtree(folder, ignore_errors=True)
            raise Unavailable(f"aws-lambda-ric does not build here: {reason}") from None
        (folder / "complete").touch()
    return folder, ["node", "node_modules/aws-lambda-ric/index.mjs", "app.handler"]


MAKERS = {"floor": floor, "rust": rust, "go": go, "python": python, "node": node}
