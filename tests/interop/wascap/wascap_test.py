#!/usr/bin/env python3
"""Tokens across implementations: what `wascc sign` signs, the third-party library `wascap` 0.5.1 accepts, and the
other way round; and modules that others signed years ago, from packages of that library.

usage: wascap_test.py WASCC    exit status 77: skipped, because the Rust registry is out of reach
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "support"))
from vectors import ACCOUNT, ACCOUNT_SEED, MODULE  # noqa: E402

HERE = Path(__file__).resolve().parent
SKIPPED = 77
CACHE = Path(os.environ.get("WASCC_CACHE_DIR") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wascc")


def run(*command, status=0, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    if done.returncode != status:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout if status == 0 else done.stderr


def cargo(*arguments, timeout):
    return subprocess.run(["cargo", *arguments, "--locked", "--manifest-path", str(HERE / "Cargo.toml")],
                          capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)


def prepare():
    """Builds the other implementation; the paths of its program, its package, and of the newer one with fixtures."""
    try:
        fetched = cargo("fetch", timeout=300)
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"skipped: {problem}")
        sys.exit(SKIPPED)
    if fetched.returncode != 0:
        print(f"skipped: the Rust registry is out of reach: {fetched.stderr.strip().splitlines()[-1]}")
        sys.exit(SKIPPED)
    target = CACHE / "wascap-interop"
    built = cargo("build", "--offline", "--target-dir", str(target), timeout=900)
    if built.returncode != 0:
        sys.exit(built.stderr)
    metadata = json.loads(cargo("metadata", "--offline", "--format-version", "1", "--all-features", timeout=60).stdout)
    folders = {package["version"]: Path(package["manifest_path"]).parent
               for package in metadata["packages"] if package["name"] == "wascap"}
    return target / "debug" / "wascap-interop", folders["0.5.1"], folders["0.16.2"] / "fixtures"


class Wascap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-interop-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        # An unsigned module from the other library's package, with code in it.
        self.plain = PACKAGE / "examples" / "loop.wasm"

    def test_it_accepts_what_we_sign(self):
        run(WASCC, "sign", str(self.plain), "-i", "account.seed", "-s", MODULE, "-n", "Zähler", "-c", "keyvalue",
            "-c", "acme:thing", "--expires", "1d", "-o", "signed.wasm", cwd=self.folder)
        says = run(OTHER, "verify", "signed.wasm", cwd=self.folder).splitlines()
        self.assertEqual(says, [ACCOUNT, MODULE, "Zähler", "wascc:keyvalue,acme:thing"])

    def test_it_refuses_what_we_signed_and_somebody_changed(self):
        run(WASCC, "sign", str(self.plain), "-i", "account.seed", "-s", MODULE, "-o", "signed.wasm", cwd=self.folder)
        wasm = bytearray((self.folder / "signed.wasm").read_bytes())
        wasm[-1] ^= 1
        (self.folder / "signed.wasm").write_bytes(wasm)
        run(OTHER, "verify", "signed.wasm", cwd=self.folder, status=1)

    def test_we_accept_what_it_signs(self):
        run(OTHER, "sign", str(self.plain), "signed.wasm", "account.seed", MODULE, "wascc:logging", cwd=self.folder)
        run(WASCC, "verify", "--trust", ACCOUNT, "signed.wasm", cwd=self.folder)
        says = json.loads(run(WASCC, "inspect", "--json", "signed.wasm", cwd=self.folder))
        self.assertTrue(says["verified"])
        self.assertEqual((says["name"], says["capabilities"], says["tags"], says["revision"], says["version"]),
                         ("Signed elsewhere", ["wascc:logging"], ["interop"], 7, "0.1.0"))

    def test_both_sign_the_same_bytes_around_the_token(self):
        run(OTHER, "sign", str(self.plain), "theirs.wasm", "account.seed", MODULE, cwd=self.folder)
        run(WASCC, "sign", str(self.plain), "-i", "account.seed", "-s", MODULE, "-o", "ours.wasm", cwd=self.folder)
        theirs, ours = ((self.folder / name).read_bytes() for name in ("theirs.wasm", "ours.wasm"))
        plain = self.plain.read_bytes()
        self.assertTrue(theirs.startswith(plain) and ours.startswith(plain))

    def test_a_module_signed_in_2020_verifies(self):
        signed = str(PACKAGE / "examples" / "signed_loop.wasm")
        self.assertIn("ACCHS57D3P2VEON5MQCJM4YA34GYBDFZR3IBG5EQNUONIHBO5X4NIURC", run(WASCC, "verify", signed))
        says = json.loads(run(WASCC, "inspect", "--json", signed))
        self.assertEqual((says["name"], says["version"], says["issued_at"]), ("Secure Actor", "1.0.0", 1590205332))
        self.assertEqual(says["capabilities"],
                         ["wascc:keyvalue", "wascc:messaging", "wascc:http_client", "wascc:http_server"])

    def test_an_actor_of_2021_verifies(self):
        signed = str(FIXTURES / "logger.wasm")
        self.assertIn("ACOJJN6WUP4ODD75XEBKKTCCUJJCY5ZKQ56XVKYK4BEJWGVAOOQHZMCW", run(WASCC, "verify", signed))
        says = json.loads(run(WASCC, "inspect", "--json", signed))
        self.assertEqual((says["name"], says["capabilities"]), ("Logger", ["wasmcloud:httpserver", "wasmcloud:logging"]))
        self.assertEqual(says["unclaimed"], [])  # it mentions wascc:http_server, which is the same

    def test_an_actor_of_2021_serves_a_request_and_logs(self):
        actor = str(FIXTURES / "logger.wasm")
        (self.folder / "event.json").write_text(json.dumps({
            "httpMethod": "GET", "path": "/info", "headers": {"accept": "*/*"}, "body": "hi",
            "requestContext": {"elb": {"targetGroupArn": "arn"}}}))
        done = subprocess.run([WASCC, "invoke", actor, "--event", "event.json"], cwd=self.folder, capture_output=True,
                              text=True, timeout=120, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {"statusCode": 200, "statusDescription": "200 OK", "headers": {},
                                                   "body": "", "isBase64Encoded": False})
        self.assertIn("[MAARQX72EAZ4T4ODYOQZED3FJ6P27KWWVVTUNV6TVX2VBRVVSUKLAQHP] Received a GET request", done.stderr)

    def test_an_actor_of_2021_is_healthy_and_names_what_it_cannot_do(self):
        actor = str(FIXTURES / "logger.wasm")
        (self.folder / "health").write_bytes(b"\x81\xabplaceholder\xc2")
        done = subprocess.run([WASCC, "call", actor, "HealthRequest", "--payload", "health"], cwd=self.folder,
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
        self.assertEqual((done.returncode, done.stdout), (0, b"\x82\xa7healthy\xc3\xa7message\xa0"), done.stderr)
        self.assertIn("Invocation failure: failed to invoke actor: Guest call failure: No handler registered for function",
                      run(WASCC, "call", actor, "NoSuchOperation", status=1))

    def test_what_came_later_is_refused(self):
        self.assertIn("wasmbus generation", run(WASCC, "verify", str(FIXTURES / "echo_messaging_v0.9.0.wasm"), status=1))
        self.assertIn("component", run(WASCC, "verify", str(FIXTURES / "guest.component.wasm"), status=1))

    def test_an_unsigned_module_of_theirs_is_refused(self):
        self.assertIn("No embedded JWT", run(WASCC, "verify", str(self.plain), status=1))


if __name__ == "__main__":
    WASCC = str(Path(sys.argv.pop(1)).resolve())
    program, PACKAGE, FIXTURES = prepare()
    OTHER = str(program)
    unittest.main()
