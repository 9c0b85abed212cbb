#!/usr/bin/env python3
"""Each example does what examples/README.md says, run by the command line as on a developer's machine.

    examples_test.py --bin FOLDER --actors FOLDER [Examples.test_…]

FOLDERs of a build: the executables, and the signed examples.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import event_files  # noqa: E402
import wascc_tool  # noqa: E402

FILES = {file.name: file for file in event_files.load()}
KEY_VALUE_MANIFEST = """\
actors: [kvcounter-rust.wasm]
bindings:
  - {{actor: {actor}, capability: "wascc:keyvalue"}}
"""
TALLY_MANIFEST = """\
actors: [turnstile-cpp.wasm]
capabilities:
  - path: tally-cpp.wasm
    environment: {{TALLY_STEP: 5}}
bindings:
  - {{actor: {tally}, capability: "wascc:keyvalue"}}
  - {{actor: {turnstile}, capability: "example:tally"}}
"""


class Examples(unittest.TestCase):
    build: wascc_tool.Build

    def invoke(self, package: Path, event: bytes) -> dict:
        """What `wascc invoke` answers for one event, given an actor's module or a package's folder."""
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(event)
            file.flush()
            return json.loads(self.build.wascc("invoke", package, "--event", file.name))

    def package(self, *actors: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="wascc-package-"))
        self.addCleanup(shutil.rmtree, folder)
        for name in actors:
            shutil.copy(self.build.actor(name), folder)
        return folder

    def key(self, name: str) -> str:
        return json.loads(self.build.wascc("inspect", "--json", self.build.actor(name)))["subject"]

    def expect_pictures(self, actor: str) -> None:
        for name in ("alb-multi-value.json", "rest-proxy-post.json", "httpapi1-constructed.json"):
            with self.subTest(name):
                answer = self.invoke(self.build.actor(actor), FILES[name].event)
                self.assertEqual(answer["statusCode"], 200)
                self.assertEqual(json.loads(answer["body"]), event_files.expected_picture(FILES[name]))

    def test_echo_rust_pictures_a_request(self):
        self.expect_pictures("echo-rust")

    def test_echo_rust_gives_a_raw_event_back(self):
        event = FILES["sqs.json"].event
        self.assertEqual(self.invoke(self.build.actor("echo-rust"), event), json.loads(event))

    def test_echo_rust_is_healthy(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"\x81\xabplaceholder\xc2")
            file.flush()
            answer = self.build.wascc("call", self.build.actor("echo-rust"), "HealthRequest", "--payload", file.name)
        self.assertEqual(answer, "\udcc0")  # nil: healthy

    def test_echo_assemblyscript_pictures_a_request(self):
        self.expect_pictures("echo-assemblyscript")

    def test_echo_assemblyscript_names_what_it_could_not_read(self):
        with self.assertRaises(subprocess.CalledProcessError) as failed:
            self.build.wascc("call", self.build.actor("echo-assemblyscript"), "HandleRequest")
        self.assertEqual(failed.exception.returncode, 1)
        self.assertIn("the request is not a MessagePack map of its fields", failed.exception.stderr)

    def test_echo_cpp_pictures_a_request(self):
        self.expect_pictures("echo-cpp")

    def test_event_rust_reports_the_messages_that_are_not_json(self):
        batch = {"Records": [{"messageId": "1", "body": "{}"}, {"messageId": "2", "body": "not JSON"}]}
        answer = self.invoke(self.build.actor("event-rust"), json.dumps(batch).encode())
        self.assertEqual(answer, {"batchItemFailures": [{"itemIdentifier": "2"}]})

    def test_event_cpp_counts_the_records(self):
        self.assertEqual(self.invoke(self.build.actor("event-cpp"), FILES["s3.json"].event), {"records": 1})

    def test_kvcounter_rust_counts_in_the_store_it_is_bound_to(self):
        package = self.package("kvcounter-rust")
        (package / "manifest.yaml").write_text(KEY_VALUE_MANIFEST.format(actor=self.key("kvcounter-rust")))
        answer = self.invoke(package, FILES["alb-multi-value.json"].event)
        self.assertEqual(json.loads(answer["body"]), {"counter": 1})

    def test_ping_cpp_answers_with_what_pong_cpp_makes_of_its_number(self):
        answer = self.invoke(self.package("ping-cpp", "pong-cpp"), FILES["alb-health-check.json"].event)
        self.assertEqual(json.loads(answer["body"]), {"value": 53})

    def test_turnstile_cpp_counts_with_the_portable_provider_tally_cpp(self):
        package = self.package("turnstile-cpp", "tally-cpp")
        (package / "manifest.yaml").write_text(TALLY_MANIFEST.format(turnstile=self.key("turnstile-cpp"),
                                                                     tally=self.key("tally-cpp")))
        answer = self.invoke(package, FILES["alb-multi-value.json"].event)
        self.assertEqual(json.loads(answer["body"]), {"count": 5})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--actors", type=Path, required=True)
    options, rest = parser.parse_known_args()
    Examples.build = wascc_tool.Build(options.bin, options.actors)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
