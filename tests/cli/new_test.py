#!/usr/bin/env python3
"""What `wascc new` writes builds, signs and passes its own tests, in an empty folder with an empty home.

    new_test.py WASCC TEMPLATE
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TEMPLATE = sys.argv.pop()
WASCC = Path(sys.argv.pop()).resolve()


class NewProject(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-new-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {"HOME": str(self.folder / "home"), "PATH": f"{WASCC.parent}:{os.environ['PATH']}"}
        self.project = self.folder / "my-actor"

    def run_in(self, folder, *command, stdin=""):
        done = subprocess.run(command, cwd=folder, env=self.environment, input=stdin, capture_output=True, text=True,
                              timeout=250)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def test_it_builds_signs_and_passes_its_tests(self):
        self.run_in(self.folder, "wascc", "new", "my-actor", "--template", TEMPLATE)
        self.run_in(self.project, "make")
        actor = json.loads(self.run_in(self.project, "wascc", "inspect", "--json", "build/my-actor.wasm"))
        self.assertEqual((actor["name"], actor["verified"]), ("my-actor", True))
        self.assertEqual(actor["subject"], self.run_in(self.project, "wascc", "keys", "public", "my-actor").strip())
        self.assertIn("passed", self.run_in(self.project, "make", "test"))
        kind = "sqs" if TEMPLATE == "event" else "furl"
        event = self.run_in(self.project, "wascc", "events", kind)
        self.assertTrue(json.loads(self.run_in(self.project, "wascc", "invoke", ".", stdin=event)))

        self.assertIn("Nothing to be done", self.run_in(self.project, "make"))  # nothing is built or signed twice
        texts = [path for path in self.project.rglob("*") if path.is_file() and "build" not in path.parts]
        self.assertGreater(len(texts), 8)
        for path in texts:
            self.assertNotRegex(path.read_text("utf-8"), r"\{\{[A-Z]+\}\}", path)


if __name__ == "__main__":
    unittest.main()
