#!/usr/bin/env python3
"""The command line as a person meets it: keys, sign, inspect, verify, compile; exit statuses and messages."""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WASCC = sys.argv.pop(1)
# Two raw seeds of consecutive bytes, known to all the world.
ACCOUNT_SEED = "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI"
ACCOUNT = "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV"
MODULE_SEED = "SMACAIJCEMSCKJRHFAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4P5C3E"
MODULE = "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ"
EMPTY_MODULE = b"\0asm\1\0\0\0"


class Wascc(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        (self.folder / "module.seed").write_text(MODULE_SEED + "\n")
        (self.folder / "empty.wasm").write_bytes(EMPTY_MODULE)

    def run_wascc(self, *arguments, status=0):
        done = subprocess.run([WASCC, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        if status == 1:
            self.assertEqual(done.stderr.count("\n"), 1, f"one line, not {done.stderr!r}")
        return done.stdout if status == 0 else done.stderr

    def sign(self, *arguments, status=0):
        return self.run_wascc("sign", "empty.wasm", "--issuer", "account.seed", "--subject", "module.seed",
                              "-o", "actor.wasm", *arguments, status=status)

    def inspect(self):
        return json.loads(self.run_wascc("inspect", "--json", "actor.wasm"))

    def test_a_new_key_is_private_and_never_written_over(self):
        public = self.run_wascc("keys", "new", "module", "-o", "new.seed").strip()
        path = self.folder / "new.seed"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(self.run_wascc("keys", "public", "new.seed").strip(), public)
        before = path.read_text()
        self.assertIn("File exists", self.run_wascc("keys", "new", "module", "-o", "new.seed", status=1))
        self.assertEqual(path.read_text(), before)

    def test_keys_have_the_kind_that_was_asked_for(self):
        for kind, letter in [("server", "N"), ("cluster", "C"), ("provider", "V"), ("operator", "O"), ("user", "U")]:
            self.assertEqual(self.run_wascc("keys", "new", kind)[0], letter)
            self.assertTrue((self.folder / f"{kind}.seed").read_text().startswith("S" + letter))
        self.assertIn("kinds are", self.run_wascc("keys", "new", "nonsense", status=2))

    def test_a_seed_never_shows_in_a_message(self):
        (self.folder / "account.seed").write_text(ACCOUNT_SEED[:-1] + "A\n")
        self.assertNotIn(ACCOUNT_SEED[5:20], self.sign(status=1))

    def test_what_was_signed_says_what_was_asked_for(self):
        self.sign("--name", "Zähler", "--cap", "http_server", "--cap", "acme:thing", "--cap", MODULE, "--cap", "event",
                  "--tag", "a", "--tag", "b", "--rev", "3", "--ver", "1.2.3", "--alias", "Acme Count", "--expires", "90d",
                  "--not-before", "0s", "--provider")
        says = self.inspect()
        self.assertEqual(says["name"], "Zähler")
        self.assertEqual(says["capabilities"], ["wascc:http_server", "acme:thing", MODULE, "awslambda:event"])
        self.assertEqual(says["tags"], ["a", "b"])
        self.assertEqual((says["revision"], says["version"], says["call_alias"]), (3, "1.2.3", "acme_count"))
        self.assertEqual((says["issuer"], says["subject"]), (ACCOUNT, MODULE))
        self.assertEqual(says["expires"] - says["issued_at"], 90 * 86400)
        self.assertTrue(says["provider"])
        self.assertTrue(says["verified"])

    def test_signing_appends_and_signing_again_replaces(self):
        self.sign()
        first = (self.folder / "actor.wasm").read_bytes()
        self.assertTrue(first.startswith(EMPTY_MODULE + b"\0"))
        self.run_wascc("sign", "actor.wasm", "-i", "account.seed", "-s", MODULE, "-o", "actor.wasm")
        second = (self.folder / "actor.wasm").read_bytes()
        self.assertEqual(second.count(b"\3jwt"), 1)
        self.run_wascc("verify", "actor.wasm")

    def test_signing_refuses_what_is_no_core_module(self):
        for content, reason in [(b"#!/bin/sh\n", "not a WebAssembly module"), (b"", "not a WebAssembly module"),
                                (b"\0asm\x0d\0\1\0", "component")]:
            (self.folder / "empty.wasm").write_bytes(content)
            self.assertIn(reason, self.sign(status=1))
            self.assertFalse((self.folder / "actor.wasm").exists())

    def test_wrong_usage_is_status_2(self):
        for arguments in [(), ("nonsense",), ("sign",), ("sign", "--nonsense"), ("inspect",)]:
            self.run_wascc(*arguments, status=2)
        self.assertIn("short name", self.sign("--cap", "nonsense", status=2))
        for duration in ["9", "d", "-1d", "1x", "1.5d", "9999999999999999999d"]:
            self.assertIn("90d", self.sign(f"--expires={duration}", status=2))
        self.assertIn("not account", self.run_wascc("sign", "empty.wasm", "-i", "module.seed", "-s", MODULE, "-o", "x",
                                                    status=2))

    def test_every_command_has_help_with_an_example(self):
        for command in [(), ("keys", "new"), ("sign",), ("inspect",), ("verify",), ("compile",)]:
            self.assertIn("\n  wascc ", self.run_wascc(*command, "--help"))

    def test_verify_tells_by_its_status(self):
        self.sign()
        self.run_wascc("verify", "actor.wasm")
        self.run_wascc("verify", "--trust", ACCOUNT, "actor.wasm")
        stranger = self.run_wascc("keys", "new", "account", "-o", "stranger.seed").strip()
        self.assertIn("not among the trusted issuers",
                      self.run_wascc("verify", "--trust", stranger, "actor.wasm", status=1))
        self.run_wascc("verify", "--trust", "nonsense", "actor.wasm", status=2)
        self.assertIn("No embedded JWT", self.run_wascc("verify", "empty.wasm", status=1))
        self.assertIn("No such file", self.run_wascc("verify", "missing.wasm", status=1))
        wasm = bytearray((self.folder / "actor.wasm").read_bytes())
        wasm[-1] ^= 1
        (self.folder / "actor.wasm").write_bytes(wasm)
        self.run_wascc("verify", "actor.wasm", status=1)
        self.assertFalse(self.inspect()["verified"])

    def test_a_name_plays_no_tricks_on_a_terminal(self):
        self.sign("--name", "a\x1b[31mb\u009bc\n")
        shown = self.run_wascc("inspect", "actor.wasm")
        self.assertIn(r"a\x1b[31mb\x9bc\x0a", shown)
        self.assertNotIn("\x1b", shown)

    def test_compile_writes_code_and_envelope_beside_the_module(self):
        self.sign()
        before = (self.folder / "actor.wasm").read_bytes()
        self.assertIn("unsigned", self.run_wascc("compile", "actor.wasm"))
        plain = (self.folder / "actor.native.sig").stat().st_size
        self.assertIn(f"signed by {ACCOUNT}", self.run_wascc("compile", "--key", "account.seed", "actor.wasm"))
        self.assertEqual((self.folder / "actor.native.sig").stat().st_size, plain + 56 + 64)
        self.assertGreater((self.folder / "actor.native").stat().st_size, 0)
        self.assertEqual((self.folder / "actor.wasm").read_bytes(), before)

    def test_compile_refuses_an_unsigned_module(self):
        self.assertIn("No embedded JWT", self.run_wascc("compile", "empty.wasm", status=1))
        self.assertEqual(sorted(os.listdir(self.folder)), ["account.seed", "empty.wasm", "module.seed"])


if __name__ == "__main__":
    unittest.main()
