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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from vectors import ACCOUNT, ACCOUNT_SEED, MODULE, MODULE_SEED  # noqa: E402

WASCC = sys.argv.pop(1)
EMPTY_MODULE = b"\0asm\1\0\0\0"


class Wascc(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.keys = self.folder / ".config/wascc/keys"
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        (self.folder / "module.seed").write_text(MODULE_SEED + "\n")
        (self.folder / "empty.wasm").write_bytes(EMPTY_MODULE)

    def run_wascc(self, *arguments, status=0, stdin=""):
        done = subprocess.run([WASCC, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              input=stdin, env={"HOME": str(self.folder), "PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        if status == 1:
            self.assertEqual(done.stderr.count("\n"), 1, f"one line, not {done.stderr!r}")
        self.errors = done.stderr
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
            self.assertTrue((self.keys / f"{kind}.seed").read_text().startswith("S" + letter))
        self.assertIn("kinds are", self.run_wascc("keys", "new", "nonsense", status=2))

    def test_keys_are_kept_where_only_their_owner_looks(self):
        public = self.run_wascc("keys", "new", "account").strip()
        for path, mode in [(self.keys / "account.seed", 0o600), (self.keys, 0o700), (self.keys.parent, 0o700)]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode, path)
        self.assertIn("File exists", self.run_wascc("keys", "new", "account", status=1))
        self.assertEqual(self.run_wascc("keys", "new", "account", "--if-absent").strip(), public)
        self.assertIn("different kind", self.run_wascc("keys", "new", "module", "account", "--if-absent", status=2))
        self.assertEqual(self.run_wascc("keys", "public", "account").strip(), public)
        self.assertIn(public, self.run_wascc("keys", "show", "account"))

    def test_keys_have_names_that_cannot_leave_their_folder(self):
        for name in ["../x", "a/b", "", ".", "a b", "x" * 65]:
            self.run_wascc("keys", "new", "module", name, status=2)
        self.assertFalse(self.keys.exists())
        self.assertIn("there is none", self.run_wascc("keys", "show", "nobody", status=1))

    def test_keys_are_listed_without_their_secrets(self):
        self.assertEqual(self.run_wascc("keys", "list"), "")
        self.run_wascc("keys", "import", "mine", "account.seed")
        self.run_wascc("keys", "new", "module", "hello")
        listed = self.run_wascc("keys", "list")
        self.assertRegex(listed, r"(?m)^hello +module +M[A-Z2-7]{55}$")
        self.assertRegex(listed, rf"(?m)^mine +account +{ACCOUNT}$")
        self.assertNotIn(ACCOUNT_SEED, listed + self.run_wascc("keys", "show", "mine"))
        entries = json.loads(self.run_wascc("keys", "list", "--json"))
        self.assertEqual([(key["name"], key["kind"]) for key in entries], [("hello", "module"), ("mine", "account")])
        self.assertEqual(entries[1]["public"], ACCOUNT)

    def test_a_seed_comes_in_by_file_or_pipe_and_goes_out_only_when_asked(self):
        self.assertEqual(self.run_wascc("keys", "import", "piped", "--seed-stdin", stdin=ACCOUNT_SEED).strip(), ACCOUNT)
        self.assertIn("File exists", self.run_wascc("keys", "import", "piped", "account.seed", status=1))
        self.run_wascc("keys", "import", "both", "account.seed", "--seed-stdin", status=2)
        self.run_wascc("keys", "import", "neither", status=2)
        self.run_wascc("keys", "import", "empty", "--seed-stdin", stdin="", status=1)
        self.run_wascc("keys", "export", "piped", status=2)
        self.assertEqual(self.run_wascc("keys", "export", "piped", "--print").strip(), ACCOUNT_SEED)
        self.run_wascc("keys", "export", "piped", "-o", "copy.seed")
        copy = self.folder / "copy.seed"
        self.assertEqual((copy.read_text().strip(), stat.S_IMODE(copy.stat().st_mode)), (ACCOUNT_SEED, 0o600))
        self.run_wascc("keys", "export", "piped", "-o", "copy.seed", status=1)

    def test_sign_finds_the_keys_and_says_which(self):
        done = self.run_wascc("sign", "empty.wasm", "-o", "actor.wasm", status=1)
        self.assertIn("`wascc keys new module empty`", done)
        self.run_wascc("keys", "import", "empty", "module.seed")
        self.assertIn("`wascc keys new account`", self.run_wascc("sign", "empty.wasm", "-o", "actor.wasm", status=1))
        self.run_wascc("keys", "import", "me", "account.seed")
        self.run_wascc("sign", "empty.wasm", "-o", "actor.wasm")
        self.assertIn(str(self.keys / "me.seed"), self.errors)
        self.assertIn(str(self.keys / "empty.seed"), self.errors)
        self.assertEqual((self.inspect()["issuer"], self.inspect()["subject"]), (ACCOUNT, MODULE))
        self.run_wascc("keys", "new", "account", "other")
        self.assertIn("me, other", self.run_wascc("sign", "empty.wasm", "-o", "actor.wasm", status=2))
        self.run_wascc("sign", "empty.wasm", "--issuer", "me", "-o", "actor.wasm")
        self.run_wascc("keys", "new", "account")
        self.run_wascc("sign", "empty.wasm", "-o", "actor.wasm")
        self.assertIn(str(self.keys / "account.seed"), self.errors)

    def test_sign_takes_the_account_from_a_pipe(self):
        self.run_wascc("sign", "empty.wasm", "--seed-stdin", "-s", MODULE, "-o", "actor.wasm", stdin=ACCOUNT_SEED + "\n")
        self.assertEqual(self.inspect()["issuer"], ACCOUNT)
        self.run_wascc("sign", "empty.wasm", "--seed-stdin", "-s", MODULE, "-o", "x", stdin=MODULE_SEED, status=2)
        self.assertFalse((self.folder / "x").exists())

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
        for command in [(), ("keys", "new"), ("keys", "list"), ("keys", "show"), ("keys", "public"), ("keys", "import"),
                        ("keys", "export"), ("new",), ("events",), ("sign",), ("inspect",), ("verify",), ("compile",),
                        ("call",), ("invoke",), ("doctor",)]:
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

    def test_verify_asks_a_policy_too(self):
        self.sign("--rev", "3")
        policy = self.folder / "policy.yaml"
        for text, reason in [(f"minimum_revisions: {{{MODULE}: 4}}", "demands revision 4"),
                             (f"denied_tokens: [{self.inspect()['id']}]", "denies the token"),
                             ("denied: []", "policy.yaml:1:1: unknown key 'denied'")]:
            policy.write_text(text)
            self.assertIn(reason, self.run_wascc("verify", "--policy", "policy.yaml", "actor.wasm", status=1))
        policy.write_text(f"minimum_revisions: {{{MODULE}: 3}}")
        self.run_wascc("verify", "--policy", "policy.yaml", "actor.wasm")
        self.assertIn("cannot be read", self.run_wascc("verify", "--policy", "none.yaml", "actor.wasm", status=1))

    def module(self, *sections):
        """A module of (id, contents) sections, as empty.wasm."""
        body = b"".join(bytes([id]) + bytes([len(contents)]) + contents for id, contents in sections)
        (self.folder / "empty.wasm").write_bytes(EMPTY_MODULE + body)

    def test_what_a_module_seems_to_use_is_proposed_and_never_granted(self):
        types, imports = (1, b"\1\x60\0\0"), (2, b"\1\4wapc\x0b__host_call\0\0")
        text = b"wascc:keyvalue HandleRequest"
        data = (11, b"\1\1" + bytes([len(text)]) + text)
        self.module(types, data)
        self.sign()
        self.assertIn("--cap wascc:http_server\n", self.errors)  # without __host_call it cannot ask for a store
        self.module(types, imports, data)
        self.sign("--cap", "http_server")
        self.assertIn("--cap wascc:keyvalue\n", self.errors)
        self.assertNotIn("http_server", self.errors)
        says = self.inspect()
        self.assertEqual((says["capabilities"], says["unclaimed"]), (["wascc:http_server"], ["wascc:keyvalue"]))
        self.assertEqual(says["imports"], [{"module": "wapc", "name": "__host_call"}])
        self.assertEqual([section["name"] for section in says["sections"]], ["type", "import", "data", "jwt"])
        self.sign("--cap", "http_server", "--cap", "keyvalue")
        self.assertEqual(self.errors, "")
        self.sign("--cap", "wasmcloud:httpserver", "--cap", "wasmcloud:keyvalue")  # the same by their later names
        self.assertEqual((self.errors, self.inspect()["unclaimed"]), ("", []))

    def test_sign_proposes_what_a_manifest_binds(self):
        (self.folder / "manifest.yaml").write_text(
            f'bindings:\n  - {{actor: {MODULE}, capability: "acme:thing"}}\n  - {{actor: MX, capability: "acme:other"}}\n')
        self.sign("--manifest", "manifest.yaml")
        self.assertIn("acme:thing", self.errors)
        self.assertNotIn("acme:other", self.errors)
        self.sign("--manifest", "missing.yaml", status=1)

    def test_inspect_shows_unsigned_modules_and_several(self):
        self.sign()
        shown = self.run_wascc("inspect", "empty.wasm", "actor.wasm")
        self.assertIn("not signed", shown)
        self.assertIn(MODULE, shown)
        lines = self.run_wascc("inspect", "--json", "empty.wasm", "actor.wasm").splitlines()
        self.assertEqual([json.loads(line)["signed"] for line in lines], [False, True])
        (self.folder / "cut.wasm").write_bytes(EMPTY_MODULE + b"\2\x7f")
        self.run_wascc("inspect", "cut.wasm", status=1)

    def test_inspect_says_whether_the_issuer_is_trusted(self):
        self.sign()
        self.assertIn("in the list", self.run_wascc("inspect", "--trust", ACCOUNT, "actor.wasm"))
        self.run_wascc("keys", "new", "account")
        self.assertIn("NO: ", self.run_wascc("inspect", "--trust", "account", "actor.wasm"))

    def test_verify_takes_several_modules_and_names_of_keys(self):
        self.sign()
        self.run_wascc("keys", "import", "me", "account.seed")
        self.run_wascc("verify", "--trust", "me", "actor.wasm", "actor.wasm")
        done = subprocess.run([WASCC, "verify", "actor.wasm", "empty.wasm", "missing.wasm"], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("2 of 3", done.stderr)
        self.assertEqual([line.startswith("REFUSED") for line in done.stdout.splitlines()], [False, True, True])

    def test_invoke_and_call_trust_whom_they_are_told_to(self):
        self.sign("--cap", "event")
        stranger = self.run_wascc("keys", "new", "account", "stranger").strip()
        for arguments in [("invoke", "actor.wasm"), ("call", "actor.wasm", "HealthRequest")]:
            self.assertIn("trusted", self.run_wascc(*arguments, "--trust", stranger, status=1))
            self.assertNotIn("trusted", self.run_wascc(*arguments, "--trust", ACCOUNT, status=1))
            self.run_wascc(*arguments, "--trust", "nonsense", status=2)
        self.run_wascc("invoke", "actor.wasm", ".", status=2)
        self.run_wascc("invoke", ".", "actor.wasm", status=2)

    def doctor(self, status=0, path="."):
        done = subprocess.run([WASCC, "doctor", "--json", path], cwd=self.folder, capture_output=True, text=True,
                              env={"HOME": str(self.folder), "PATH": os.environ["PATH"]}, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        report = json.loads(done.stdout)
        self.assertTrue(report["not_checked"])
        for one in report["findings"]:
            self.assertTrue(one["level"] == "ok" or one["why"], one)
        return {level: "\n".join(f"{one['what']} {one['cure']}" for one in report["findings"] if one["level"] == level)
                for level in ("ok", "note", "problem")}

    def test_the_doctor_finds_nothing_wrong_with_a_fresh_start(self):
        (self.folder / "empty.wasm").unlink()
        self.assertIn("wascc keys new account", self.doctor()["note"])
        shown = self.run_wascc("doctor")
        self.assertIn("Not checked:", shown)

    def test_the_doctor_looks_at_keys(self):
        (self.folder / "empty.wasm").unlink()
        self.run_wascc("keys", "new", "account")
        self.assertIn(str(self.keys), self.doctor()["ok"])
        (self.keys / "account.seed").chmod(0o644)
        self.assertIn(f"chmod 600 {self.keys}/account.seed", self.doctor(status=1)["problem"])
        (self.keys / "account.seed").chmod(0o600)
        (self.keys / "broken.seed").write_text(ACCOUNT_SEED[:-1])
        problem = self.doctor(status=1)["problem"]
        self.assertIn("broken.seed", problem)
        self.assertNotIn(ACCOUNT_SEED[5:20], problem)

    def test_the_doctor_looks_at_actors_and_their_native_code(self):
        self.assertIn("empty.wasm", self.doctor(status=1)["problem"])  # not signed
        self.sign("--expires", "7d", "--cap", "event")
        (self.folder / "empty.wasm").unlink()
        notes = self.doctor()["note"]
        self.assertIn("expires in", notes)
        self.assertIn("wascc compile ./actor.wasm", notes)
        self.run_wascc("compile", "actor.wasm")
        self.assertIn("actor.native belongs to it", self.doctor()["ok"])
        native = self.folder / "actor.native"
        native.write_bytes(native.read_bytes() + b"\0")
        self.assertIn("wascc compile ./actor.wasm", self.doctor(status=1)["problem"])

    def test_the_doctor_looks_at_the_manifest(self):
        self.sign("--cap", "event", "--cap", "keyvalue")
        manifest = self.folder / "manifest.yaml"
        manifest.write_text("actors: [actor.wasm]\nactorz: 1\n")
        notes = self.doctor()["note"]
        self.assertIn("actorz", notes)
        self.assertIn("wascc:keyvalue, which is not bound", notes)
        manifest.write_text(f'actors: [actor.wasm, missing.wasm]\nbindings:\n  - {{actor: {ACCOUNT}, capability: "a:b"}}\n'
                            f'  - {{actor: {MODULE}, capability: "wascc:messaging"}}\n')
        problems = self.doctor(status=1)["problem"]
        for part in ["missing.wasm", f"no actor here has the key {ACCOUNT}", "does not claim wascc:messaging"]:
            self.assertIn(part, problems)
        manifest.write_text("actors: [")
        self.assertIn("manifest.yaml:", self.doctor(status=1)["problem"])

    def test_the_doctor_looks_at_the_policy(self):
        self.sign("--cap", "event")
        (self.folder / "manifest.yaml").write_text("actors: [actor.wasm]\nruntime: {policy: policy.yaml}\n")
        self.assertIn("the policy cannot be read", self.doctor(status=1)["problem"])
        policy = self.folder / "policy.yaml"
        policy.write_text("rules:\n  - {target: keyvalue, operations: []}\n")
        self.assertIn("policy.yaml:2:14: must be a capability", self.doctor(status=1)["problem"])
        policy.write_text(f"denied_subjects: [{MODULE}]\n")
        self.assertIn(f"the policy denies {MODULE}", self.doctor(status=1)["problem"])
        policy.write_text("denied_subjects: []\n")
        self.assertIn("policy.yaml can be read", self.doctor()["ok"])

    def test_the_doctor_looks_at_one_module_or_manifest(self):
        self.sign("--cap", "event")
        self.assertIn("actor.wasm is signed", self.doctor(path="actor.wasm")["ok"])
        self.assertIn("empty.wasm", self.doctor(path="empty.wasm", status=1)["problem"])
        (self.folder / "other.yaml").write_text("actors: [actor.wasm]\nactorz: 1\n")
        self.assertIn("actorz", self.doctor(path="other.yaml")["note"])
        self.assertIn("No such file", self.doctor(path="missing", status=1)["problem"])

    def test_events_are_listed_and_printed(self):
        listed = self.run_wascc("events")
        kinds = [line.split()[0] for line in listed.splitlines()]
        self.assertGreater(len(kinds), 10)
        for kind in kinds:
            self.assertIsInstance(json.loads(self.run_wascc("events", kind)), dict)
        event = json.loads(self.run_wascc("events", "rest", "--path", "/a%20b?x=1&x=%C3%A4", "-H", "X-Tag: \"q\"",
                                          "--body", "{\\"))
        self.assertEqual((event["httpMethod"], event["path"], event["body"]), ("POST", "/a%20b", "{\\"))
        self.assertEqual(event["multiValueQueryStringParameters"], {"x": ["1", "ä"]})
        self.assertEqual(event["headers"]["x-tag"], '"q"')

    def test_events_take_a_body_from_a_file(self):
        (self.folder / "body").write_bytes(b"\xff\0")
        event = json.loads(self.run_wascc("events", "alb", "--body", "@body", "--method", "PUT"))
        self.assertEqual((event["body"], event["isBase64Encoded"], event["httpMethod"]), ("/wA=", True, "PUT"))
        self.assertIn("No such file", self.run_wascc("events", "alb", "--body", "@missing", status=1))

    def test_events_refuse_what_a_kind_cannot_carry(self):
        self.assertIn("wascc events", self.run_wascc("events", "nonsense", status=2))
        for arguments in [("alb", "--path", "x"), ("alb", "-H", "no colon"), ("sqs", "--path", "/x"), ("s3", "-d", "x"),
                          ("rest", "--path", "/a?b", "--query", "c")]:
            self.run_wascc("events", *arguments, status=2)

    def test_invoke_reads_standard_input(self):
        self.sign("--cap", "event")
        for arguments in [(), ("--event", "-")]:
            self.run_wascc("invoke", "actor.wasm", *arguments, stdin="{}", status=1)
            self.assertNotIn("event", self.errors.split(":")[1])

    def test_new_checks_name_and_template(self):
        for arguments in [("Hello",), ("-x",), ("",), ("a b",), ("..",), ("x", "--template", "cobol")]:
            self.run_wascc("new", *arguments, status=2)
        self.assertEqual(sorted(os.listdir(self.folder)), ["account.seed", "empty.wasm", "module.seed"])

    def test_new_writes_every_template_and_says_what_it_needs(self):
        for template, needs in [("cpp", ""), ("event", ""), ("rust", "rustup"), ("assemblyscript", "npm")]:
            self.assertIn(needs, self.run_wascc("new", f"my-{template}", "--template", template))
            project = self.folder / f"my-{template}"
            for name in ["Makefile", "actor.mk", "manifest.yaml", "README.md", ".gitignore", "tests"]:
                self.assertTrue((project / name).exists(), f"{template}: {name}")
            for path in project.rglob("*"):
                if path.is_file():
                    self.assertNotRegex(path.read_text("utf-8"), r"\{\{[A-Z]+\}\}", path)

    def test_new_takes_an_empty_folder_and_no_other(self):
        (self.folder / "hello").mkdir()
        self.run_wascc("new", "hello")
        before = sorted(os.listdir(self.folder / "hello"))
        self.assertIn("not an empty folder", self.run_wascc("new", "hello/", status=1))
        self.assertEqual(sorted(os.listdir(self.folder / "hello")), before)
        self.assertIn("No such file", self.run_wascc("new", "missing/hello", status=1))
        self.assertEqual([name for name in os.listdir(self.folder) if ".new." in name], [])

    def test_new_warns_of_a_key_that_has_the_name(self):
        self.run_wascc("keys", "new", "module", "hello")
        self.run_wascc("new", "hello")
        self.assertIn("already", self.errors)

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
