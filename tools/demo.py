#!/usr/bin/env python3
"""Shows the whole path: one signed actor, built from source with the SDK of 2020, answers events of every front door.

`bootstrap` is served by cargo-lambda, a Runtime API server that this project did not write. Each answer is compared
with tests/events/expected.json; the exit status is 1 if any differs. `make demo` calls this after the build.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import cargo_lambda  # noqa: E402
import event_files  # noqa: E402
import wascc_tool  # noqa: E402

EVENTS = ["alb-capture-2026.json", "rest-proxy-post.json", "httpapi1-constructed.json", "httpapi2-named-stage.json",
          "furl-capture-2026.json", "sqs.json"]
WIDTH = 110
BOLD, DIM, RED, GREEN, PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[0m"
if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
    BOLD = DIM = RED = GREEN = PLAIN = ""


def show(label: str, text: str, lines: int = 4) -> None:
    """A labelled block, wrapped, and cut after some lines."""
    wrapped = textwrap.wrap(" ".join(text.split()), WIDTH - 14, max_lines=lines, placeholder=" …",
                            break_on_hyphens=False) or [""]
    for number, line in enumerate(wrapped):
        print(f"  {label if number == 0 else '':<11} {line}")


def show_picture(picture: dict) -> None:
    target = picture["path"] + ("?" + picture["query_string"] if picture["query_string"] else "")
    body = bytes(picture["body"]).decode(errors="backslashreplace")
    show("actor saw", f"{picture['method']} {target}")
    show("", ", ".join(f"{name}: {value}" for name, value in picture["headers"].items()), lines=3)
    show("", f"body of {len(picture['body'])} bytes" + (f": {body}" if body else ""), lines=2)


class Demo:
    def __init__(self, server: cargo_lambda.Server, runtime: cargo_lambda.Runtime):
        self.server, self.runtime = server, runtime
        self.failures = 0

    def verdict(self, right: bool, milliseconds: float, detail: str = "") -> None:
        if right:
            print(f"  {GREEN}as expected{PLAIN} {DIM}after {milliseconds:.1f} ms{PLAIN}\n")
        else:
            self.failures += 1
            print(f"  {RED}NOT as expected{PLAIN} {detail}\n")

    def send_file(self, file: event_files.EventFile) -> None:
        title = event_files.HTTP_KINDS.get(file.kind, "Raw event, a batch of SQS messages")
        print(f"{BOLD}{title}{PLAIN}  {DIM}tests/events/{file.name}{PLAIN}")
        show("event", file.event.decode())
        began = time.perf_counter()
        try:
            status, answer = self.server.invoke(file.event)
        except OSError as error:
            sys.exit(f"{RED}No answer: {error}{PLAIN}\nThe runtime wrote:\n{self.runtime.log()}")
        milliseconds = (time.perf_counter() - began) * 1000
        show("came back", answer.decode(errors="replace"))
        if status != 200:
            self.verdict(False, milliseconds, f"the server answered {status}; the runtime wrote:\n{self.runtime.log()}")
        elif file.is_http:
            picture = json.loads(json.loads(answer)["body"])
            show_picture(picture)
            expected = event_files.expected_picture(file)
            self.verdict(picture == expected, milliseconds, f"but {expected}")
        else:
            show("actor saw", f"{len(file.event)} bytes, and gave the same back")
            self.verdict(answer == file.event, milliseconds)


def build_actor(preset: str) -> None:
    print(f"{BOLD}Building the actor from examples/echo-rust and signing it{PLAIN}", flush=True)
    subprocess.run(["cmake", "--build", "--preset", preset, "--target", "example_echo-rust"], cwd=ROOT, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="release", help="the build to show (default: release)")
    parser.add_argument("--bootstrap", default="bootstrap", choices=["bootstrap", "bootstrap-full"])
    options = parser.parse_args()

    try:
        build_actor(options.preset)
        folder = ROOT / "build" / options.preset
        build = wascc_tool.Build(folder / "bin", folder / "actors", options.bootstrap)
        files = {file.name: file for file in event_files.load()}
        with tempfile.TemporaryDirectory(prefix="wascc-demo-") as temporary, cargo_lambda.Server() as server:
            package = Path(temporary)
            shutil.copy(build.actor("echo-rust"), package)
            print(f"\n{BOLD}The actor's claims, by wascc inspect{PLAIN}")
            print(textwrap.indent(build.inspect(package / "echo-rust.wasm"), "  "))
            build.prepare_package(package)
            with cargo_lambda.Runtime(build.bootstrap, package, server.runtime_api()) as runtime:
                print(f"{BOLD}{options.bootstrap} runs, with cargo-lambda's Runtime API at {server.runtime_api()}{PLAIN}\n")
                demo = Demo(server, runtime)
                for name in EVENTS:
                    demo.send_file(files[name])
                print(f"{BOLD}What the runtime wrote to its log{PLAIN}")
                print(textwrap.indent("\n".join(line[:WIDTH] for line in runtime.log().splitlines()[:12]), "  "))
    except cargo_lambda.Unavailable as reason:
        sys.exit(f"{RED}The demo needs cargo-lambda from the Python registry:{PLAIN} {reason}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{RED}`{' '.join(map(str, error.cmd))}` failed with status {error.returncode}{PLAIN}\n{error.stderr or ''}")
    print(f"\n{len(EVENTS) - demo.failures} of {len(EVENTS)} answers as expected")
    return 1 if demo.failures else 0


if __name__ == "__main__":
    sys.exit(main())
