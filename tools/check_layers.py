#!/usr/bin/env python3
"""Fails on an #include that the tables of docs/architecture.md do not allow.

The first table says which folder may include which; the second through which folder each library from outside
comes in. --self-test plants violations in a small tree and expects each to be found.
"""

import fnmatch
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from source_tree import ROOT, cpp_files, includes, resolve

EVERYWHERE = "include/wascc"
# Folders that no product code includes: they may use everything.
TESTS = ("tests", "bench")


def tables(text: str) -> list[list[list[str]]]:
    """The Markdown tables of a page, as rows of cells, without the head."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            inside = True
            found[-1].append([cell.strip() for cell in line.strip().strip("|").split("|")])
        else:
            inside = False
    return [rows[2:] for rows in found]


class Rules:
    def __init__(self, architecture: str):
        layers, doors = tables(architecture)[:2]
        self.allowed: dict[str, set[str]] = {}  # folder -> folders it may include
        short: dict[str, str] = {}  # the name by which later rows call a folder
        for folder, _, may in layers:
            folder = folder.strip("`").rstrip("/")
            if may == "all above":
                names = set(self.allowed)
            else:
                words = [word.strip("` ") for word in may.split(",")]
                names = {short[word] for word in words if word not in ("", "—")}
            self.allowed[folder] = names | {folder, EVERYWHERE}
            short[folder.rsplit("/", 1)[-1]] = folder
        # (pattern of the header, folders that may include it; "*" is every folder)
        self.doors = [(pattern.strip("` "), [word.strip("` /") for word in into.split(",")])
                      for patterns, into, *_ in doors for pattern in patterns.split(",")]

    def folder_of(self, file: Path) -> str | None:
        inside = [folder for folder in self.allowed if file.is_relative_to(folder)]
        return max(inside, key=len, default=None)

    def complaint(self, file: Path, name: str, quoted: bool, root: Path) -> str | None:
        is_test = re.search(r"_(test|fuzz)\.cc$", file.name) or file.parts[0] in TESTS
        if not quoted and "." not in name:
            return None  # the standard library
        target = resolve(file, name, root) if quoted else None
        if target is not None:
            if file.parts[0] in TESTS or is_test and target.parts[0] in TESTS:
                return None
            source, into = self.folder_of(file), self.folder_of(target)
            if source is None:
                return "the file lies in no folder of the layer table"
            if into in self.allowed[source]:
                return None
            return f"{source}/ may not include {into or target.parent}/"
        if quoted:
            return "no such file in the project; headers from outside take <>"
        for pattern, folders in self.doors:
            if fnmatch.fnmatch(name, pattern):
                if "every folder" in folders or is_test and "tests" in folders:
                    return None
                if any(file.is_relative_to(folder) for folder in folders):
                    return None
                return f"<{name}> is for {', '.join(folders)} alone"
        return f"<{name}> has no row in the table of doors"


def check(root: Path) -> list[str]:
    rules = Rules((root / "docs/architecture.md").read_text(encoding="utf-8"))
    found = []
    for file in cpp_files(root):
        for line, name, quoted in includes((root / file).read_text(encoding="utf-8")):
            complaint = rules.complaint(file, name, quoted, root)
            if complaint:
                found.append(f"{file}:{line}: #include of {name}: {complaint}")
    return found


def self_test() -> list[str]:
    """What went wrong; empty if each planted violation, and nothing else, was found."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files = {
            "docs/architecture.md": (ROOT / "docs/architecture.md").read_text(encoding="utf-8"),
            "include/wascc/good.h": "#include <vector>\n",
            "src/base/good.h": '#include "wascc/good.h"\n#include <unistd.h>\n',
            "src/engine/good.cc": '#include "base/good.h"\n#include <wasmtime.h>\n',
            "src/engine/engine.h": "",
            "src/engine/good_test.cc": '#include "support/fake.h"\n#include <gtest/gtest.h>\n',
            "tests/support/fake.h": "",
            "src/base/upward.cc": '#include "engine/engine.h"\n',
            "src/base/test_code.cc": '#include "support/fake.h"\n',
            "src/base/lost.cc": '#include "base/missing.h"\n',
            "src/wapc/door.cc": '#  include <wasmtime.h>\n',
            "src/wapc/stranger.cc": "#include <stranger/api.h>\n",
            "include/wascc/inward.h": '#include "base/good.h"\n',
            "elsewhere/file.cc": '#include "base/good.h"\n',
        }
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        found = check(root)
    bad = [path for path in files if path.endswith((".h", ".cc"))
           and not re.search(r"/(good\w*|engine|fake)\.\w+$", path)]
    wrong = [f"not found: {path}" for path in bad if not any(f.startswith(path) for f in found)]
    wrong += [f"found in good code: {line}" for line in found if line.split(":")[0] not in bad]
    return wrong


def main() -> int:
    wrong = self_test() if sys.argv[1:] == ["--self-test"] else check(ROOT)
    for line in wrong:
        print(line)
    print(f"layers: {len(wrong)} complaints")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
