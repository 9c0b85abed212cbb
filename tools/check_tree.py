#!/usr/bin/env python3
"""Fails on a path of somebody's machine or a package registry's host name in any file of the repository, and on a link
of a Markdown page to a file that is not there.

The first two would tie the project to one place. Lock files are left out: a registry's identity is part of their format.
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
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")


def main() -> int:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.split("\0")
    found = 0
    for name in filter(None, names):
        path = ROOT / name
        if name.endswith(SKIPPED) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            wrong = [match[0] for match in PATTERN.finditer(line)]
            if name.endswith(".md"):
                wrong += [f"no such file: {link}" for link in LINK.findall(line)
                          if not (path.parent / link).exists()]
            for what in wrong:
                found += 1
                print(f"{name}:{number}: {what}")
    print(f"tree: {found} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
