#!/usr/bin/env python3
"""Actors that were built with the libraries of 2020 and 2021 (tests/actors/sdk/README.md), signed and run.

    sdk_actors_test.py --bin FOLDER --actors FOLDER [SdkActors.test_…]

FOLDERs of a build: the executables, and the signed examples, with the unsigned actors of this test in sdk/.
"""

import argparse
import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import run_test

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import wascc_tool  # noqa: E402

HTTP, KEY_VALUE = "wascc:http_server", "wascc:keyvalue"


class SdkActors(unittest.TestCase):
    build: wascc_tool.Build

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-sdk-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def add(self, name: str, *caps: str, more: tuple[str, ...] = (), subject: str = "") -> str:
        """Signs an actor into the folder; its public key."""
        output = self.folder / f"{name}.wasm"
        module = (self.build.actors / "sdk" / output.name).read_bytes()
        self.build.sign(module, output, subject or name, list(caps), *more)
        return json.loads(self.build.wascc("inspect", "--json", output))["subject"]

    def manifest(self, **content) -> None:
        (self.folder / "manifest.yaml").write_text(json.dumps(content))

    def invoke(self, path: str = "/a/b") -> tuple[dict, str]:
        """The answer to one event of an HTTP API that the folder's actors give, and what the host wrote meanwhile."""
        event = self.build.wascc("events", "httpapi2", "--path", path)
        done = subprocess.run([self.build.programs / "wascc", "invoke", self.folder], input=event, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr

    def body(self) -> dict:
        answer, _ = self.invoke()
        self.assertEqual(answer["statusCode"], 200)
        return json.loads(answer["body"])

    def expect_extras(self, told: dict) -> None:
        self.assertEqual(set(told), {"guid", "random", "sequence"})
        self.assertRegex(told["guid"], r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertIn(told["random"], range(100))
        self.assertEqual(told["sequence"], 0)

    def test_extras(self):
        self.add("extras", HTTP, "wascc:extras")
        self.expect_extras(self.body())

    def test_extras_of_2021(self):
        self.add("extras-2021", "wasmcloud:httpserver", "wasmcloud:extras")
        self.expect_extras(self.body())

    def expect_log(self, log: str, *lines: str) -> None:
        self.assertEqual(re.findall(r'level=(\w+ msg="[^"]*")', log), [*lines])

    def test_logger(self):
        key = self.add("logger", HTTP, "wascc:logging")
        answer, log = self.invoke()
        self.assertEqual((answer["statusCode"], answer["body"]), (200, ""))
        self.expect_log(log, 'info msg="a line for the console"', f'info msg="[{key}] a request for /a/b"',
                        f'warn msg="[{key}] a warning"')

    def test_logger_without_the_capability_goes_on(self):
        self.add("logger", HTTP)
        answer, log = self.invoke()
        self.assertEqual(answer["statusCode"], 200)
        self.expect_log(log, 'info msg="a line for the console"')

    def test_logger_of_2021(self):
        key = self.add("logger-2021", "wasmcloud:httpserver", "wasmcloud:logging")
        _, log = self.invoke()
        self.expect_log(log, f'info msg="[{key}] a request for /a/b"', f'warn msg="[{key}] a warning"')

    def test_multibinding(self):
        key = self.add("multibinding", HTTP, KEY_VALUE)
        self.manifest(actors=["multibinding.wasm"],
                      bindings=[{"actor": key, "capability": KEY_VALUE, "binding": name}
                                for name in ("source1", "source2")])
        self.assertEqual(self.body(), {"counter_1": 1, "counter_2": 2})

    def test_subscriber(self):
        self.add("subscriber", "wascc:messaging")
        message = self.folder / "message"
        message.write_bytes(b"\x83\xa7subject\xa4test\xa7replyTo\xa7inbox.1\xa4body\xc4\x02hi")
        done = subprocess.run([self.build.programs / "wascc", "call", self.folder / "subscriber.wasm", "DeliverMessage",
                               "--payload", message], capture_output=True, timeout=60)
        self.assertEqual(done.stdout, b"\xc0")
        self.assertIn(b'Received BrokerMessage { subject: \\"test\\", reply_to: \\"inbox.1\\", body: [104, 105] }',
                      done.stderr)

    def test_wasi_consumer_and_provider(self):
        key = self.add("wasi-consumer", HTTP, "wascc:wasidemo")
        self.add("wasi-provider", more=("--provider",))
        self.manifest(actors=["wasi-consumer.wasm"], capabilities=[{"path": "wasi-provider.wasm"}],
                      bindings=[{"actor": key, "capability": "wascc:wasidemo"}])
        answer, log = self.invoke()
        self.assertEqual(json.loads(answer["body"]), {"result": 120})
        self.assertIn("bound to 1 actor", log)
        self.assertIn("asked for ten times 12", log)

    def expect_count(self, name: str, told: dict, capabilities: tuple[str, str]) -> None:
        key = self.add(name, *capabilities)
        self.manifest(actors=[f"{name}.wasm"], bindings=[{"actor": key, "capability": KEY_VALUE}])
        self.assertEqual(self.body(), told)

    def test_kvcounter_of_codec_05(self):
        self.expect_count("kvcounter-codec05", {"counter": 1, "tweaked": True}, (HTTP, KEY_VALUE))

    def test_kvcounter_of_2021(self):
        self.expect_count("kvcounter-2021", {"counter": 1}, ("wasmcloud:httpserver", "wasmcloud:keyvalue"))

    def test_echo_of_2021(self):
        self.add("echo-2021", "wasmcloud:httpserver")
        told = self.body()
        self.assertEqual((told["method"], told["path"], told["query_string"], told["body"]), ("GET", "/a/b", "", []))

    def test_pinger_and_ponger_of_2021(self):
        self.add("pinger-2021", "wasmcloud:httpserver")
        self.add("ponger-2021", more=("--alias", "wasmcloud/examples/ponger"))
        self.assertEqual(self.body(), {"value": 53})

    def counter(self, *caps: str) -> str:
        """Signs the counter for these capabilities into the folder; its public key."""
        module = (self.build.actors / "unsigned" / "kvcounter-rust.wasm").read_bytes()
        output = self.folder / "kvcounter-rust.wasm"
        self.build.sign(module, output, "kvcounter-rust", [*caps])
        return json.loads(self.build.wascc("inspect", "--json", output))["subject"]

    def failure(self) -> str:
        """What becomes of an event that the folder's actors cannot answer."""
        event = self.build.wascc("events", "httpapi2", "--path", "/a")
        done = subprocess.run([self.build.programs / "wascc", "invoke", self.folder], input=event, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stderr

    def test_kvcounter_is_told_what_it_lacks(self):
        """A binding, then the capability itself: the host's text, inside the actor's own error."""
        key = self.counter(HTTP, KEY_VALUE)
        self.assertIn("Guest call failure: Guest call failed: Host error: Error occurred during host call: waSCC Host "
                      f"Error: Attempted bus call for wasmbus.provider.wascc.keyvalue.default.{key} with no subscribers",
                      self.failure())
        self.counter(HTTP)
        self.assertIn(f"WebAssembly module authorization failure: Actor {key} attempted to call Add on "
                      "wascc:keyvalue,default - PERMISSION DENIED.", self.failure())

    def test_kvcounter_cannot_be_bound_to_what_it_does_not_claim(self):
        key = self.counter(HTTP, KEY_VALUE)
        self.manifest(actors=["kvcounter-rust.wasm"], bindings=[{"actor": key, "capability": "wascc:messaging"}])
        self.assertIn(f"WebAssembly module authorization failure: Unauthorized binding: actor {key} is not authorized to "
                      "use capability wascc:messaging.", self.failure())

    def test_kvcounter_goes_on_counting_when_a_posted_module_is_not_sound(self):
        key = self.counter(HTTP, KEY_VALUE)
        sound = (self.folder / "kvcounter-rust.wasm").read_bytes()
        self.add("kvcounter-tweaked", HTTP, KEY_VALUE)
        another = (self.folder / "kvcounter-tweaked.wasm").read_bytes()
        self.add("kvcounter-tweaked", HTTP, KEY_VALUE, more=("--expires", "0s"), subject="kvcounter-rust")
        expired = (self.folder / "kvcounter-tweaked.wasm").read_bytes()
        (self.folder / "kvcounter-tweaked.wasm").unlink()
        self.manifest(actors=["kvcounter-rust.wasm"], bindings=[{"actor": key, "capability": KEY_VALUE}])
        server = run_test.Server(self.build, self.folder, str(self.folder), "--admin-port", "0")
        self.addCleanup(server.kill)
        admin = server.admin_port()

        def post(module: bytes) -> tuple[int, str]:
            connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=60)
            self.addCleanup(connection.close)
            connection.request("POST", f"/actors/{key}", module, {"Content-Type": "application/wasm"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        def changed(module: bytes, place: int) -> bytes:
            """Another letter there, so that a token can still be decoded."""
            return module[:place] + (b"A" if module[place:place + 1] != b"A" else b"B") + module[place + 1:]

        count = 0
        for what, module, status, why in (
                ("another subject", another, 403, "Failed to perform hot swap: the new module is another actor"),
                ("bad hash", changed(sound, len(sound) // 2), 403, "Invalid module hash"),
                ("bad signature", changed(sound, len(sound) - 20), 403, "Invalid token signature"),
                ("expired", expired, 403, "Expired token"),
                ("not wasm", b"no module", 422, "")):
            with self.subTest(what):
                told = post(module)
                self.assertEqual(told[0], status, told)
                self.assertIn(why, told[1])
                count += 1
                self.assertEqual(json.loads(server.ask("GET", "/visits")[2]), {"counter": count})
        self.assertEqual(post(sound)[0], 200)
        self.assertEqual(json.loads(server.ask("GET", "/visits")[2]), {"counter": count + 1})

    def test_kvcounter_is_replaced_while_it_serves(self):
        """Four clients count; meanwhile the module changes. No request is lost, and no number is told twice."""
        shutil.copy(self.build.actor("kvcounter-rust"), self.folder)
        replacement = tempfile.TemporaryDirectory(prefix="wascc-sdk-")
        self.addCleanup(replacement.cleanup)
        key = self.add("kvcounter-tweaked", HTTP, KEY_VALUE, subject="kvcounter-rust")
        tweaked = (self.folder / "kvcounter-tweaked.wasm").read_bytes()
        (self.folder / "kvcounter-tweaked.wasm").unlink()
        self.manifest(actors=["kvcounter-rust.wasm"], bindings=[{"actor": key, "capability": KEY_VALUE}])
        server = run_test.Server(self.build, self.folder, str(self.folder), "--workers", "2", "--admin-port", "0")
        self.addCleanup(server.kill)
        admin = server.admin_port()
        answers, enough, ended = [], threading.Event(), threading.Event()

        def count() -> None:
            connection = server.connect()
            while not ended.is_set():
                connection.request("GET", "/visits")
                answer = connection.getresponse()
                answers.append((answer.status, json.loads(answer.read())))
                if len(answers) >= 100:
                    enough.set()
            connection.close()

        clients = [threading.Thread(target=count) for _ in range(4)]
        for client in clients:
            client.start()
        self.assertTrue(enough.wait(60))
        connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=60)
        connection.request("POST", f"/actors/{key}", tweaked, {"Content-Type": "application/wasm"})
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()
        after = json.loads(server.ask("GET", "/visits")[2])
        ended.set()
        for client in clients:
            client.join()
        self.assertTrue(after["tweaked"])
        self.assertEqual({status for status, _ in answers}, {200})
        told = sorted([after["counter"], *(body["counter"] for _, body in answers)])
        self.assertEqual(told, list(range(1, len(answers) + 2)))
        self.assertEqual(server.end(), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--actors", type=Path, required=True)
    options, rest = parser.parse_known_args()
    SdkActors.build = wascc_tool.Build(options.bin, options.actors)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
