#!/usr/bin/env python3
"""wascc par: archives made, looked into and checked.  par_test.py WASCC LIBRARY"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from vectors import STRANGER  # noqa: E402

WASCC, LIBRARY = sys.argv[1:]


class Par(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.env = {**os.environ, "HOME": self.folder.name, "XDG_CONFIG_HOME": self.folder.name}
        for kind, name in (("account", "account"), ("provider", "shout")):
            self.wascc("keys", "new", kind, name)

    def wascc(self, *arguments, status=0):
        done = subprocess.run([WASCC, *arguments], capture_output=True, text=True, check=False,
                              cwd=self.folder.name, env=self.env)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        return done

    def create(self, name, *arguments, status=0):
        return self.wascc("par", "create", *arguments, "--capid", "example:shout", "--vendor", "me",
                          "-s", "shout", "-n", "Shout", "--rev", "2", "-o", name, status=status)

    def test_an_archive_says_what_it_was_made_of_and_other_tools_can_read_it(self):
        for name in ("shout.par", "shout.par.gz"):
            self.create(name, LIBRARY, f"riscv64-linux={LIBRARY}")
            shown = json.loads(self.wascc("par", "inspect", "--json", name).stdout)
            self.assertTrue(shown["verified"])
            self.assertEqual((shown["capability"], shown["vendor"], shown["name"], shown["revision"]),
                             ("example:shout", "me", "Shout", 2))
            self.assertTrue(shown["subject"].startswith("V"))
            self.assertTrue(shown["issuer"].startswith("A"))
            targets = [one["target"] for one in shown["targets"]]
            self.assertEqual(len(targets), 2)
            with tarfile.open(Path(self.folder.name, name)) as tar:
                self.assertEqual(tar.getnames(), ["claims.jwt", *(f"{one}.bin" for one in targets)])
                self.assertEqual(tar.extractfile(f"{targets[0]}.bin").read(), Path(LIBRARY).read_bytes())
            self.assertIn("capability  example:shout\n", self.wascc("par", "inspect", name).stdout)
            self.assertIn(shown["subject"], self.wascc("par", "verify", name, "--trust", "account").stdout)

    def test_a_changed_archive_and_one_of_a_stranger_are_refused(self):
        self.create("shout.par", LIBRARY)
        refused = self.wascc("par", "verify", "shout.par", "--trust", STRANGER, status=1)
        self.assertIn("is not among the trusted issuers", refused.stderr)
        path = Path(self.folder.name, "shout.par")
        content = bytearray(path.read_bytes())
        content[-2000] ^= 1
        path.write_bytes(content)
        refused = self.wascc("par", "verify", "--json", "shout.par", status=1)
        self.assertFalse(json.loads(refused.stdout)["verified"])
        self.assertIn("File hash and verify hash do not match", refused.stderr)
        path.write_bytes(b"hello")
        self.wascc("par", "inspect", "shout.par", status=1)

    def test_quiet_says_nothing(self):
        for command in (("par", "create", LIBRARY, "--capid", "a:b", "--vendor", "me", "-s", "shout", "-o", "x.par"),
                        ("par", "verify", "x.par")):
            done = self.wascc("-q", *command)
            self.assertEqual(done.stdout + done.stderr, "")

    def test_what_makes_no_archive_is_said_and_nothing_is_written(self):
        self.assertIn("two libraries", self.create("x.par", LIBRARY, LIBRARY, status=1).stderr)
        self.assertIn("no sound ELF file", self.create("x.par", __file__, status=1).stderr)
        self.assertIn("a target is a name", self.create("x.par", f"a/b={LIBRARY}", status=2).stderr)
        self.create("x.par", status=2)
        self.assertFalse(Path(self.folder.name, "x.par").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
