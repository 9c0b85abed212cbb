"""The project's C++ files and what they include; shared by the checks of this folder."""

import re
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
# Where a quoted include is looked for, beside the folder of the file itself.
INCLUDE_FOLDERS = ("src", "plugins", "include", "tests", "guest/cpp", "guest/cpp/include")


def cpp_files(root: Path = ROOT) -> list[Path]:
    """Every C++ file that git knows or would take, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
         "*.h", "*.hpp", "*.cc", "*.c"],
        cwd=root, check=True, capture_output=True, text=True).stdout
    names = [name for name in listed.split("\0") if name]
    return sorted(Path(name) for name in names if (root / name).is_file())


def includes(text: str) -> list[tuple[int, str, bool]]:
    """(line, name, quoted) of each #include in the text."""
    return [(text.count("\n", 0, match.start()) + 1, match[1] or match[2], match[1] is not None)
            for match in INCLUDE.finditer(text)]


def resolve(file: Path, name: str, root: Path = ROOT) -> Path | None:
    """The project's file that `#include "name"` in `file` means, relative to the root."""
    for folder in (file.parent, *map(Path, INCLUDE_FOLDERS)):
        found = folder / name
        if (root / found).is_file():
            return Path(*(root / found).resolve().relative_to(root.resolve()).parts)
    return None


@lru_cache(maxsize=None)
def closure(file: Path) -> frozenset[Path]:
    """The file and every file of the project that it includes, directly or not."""
    seen: set[Path] = set()
    todo = [file]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        for _, name, _ in includes((ROOT / current).read_text(encoding="utf-8")):
            found = resolve(current, name)
            if found is not None:
                todo.append(found)
    return frozenset(seen)
