#!/usr/bin/env python3
"""Every sample event and every sample answer, through a real `bootstrap` served by cargo-lambda's Runtime API.

    cargo_lambda_test.py --bin FOLDER --bootstrap NAME --actors FOLDER

FOLDERs of a build: the executables, and the signed examples. Exit 77: the server cannot be installed here.
"""

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import canned_actor  # noqa: E402
import cargo_lambda  # noqa: E402
import event_files  # noqa: E402
import wascc_tool  # noqa: E402

SKIPPED = 77
FILES = event_files.load()
ANSWERS = [(file, number, case) for file in FILES for number, case in enumerate(file.expected.get("responses", []))]
ECHO = "echo"


def answer_function(index: int) -> str:
    return f"answer-{index}"


class CargoLambda(unittest.TestCase):
    build: wascc_tool.Build
    server: cargo_lambda.Server

    @contextlib.contextmanager
    def serving(self, module: Path, function: str):
        """A running `bootstrap` whose package holds this signed actor alone."""
        with tempfile.TemporaryDirectory(prefix="wascc-package-") as package:
            shutil.copy(module, package)
            self.build.prepare_package(Path(package))
            with cargo_lambda.Runtime(self.build.bootstrap, Path(package), self.server.runtime_api(function)) as runtime:
                yield runtime

    def invoke(self, runtime: cargo_lambda.Runtime, event: bytes, function: str) -> tuple[int, bytes]:
        try:
            return self.server.invoke(event, function)
        except OSError as error:
            self.fail(f"no answer ({error}); the runtime wrote:\n{runtime.log()}")

    def test_an_actor_sees_each_request_as_it_was_sent(self):
        with self.serving(self.build.actor("echo-rust"), ECHO) as runtime:
            for file in FILES:
                with self.subTest(file.name):
                    status, answer = self.invoke(runtime, file.event, ECHO)
                    self.assertEqual(status, 200, answer)
                    if not file.is_http:
                        self.assertEqual(answer, file.event)
                        continue
                    answer = json.loads(answer)
                    self.assertEqual(answer["statusCode"], 200)
                    self.assertFalse(answer["isBase64Encoded"])
                    self.assertEqual(json.loads(answer["body"]), event_files.expected_picture(file))

    def test_each_front_door_gets_an_answer_in_its_own_form(self):
        for index, (file, number, case) in enumerate(ANSWERS):
            with self.subTest(file.name, answer=number), tempfile.TemporaryDirectory() as folder:
                function = answer_function(index)
                actor = case["actor"]
                message = canned_actor.http_response(actor["statusCode"], actor["status"], actor["header"],
                                                     event_files.body_bytes(actor))
                module = Path(folder) / f"{function}.wasm"
                self.build.sign(canned_actor.module(message), module, name=function, caps=["wascc:http_server"])
                with self.serving(module, function) as runtime:
                    status, answer = self.invoke(runtime, file.event, function)
                if "error" in case["answer"]:
                    self.assertEqual((status, json.loads(answer)["errorType"]), (500, case["answer"]["error"]))
                else:
                    self.assertEqual((status, json.loads(answer)), (200, case["answer"]))

    def test_a_plain_http_request_is_answered_over_http(self):
        # This front door refuses an answer without a cookie: its type for an answer has no default for that field.
        message = canned_actor.http_response(201, "Created", {"Set-Cookie": "a=1\nb=2", "X-Kind": "order"}, b"made")
        with tempfile.TemporaryDirectory() as folder:
            module = Path(folder) / "front-door.wasm"
            self.build.sign(canned_actor.module(message), module, name="front-door", caps=["wascc:http_server"])
            with self.serving(module, cargo_lambda.DEFAULT_FUNCTION) as runtime:
                try:
                    status, headers, body = self.server.request("POST", "/orders/7?size=xl", b"order")
                except OSError as error:
                    self.fail(f"no answer ({error}); the runtime wrote:\n{runtime.log()}")
        self.assertEqual((status, body), (201, b"made"))
        self.assertEqual([value for name, value in headers if name == "set-cookie"], ["a=1", "b=2"])
        self.assertIn(("x-kind", "order"), headers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--bootstrap", required=True, choices=["bootstrap", "bootstrap-full"])
    parser.add_argument("--actors", type=Path, required=True)
    options, rest = parser.parse_known_args()
    CargoLambda.build = wascc_tool.Build(options.bin, options.actors, options.bootstrap)
    functions = [ECHO, *(answer_function(index) for index in range(len(ANSWERS)))]
    try:
        with cargo_lambda.Server(functions) as server:
            CargoLambda.server = server
            return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False, verbosity=2).result.wasSuccessful() else 1
    except cargo_lambda.Unavailable as reason:
        print(f"skipped: no cargo-lambda here: {reason}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
