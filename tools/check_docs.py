#!/usr/bin/env python3
"""Fails where the documentation shows what is not so: a file that is printed whole and has changed since, or a command of `wascc`
with a subcommand or an option that it does not have.

    check_docs.py WASCC
"""

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WASCC = sys.argv[1]
# A path of this project, announced as whole, and the text that follows.
WHOLE = re.compile(r"`([\w./-]+)`, whole:\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A command, wherever it stands in a line of shell.
COMMAND = re.compile(r"(?:^|[|;&(]\s*|&& )(?:\./)?wascc (.*?)(?=$|[|;&>)#])")


@cache
def help_of(path: tuple[str, ...]) -> str:
    done = subprocess.run([WASCC, *path, "--help"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout if done.returncode == 0 else ""


def wrong_in_command(text: str) -> str | None:
    words = shlex.split(text)
    path: tuple[str, ...] = ()
    while words and re.fullmatch(r"[a-z]+", words[0]) and f"wascc {' '.join((*path, words[0]))}" in help_of((*path, words[0])):
        path = (*path, words.pop(0))
    if not path and not words[0].startswith("-"):
        return f"there is no command {words[0]}"
    options = set(re.findall(r"--?[a-z][a-z-]*", help_of(path))) | {"--help", "--version", "-q", "--quiet"}
    return next((f"wascc {' '.join(path)} has no {word}" for word in words
                 if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in options), None)


def complaints(page: Path):
    text = page.read_text("utf-8")
    for name, shown in WHOLE.findall(text):
        if not (ROOT / name).is_file():
            yield f"{name} is not there"
        elif (ROOT / name).read_text("utf-8") != shown:
            yield f"{name} is shown as whole and is another"
    for block in SHELL.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for command in COMMAND.findall(line):
                if wrong := wrong_in_command(command):
                    yield f"{wrong}: {line.strip()}"


def main() -> int:
    found, commands, files = 0, 0, 0
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "templates").rglob("*.md")]):
        text = page.read_text("utf-8")
        files += len(WHOLE.findall(text))
        commands += sum(len(COMMAND.findall(line)) for block in SHELL.findall(text) for line in block.splitlines())
        for complaint in complaints(page):
            found += 1
            print(f"{page.relative_to(ROOT)}: {complaint}")
    print(f"docs: {commands} commands, {files} files shown whole, {found} complaints")
    return 1 if found or not commands or not files else 0


if __name__ == "__main__":
    sys.exit(main())
