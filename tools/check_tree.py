#!/usr/bin/env python3
"""Fails on a path of somebody's machine or a package registry's host name in any file of the repository.

Either would tie the project to one place. Lock files are left out: a registry's identity is part of their format.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Written in pieces, so that this file passes its own check.
HOSTS = ["crates" + r"\.io\b", "pypi" + r"\.org", "npm" + r"js\.org", "deb\\." + r"debian\.org",
         "proxy" + r"\.golang\.org", "maven" + r"\.org"]
PATHS = [r"(?<![\w.])/(?:" + folder + r")/" for folder in ("root", "work")]
PATTERN = re.compile("|".join([*HOSTS, *PATHS]))
SKIPPED = (".lock",)


def main() -> int:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.split("\0")
    found = 0
    for name in filter(None, names):
        path = ROOT / name
        if name.endswith(SKIPPED) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            match = PATTERN.search(line)
            if match:
                found += 1
                print(f"{name}:{number}: {match[0]}")
    print(f"tree: {found} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
