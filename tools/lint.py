#!/usr/bin/env python3
"""Runs clang-tidy over every .cc file of a configured build, several at once.

A file found clean is remembered in the user's cache folder under a digest of all that decides the answer: its
text, the project's headers that it includes, its command line, .clang-tidy and the tool's version. So a second run
checks what changed. --all forgets that.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from source_tree import ROOT, closure

TIDY = "clang-tidy-14"
# In tests a copy costs nothing, and tables hold strings of several pieces.
TEST_CHECKS = "--checks=-performance-*,-bugprone-suspicious-missing-comma"


def cache_folder() -> Path:
    base = os.environ.get("WASCC_CACHE_DIR") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "wascc")
    folder = Path(base) / "lint"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def digest_of(file: Path, command: str, common: bytes) -> str:
    digest = hashlib.sha256(common)
    digest.update(command.replace(str(ROOT), "").encode())
    for part in sorted(closure(file)):
        digest.update(str(part).encode() + b"\0" + (ROOT / part).read_bytes() + b"\0")
    return digest.hexdigest()


def check(file: Path, database: Path) -> tuple[bool, str, float]:
    started = time.monotonic()
    command = [TIDY, "--quiet", "--warnings-as-errors=*", "-p", str(database), str(ROOT / file)]
    if file.parts[0] == "tests" or file.stem.endswith(("_test", "_fuzz")):
        command.append(TEST_CHECKS)
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = (run.stdout + ("" if run.returncode == 0 else run.stderr)).splitlines()
    noise = ("warnings generated", "warning generated", "Suppressed ", "Use -header-filter")
    text = "\n".join(line for line in lines if not any(word in line for word in noise))
    return run.returncode == 0, text, time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release", help="a configured build folder")
    parser.add_argument("--all", action="store_true", help="check files known to be clean, too")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="how many at once")
    parser.add_argument("files", nargs="*", type=Path, help="only these, relative to the project")
    options = parser.parse_args()

    build = (ROOT / options.build).resolve()
    try:
        entries = json.loads((build / "compile_commands.json").read_text())
    except OSError as error:
        sys.exit(f"lint: {error}; configure first, for example: cmake --preset release")
    common = (ROOT / ".clang-tidy").read_bytes() + TEST_CHECKS.encode() + subprocess.run(
        [TIDY, "--version"], check=True, capture_output=True).stdout
    cache = cache_folder()
    # A file that two targets compile is checked once; so clang-tidy must see one entry a file, too.
    entries = list({entry["file"]: entry for entry in entries}.values())
    database = build / "lint"
    database.mkdir(exist_ok=True)
    (database / "compile_commands.json").write_text(json.dumps(entries))
    todo = []
    for entry in entries:
        path = Path(entry["file"]).resolve()
        if not path.is_relative_to(ROOT) or path.is_relative_to(ROOT / "build"):
            continue
        file = path.relative_to(ROOT)
        if options.files and file not in options.files:
            continue
        command = entry["command"].replace(str(build), "")
        stamp = cache / digest_of(file, command, common)
        if options.all or not stamp.exists():
            todo.append((file, stamp))
    todo.sort()
    print(f"lint: {len(todo)} files to check", flush=True)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        running = {pool.submit(check, file, database): (file, stamp) for file, stamp in todo}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            file, stamp = running[future]
            clean, text, seconds = future.result()
            print(f"[{done}/{len(todo)}] {file} {seconds:.1f} s{'' if clean else ' FAILED'}", flush=True)
            if clean:
                stamp.touch()
            else:
                failed += 1
                print(text, flush=True)
    print(f"lint: {failed} of {len(todo)} files have findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
