"""Where things lie, and how a program is built or found to be impossible here."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
CACHE = pathlib.Path(os.environ.get("WASCC_CACHE_DIR")
                     or pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "wascc")


class Unavailable(Exception):
    """What cannot be built or run here, with the reason."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, **options):
    """The standard output of a command; Unavailable with its last line where it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise Unavailable(f"{pathlib.Path(str(command[0])).name} failed: {last}")
    return done.stdout


def need(program):
    if shutil.which(program) is None:
        raise Unavailable(f"no {program} on the PATH")


def program(work, name, *flags):
    """Compiles bench/programs/NAME.cc or .c, anew where its sources have changed."""
    source = next(BENCH.glob(f"programs/{name}.c*"))
    binary = work / name
    sources = [source, *BENCH.glob("programs/*.h")]
    if binary.exists() and all(binary.stat().st_mtime > file.stat().st_mtime for file in sources):
        return binary
    compiler = ["c++", "-std=c++20"] if source.suffix == ".cc" else ["cc"]
    run([*compiler, "-O2", "-o", binary, source, *flags])
    return binary


def cached(name, inputs, make):
    """CACHE/NAME-KEY, made once for what the input files hold; `make` writes the path that it is given."""
    digest = hashlib.sha256()
    for file in inputs:
        digest.update(pathlib.Path(file).read_bytes())
    path = CACHE / f"{name}-{digest.hexdigest()[:16]}"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        make(fresh)
        fresh.rename(path)
    return path
