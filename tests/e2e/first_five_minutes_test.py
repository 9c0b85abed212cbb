#!/usr/bin/env python3
"""The first five minutes of somebody with an idea: an empty folder, an empty home, no network.

Types what README.md and docs/cli.md say, prints the transcript with the time of each step, and checks what comes out.

    first_five_minutes_test.py BIN    BIN: the folder with wascc and bootstrap
"""

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import sanitizers  # noqa: E402

BIN = Path(sys.argv[1]).resolve()
# A network namespace of its own has no network but itself; where the machine does not allow one, the steps are the same.
NO_NETWORK = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
# Serves in the background, as a person would in another terminal, and asks where it says that it serves.
RUN_AND_ASK = """mkfifo at; setsid make run PORT=0 >at 2>log & url=$(grep -m1 -o '^http[^ ]*' at)
curl -sS "$url/you"; kill -- -$!; wait; rm at"""


class Person:
    def __init__(self, folder: Path):
        home = folder / "home"
        home.mkdir()
        self.folder = folder
        self.environment = {"HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}", **sanitizers.OPTIONS}
        self.offline = subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0
        self.took = 0.0

    def types(self, command: str, status: int = 0) -> str:
        """Runs a line in a shell; what it prints, both streams together."""
        shell = [*(NO_NETWORK if self.offline else []), "bash", "-o", "pipefail", "-c", command]
        start = time.monotonic()
        done = subprocess.run(shell, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        seconds = time.monotonic() - start
        self.took += seconds
        print(f"[{seconds:6.2f} s] $ {command}\n{done.stdout}")
        if done.returncode != status:
            sys.exit(f"FAILED: exit status {done.returncode}, not {status}")
        return done.stdout


def expect(what: str, holds: bool) -> None:
    if not holds:
        sys.exit(f"FAILED: {what}")


def play(person: Person) -> None:
    expect("the help names the first command", "wascc new" in person.types("wascc --help"))
    expect("new says what comes next", "make" in person.types("wascc new hello"))
    person.folder /= "hello"

    expect("the actor is signed", "signed M" in person.types("make"))
    for seed in (Path(person.environment["HOME"]) / ".config/wascc/keys").iterdir():
        expect(f"{seed} is private", stat.S_IMODE(seed.stat().st_mode) == 0o600)
    expect("its test passes", "passed" in person.types("make test"))

    answer = person.types("wascc events furl --path /you 2>&1 | wascc invoke . 2>/dev/null")
    expect("it answers", json.loads(json.loads(answer)["body"]) == {"hello": "/you"})
    expect("it is verified", "Verified     yes" in person.types("wascc inspect build/hello.wasm"))

    expect("it is served", json.loads(person.types(RUN_AND_ASK)) == {"hello": "/you"})

    person.types("make package")
    with zipfile.ZipFile(person.folder / "function.zip") as package:
        names = package.namelist()
    for name in ("bootstrap", "manifest.yaml"):
        expect(f"{name} is in the package", name in names)
    expect("the actor is in the package", any(name.endswith("hello.wasm") for name in names))
    person.types("wascc package --check function.zip")
    expect("the doctor finds no problem", "PROBLEM" not in person.types("wascc doctor"))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="wascc-first-") as folder:
        person = Person(Path(folder))
        print("without a network" if person.offline else "network namespaces are not allowed here: with the network")
        play(person)
        print(f"from nothing to a package: {person.took:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
