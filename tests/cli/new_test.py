#!/usr/bin/env python3
"""What `wascc new` writes builds, signs, runs, packages and passes its own tests, in an empty folder with an empty home.

    new_test.py WASCC TEMPLATE
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import sanitizers  # noqa: E402
import unittest_program  # noqa: E402

TEMPLATE = sys.argv.pop()
WASCC = Path(sys.argv.pop()).resolve()


class NewProject(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-new-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # Where rustup and cargo of this machine keep their things: not in the empty home.
        rust = {f"{name}_HOME": os.environ.get(f"{name}_HOME", str(Path.home() / f".{name.lower()}"))
                for name in ("RUSTUP", "CARGO")}
        self.environment = {"HOME": str(self.folder / "home"), "PATH": f"{WASCC.parent}:{os.environ['PATH']}", **rust,
                            **sanitizers.OPTIONS}
        self.project = self.folder / "my-actor"

    def run_in(self, folder, *command, stdin=""):
        done = subprocess.run(command, cwd=folder, env=self.environment, input=stdin, capture_output=True, text=True,
                              timeout=250)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def skip_without_the_rust_registry(self):
        done = subprocess.run(["cargo", "fetch", "--locked"], cwd=self.project, env=self.environment, capture_output=True,
                              text=True, timeout=250)
        if done.returncode != 0 and re.search("resolve host|connect|timed out|network", done.stderr, re.IGNORECASE):
            self.skipTest(f"the Rust registry is out of reach: {done.stderr.strip().splitlines()[-1]}")
        self.assertEqual(done.returncode, 0, done.stderr)

    def expect_that_it_is_served(self):
        """`make run`, a request, and an end that is not a failure."""
        with subprocess.Popen(["make", "run", "PORT=0"], cwd=self.project, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True) as make:
            try:
                printed = ""
                for line in make.stdout:
                    printed += line
                    if served := re.match(r"(http://127\.0\.0\.1:\d+) serves my-actor", line):
                        break
                else:
                    self.fail(printed)
                with urllib.request.urlopen(f"{served[1]}/world", timeout=60) as answer:
                    expected = json.loads((self.project / "tests/hello.answer.json").read_text())
                    self.assertEqual((answer.status, answer.read().decode()), (200, expected["body"]))
            finally:
                os.killpg(make.pid, signal.SIGINT)
                make.stdout.read()

    def test_it_builds_signs_and_passes_its_tests(self):
        self.run_in(self.folder, "wascc", "new", "my-actor", "--template", TEMPLATE)
        if TEMPLATE == "rust":
            self.skip_without_the_rust_registry()
        self.run_in(self.project, "make")
        actor = json.loads(self.run_in(self.project, "wascc", "inspect", "--json", "build/my-actor.wasm"))
        self.assertEqual((actor["name"], actor["verified"]), ("my-actor", True))
        self.assertEqual(actor["subject"], self.run_in(self.project, "wascc", "keys", "public", "my-actor").strip())
        self.assertIn("passed", self.run_in(self.project, "make", "test"))
        kind = "sqs" if TEMPLATE == "event" else "furl"
        event = self.run_in(self.project, "wascc", "events", kind)
        self.assertTrue(json.loads(self.run_in(self.project, "wascc", "invoke", ".", stdin=event)))

        self.run_in(self.project, "make", "package")
        self.assertIn("bootstrap would start", self.run_in(self.project, "wascc", "package", "--check", "function.zip"))
        if TEMPLATE == "event":
            done = subprocess.run(["make", "run"], cwd=self.project, env=self.environment, capture_output=True, text=True,
                                  timeout=60)
            self.assertIn("no actor here answers HTTP requests", done.stderr)
        else:
            self.expect_that_it_is_served()

        self.assertIn("Nothing to be done", self.run_in(self.project, "make"))  # nothing is built or signed twice
        self.run_in(self.project, "make", "clean")
        self.assertEqual([name for name in ("build", "function.zip") if (self.project / name).exists()], [])
        texts = [path for path in self.project.rglob("*") if path.is_file() and "node_modules" not in path.parts]
        self.assertGreater(len(texts), 8)
        for path in texts:
            self.assertNotRegex(path.read_text("utf-8"), r"\{\{[A-Z]+\}\}", path)


if __name__ == "__main__":
    unittest_program.main()
