#!/usr/bin/env python3
"""The key-value counter through `wascc run`, its store a real Redis server by the native provider of a manifest.

    redis_test.py --bin FOLDER --actors FOLDER --provider FILE.so
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import run_test

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import wascc_tool  # noqa: E402

MANIFEST = """
actors: [{actor_file}]
capabilities:
  - path: {provider}
bindings:
  - actor: {actor}
    capability: "wascc:keyvalue"
    values: {{URL: "redis://:s3cret@127.0.0.1:{port}/2"}}
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Redis:
    """A Redis server that keeps on disk what it has acknowledged; it can be stopped and started again."""

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir",
                                         self.folder, "--requirepass", "s3cret", "--appendonly", "yes",
                                         "--appendfsync", "always", "--save", ""],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        told = ""
        for line in self.process.stdout:
            told += line
            if "Ready to accept connections" in line:
                return
        raise AssertionError(f"redis-server ended; it wrote:\n{told}")

    def set(self, db: int, key: str, value: object) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"AUTH s3cret\r\nSELECT {db}\r\nSET {key} {value}\r\nQUIT\r\n".encode())
            answers = connection.makefile().read()
        if answers != "+OK\n" * 4:
            raise AssertionError(answers)

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate()


class CounterOnRedis(unittest.TestCase):
    build: wascc_tool.Build
    provider: Path

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-redis-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.redis = Redis(self.folder)
        self.addCleanup(self.redis.stop)
        shutil.copy(self.build.actor("kvcounter-rust"), self.folder)

    def serve(self, name: str = "kvcounter-rust") -> run_test.Server:
        module = self.folder / f"{name}.wasm"
        key = json.loads(self.build.wascc("inspect", "--json", module))["subject"]
        manifest = MANIFEST.format(actor_file=module.name, actor=key, port=self.redis.port,
                                   provider=self.provider.resolve())
        (self.folder / "manifest.yaml").write_text(manifest)
        server = run_test.Server(self.build, self.folder, str(self.folder))
        self.addCleanup(server.kill)
        return server

    def test_counts_while_redis_and_the_host_come_and_go(self):
        server = self.serve()

        def count() -> object:
            status, _, body = server.ask("GET", "/visits")
            return json.loads(body)["counter"] if status == 200 else status

        self.assertEqual([count(), count()], [1, 2])
        self.redis.stop()
        self.assertEqual([count(), count()], [500, 500])
        self.redis.start()
        self.assertEqual(count(), 3)
        self.assertEqual(server.end(), 0)
        log = server.log()
        self.assertIn(f"Cannot connect: Redis at 127.0.0.1:{self.redis.port}: Connection refused", log)
        self.assertNotIn("s3cret", log)
        server = self.serve()
        self.assertEqual(count(), 4)


    def test_the_counter_of_2020_understands_numbers_of_every_width(self):
        self.expect_numbers(self.serve())

    def test_the_counter_in_assemblyscript_understands_numbers_of_every_width(self):
        module = self.build.actors / "test" / "kvcounter-assemblyscript.wasm"
        if not module.exists():
            self.skipTest("no tools for actors in AssemblyScript")
        self.build.sign(module.read_bytes(), self.folder / module.name, module.stem, ["wascc:http_server", "wascc:keyvalue"])
        self.expect_numbers(self.serve(module.stem))

    def expect_numbers(self, server: run_test.Server) -> None:
        for number in (1, 127, 128, 255, 256, 65535, 65536, 70000, 2**31 - 1, 0, -1, -10, -32, -33, -128, -200, -70000):
            with self.subTest(number):
                self.redis.set(db=2, key=f":at:{number}", value=number - 1)
                status, _, body = server.ask("GET", f"/at/{number}")
                self.assertEqual((status, body), (200, json.dumps({"counter": number}, separators=(",", ":")).encode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--actors", type=Path, required=True)
    parser.add_argument("--provider", type=Path, required=True)
    options, rest = parser.parse_known_args()
    CounterOnRedis.build = wascc_tool.Build(options.bin, options.actors)
    CounterOnRedis.provider = options.provider
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
