#!/usr/bin/env python3
"""wascc package: what is accepted, what is refused and why, and that the same files give the same bytes."""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from vectors import ACCOUNT, ACCOUNT_SEED, ECHO, MODULE, MODULE_SEED  # noqa: E402

BIN = Path(sys.argv.pop(1)).resolve()
WASCC = BIN / "wascc"


def mark_of(executable: Path) -> bytes:
    """An executable that says of itself what this one says, and is small. It is never run here."""
    return b"\x7fELF" + re.search(rb"\nwascc-engine-mark [^\n]+\n", executable.read_bytes())[0]


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.marks = {name: mark_of(BIN / name) for name in ("bootstrap", "bootstrap-full")}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-package-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.shop = self.folder / "shop"
        self.shop.mkdir()
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        (self.folder / "module.seed").write_text(MODULE_SEED + "\n")
        (self.folder / "echo.wasm").write_bytes(ECHO)
        for name, mark in self.marks.items():
            (self.folder / name).write_bytes(mark)

    def run_wascc(self, *arguments, status=0, env=None, cwd=None):
        done = subprocess.run([WASCC, *arguments], cwd=cwd or self.folder, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        self.stderr = done.stderr
        return done.stdout if status == 0 else done.stderr

    def sign(self, target="shop/echo.wasm", *more, subject="module.seed", caps=("http_server",)):
        self.run_wascc("sign", "echo.wasm", "-i", "account.seed", "-s", subject, "-o", target,
                       *[f"--cap={cap}" for cap in caps], *more)

    def package(self, source="shop", *more, status=0, env=None, bootstrap="bootstrap"):
        answer = self.run_wascc("package", source, "--bootstrap", bootstrap, *more, status=status, env=env)
        if status:
            self.assertFalse(list(self.folder.glob("**/*.zip*")), "nothing is left behind")
        return answer

    def manifest(self, text):
        (self.shop / "manifest.yaml").write_text(text)

    def refused(self, reason, *more, **keywords):
        self.assertIn(reason, self.package("shop", *more, status=1, **keywords))

    def check(self, path="function.zip", status=0, env=None):
        done = subprocess.run([WASCC, "package", "--json", "--check", path], cwd=self.folder, capture_output=True,
                              text=True, timeout=120, env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        says = json.loads(done.stdout)
        self.assertEqual(says["accepted"], status == 0)
        return {finding["what"]: finding["text"] for finding in says["findings"]
                if status == 0 or finding["result"] == "refused"}

    def repack(self, changes, target="changed.zip"):
        """function.zip with some files replaced, added, or (None) left out; modes as they are."""
        with zipfile.ZipFile(self.folder / "function.zip") as old, \
                zipfile.ZipFile(self.folder / target, "w") as new:
            for info in old.infolist():
                content = changes.pop(info.filename, old.read(info))
                if content is not None:
                    new.writestr(info, content)
            for name, content in changes.items():
                new.writestr(name, content)

    def test_a_package_holds_what_lambda_and_bootstrap_want(self):
        self.sign()
        self.package()
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            names = package.namelist()
            self.assertEqual(sorted(names), ["bootstrap", "echo.native", "echo.native.sig", "echo.wasm",
                                             "manifest.yaml", "sbom.cdx.json", "wascc.lock.json"])
            self.assertEqual([i.external_attr >> 16 for i in package.infolist() if i.filename == "bootstrap"],
                             [0o100755])
            self.assertEqual(package.read("echo.wasm"), (self.shop / "echo.wasm").read_bytes())
            self.assertIn('- "echo.wasm"', package.read("manifest.yaml").decode())
            lock = json.loads(package.read("wascc.lock.json"))
            for file in lock["files"]:
                self.assertEqual(file["sha256"], hashlib.sha256(package.read(file["name"])).hexdigest())
            self.assertEqual({file["name"] for file in lock["files"]}, set(names) - {"wascc.lock.json"})
            self.assertEqual([actor["key"] for actor in lock["actors"]], [MODULE])
            sbom = json.loads(package.read("sbom.cdx.json"))
            self.assertEqual((sbom["bomFormat"], sbom["specVersion"]), ("CycloneDX", "1.5"))
            self.assertEqual([component["name"] for component in sbom["components"]],
                             ["bootstrap", "wasmtime", "boost", "glibc", "libsodium", "libstdc++", "libyaml", "openssl",
                              "Anonymous"])
            for component in sbom["components"][:-1]:
                self.assertRegex(component["version"], r"^[0-9]+(\.[0-9]+)*", component["name"])
        says = self.check()
        self.assertIn("unsigned; the same as this wascc makes from the module", says["echo.native"])
        self.assertIn("the start was rehearsed", says["manifest.yaml"])

    def test_the_same_files_give_the_same_bytes_anywhere(self):
        self.sign()
        self.manifest("actors: [echo.wasm]\nbindings: []\n")
        other = self.folder / "a" / "deeper" / "folder"
        other.mkdir(parents=True)
        for file in self.shop.iterdir():
            (other / file.name).write_bytes(file.read_bytes())
            os.utime(other / file.name, (0, 0))
        seed = str(self.folder / "account.seed")
        self.package("shop", "--key", seed, "-o", "one.zip", env={"TZ": "Pacific/Kiritimati"})
        self.run_wascc("package", "--key", seed, "--bootstrap", self.folder / "bootstrap", "-o", self.folder / "two.zip",
                       cwd=other, env={"TZ": "America/Adak", "LC_ALL": "C", "HOME": "/nowhere"})
        self.assertEqual((self.folder / "one.zip").read_bytes(), (self.folder / "two.zip").read_bytes())

    def test_a_single_module_or_a_manifest_of_any_name_will_do(self):
        self.sign()
        self.package("shop/echo.wasm")
        self.check()
        (self.shop / "other.yaml").write_text("# mine\nactors:\n  - ./echo.wasm\n")
        self.package("shop/other.yaml")
        self.check()
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            self.assertEqual(package.read("manifest.yaml").decode(), "# mine\nactors:\n  - ./echo.wasm\n")

    def test_a_path_is_rewritten_where_it_would_mean_something_else(self):
        (self.shop / "build").mkdir()
        self.sign("shop/build/echo.wasm")
        for written in [f"{self.shop}/build/echo.wasm", "build/../build/echo.wasm", f"\"{self.shop}/build/echo.wasm\""]:
            self.manifest(f"# é ${{KEPT:as it is}}\nactors: [{written}]\n")
            self.package()
            self.check()
            quote = '"' if '"' in written else ""
            with zipfile.ZipFile(self.folder / "function.zip") as package:
                self.assertEqual(package.read("manifest.yaml").decode(),
                                 f"# é ${{KEPT:as it is}}\nactors: [{quote}build/echo.wasm{quote}]\n")
            (self.folder / "function.zip").unlink()

    def test_unsigned_expired_and_foreign_actors_are_refused(self):
        (self.shop / "echo.wasm").write_bytes(ECHO)
        self.refused("No embedded JWT")
        self.sign("shop/echo.wasm", "--expires", "0s")
        self.refused("Expired token")
        self.sign()
        stranger = self.run_wascc("keys", "new", "account", "-o", "stranger.seed").strip()
        self.manifest(f"actors: [echo.wasm]\nruntime: {{trusted_issuers: [{stranger}]}}\n")
        self.refused("not among the trusted issuers")
        self.manifest("actors: [echo.wasm]\n")
        self.refused("not among the trusted issuers", env={"WASCC_TRUSTED_ISSUERS": stranger})
        self.package(env={"WASCC_TRUSTED_ISSUERS": ACCOUNT})

    def test_a_policy_is_packed_and_what_it_denies_is_refused(self):
        self.sign()
        policy = self.shop / "policy.yaml"
        policy.write_text("denied_tokens: [another]\n")
        self.manifest("actors: [echo.wasm]\nruntime: {policy: ./policy.yaml}\n")
        self.package()
        says = self.check()
        self.assertEqual(says["policy.yaml"], "a policy that can be read")
        self.repack({"policy.yaml": None})
        self.assertIn("the policy cannot be read", self.check("changed.zip", status=1)["manifest.yaml"])
        self.repack({"policy.yaml": b"denied_tokens: [another, one]\n"})
        self.assertIn("policy.yaml", self.check("changed.zip", status=1)["wascc.lock.json"])
        for zip in self.folder.glob("*.zip"):
            zip.unlink()
        policy.write_text(f"denied_subjects: [{MODULE}]\n")
        self.refused(f"echo.wasm: the policy denies {MODULE}")
        policy.write_text("denied_subjects:\n  - MX\n")
        self.refused("policy.yaml:2:5: must be a public key")
        policy.unlink()
        self.refused("the policy cannot be read")

    def test_a_policy_means_the_same_on_lambda_or_is_refused(self):
        self.sign()
        (self.folder / "outside.yaml").write_text("rules: []\n")
        (self.shop / "policy.yaml").write_text("rules: []\n")
        for written, reason in [("../outside.yaml", "leaves the manifest's folder"),
                                (f"{self.shop}/policy.yaml", "write policy.yaml in place of"),
                                ("${MINE:policy.yaml}", None)]:
            self.manifest(f"actors: [echo.wasm]\nruntime: {{policy: '{written}'}}\n")
            if reason:
                self.refused(reason)
        self.refused("a variable decides", env={"MINE": "./policy.yaml"})
        self.manifest("actors: [echo.wasm]\n")
        for source in ("shop", "shop/echo.wasm"):  # by a variable that the function will have as well
            self.package(source, env={"WASCC_POLICY": "policy.yaml"})
            self.check(env={"WASCC_POLICY": "policy.yaml"})
            with zipfile.ZipFile(self.folder / "function.zip") as package:
                self.assertIn("policy.yaml", package.namelist())
            (self.folder / "function.zip").unlink()

    def test_two_actors_with_one_key_are_refused(self):
        self.sign("shop/a.wasm")
        self.sign("shop/b.wasm")
        self.refused(MODULE)

    def test_one_file_twice_is_refused(self):
        self.sign()
        self.manifest("actors: [echo.wasm, ./echo.wasm]\n")
        self.refused("two files of the package would have this name")

    def test_paths_that_leave_the_folder_are_refused(self):
        self.sign("outside.wasm")
        for path in ["../outside.wasm", f"{self.folder}/outside.wasm", "a/../../outside.wasm"]:
            self.manifest(f"actors: ['{path}']\n")
            self.refused("leaves the manifest's folder")

    def test_links_are_refused(self):
        self.sign("outside.wasm")
        (self.shop / "echo.wasm").symlink_to("../outside.wasm")
        self.refused("is a link")
        (self.shop / "echo.wasm").unlink()
        (self.shop / "inner").symlink_to("..")
        self.manifest("actors: [inner/outside.wasm]\n")
        self.refused("is a link")

    def test_a_path_that_a_variable_decides_is_refused(self):
        self.sign()
        self.manifest("actors: ['${ACTOR:echo.wasm}']\n")
        self.package()
        (self.folder / "function.zip").unlink()
        self.sign("shop/other.wasm")
        self.refused("a variable decides", env={"ACTOR": "other.wasm"})

    def test_what_the_runtime_cannot_do_is_refused(self):
        self.sign()
        self.manifest("actors: [echo.wasm]\ncapabilities: [{path: libredis.so}]\n")
        self.refused("libredis.so")
        self.manifest("actors: [echo.wasm]\nruntime: {no_such_setting: 1}\n")
        self.refused("manifest.yaml:2:")
        self.manifest(f"actors: [echo.wasm]\nbindings: [{{actor: {MODULE}, capability: 'wascc:keyvalue'}}]\n")
        self.refused("Unauthorized")
        self.manifest("actors: [missing.wasm]\n")
        self.refused("No such file")
        self.sign(caps=("logging",))
        self.manifest("actors: [echo.wasm]\n")
        self.refused("no actor is authorised")

    def test_a_claimed_capability_without_binding_is_a_warning(self):
        self.sign(caps=("http_server", "keyvalue", "logging"))
        self.package()
        self.assertIn("may use wascc:keyvalue", self.stderr)
        self.assertNotIn("may use wascc:logging", self.stderr)

    def test_files_over_lambdas_limits_are_refused(self):
        self.sign()
        with open(self.folder / "large", "wb") as large:
            large.write(self.marks["bootstrap"])
            large.truncate((250 << 20) - 1000)  # the modules go over the limit
        self.refused("unpacked", bootstrap="large")
        with open(self.folder / "random", "wb") as random:
            random.write(self.marks["bootstrap"] + os.urandom(51 << 20))
        self.refused("function.zip would have more than", bootstrap="random")

    def test_a_bootstrap_of_another_engine_or_project_is_refused(self):
        self.sign()
        (self.folder / "old").write_bytes(self.marks["bootstrap"].replace(b"wasmtime 48", b"wasmtime 47"))
        self.refused("take both of one version", bootstrap="old")
        self.assertIn("no bootstrap of this project", self.package("shop", status=1, bootstrap="echo.wasm"))
        self.assertIn("cannot compile", self.package("shop", "--raw", status=2))

    def test_raw_packs_the_modules_alone(self):
        self.sign()
        self.package("shop", "--raw", bootstrap="bootstrap-full")
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            self.assertFalse([name for name in package.namelist() if ".native" in name])
        self.assertIn("compiled at every start", self.check()["echo.native"])

    def test_native_code_is_made_for_the_processor_that_was_asked_for(self):
        self.sign()
        sizes = set()
        for cpu in ("x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"):
            self.package("shop", "--cpu", cpu)
            self.assertIn(f"x86_64-unknown-linux-gnu {cpu}, unsigned; the same", self.check()["echo.native"])
            with zipfile.ZipFile(self.folder / "function.zip") as package:
                lock = json.loads(package.read("wascc.lock.json"))
                sizes.add(package.read("echo.native"))
            self.assertTrue(lock["native_code"].endswith(" " + cpu))
        self.assertEqual(len(sizes), 4)
        for arguments in (("--cpu", "native"), ("--cpu", "neoverse-n1"), ("--arch", "riscv64")):
            self.assertIn("here: x86-64-v3" if arguments[0] == "--cpu" else "x86_64 or arm64",
                          self.run_wascc("package", "shop", *arguments, "-o", "other.zip", status=2))
        self.assertFalse((self.folder / "other.zip").exists())

    def test_a_package_for_arm64_is_complete_but_for_its_runtime(self):
        self.sign()
        self.run_wascc("package", "shop", "--arch", "arm64", "-o", "arm.zip")
        self.assertIn("the runtime for arm64 follows", self.stderr)
        with zipfile.ZipFile(self.folder / "arm.zip") as package:
            self.assertEqual(sorted(package.namelist()), ["echo.native", "echo.native.sig", "echo.wasm", "manifest.yaml",
                                                          "sbom.cdx.json", "wascc.lock.json"])
            self.assertEqual(package.read("echo.native")[18:20], struct.pack("<H", 183))  # EM_AARCH64
            lock = json.loads(package.read("wascc.lock.json"))
            names = [component["name"] for component in json.loads(package.read("sbom.cdx.json"))["components"]]
        self.assertEqual((lock["runtime"]["in"], lock["runtime"]["sha256"]), ("missing", None))
        self.assertTrue(lock["native_code"].endswith("aarch64-unknown-linux-gnu neoverse-n1"))
        self.assertNotIn("bootstrap", names)
        done = subprocess.run([WASCC, "package", "--json", "--check", "arm.zip"], cwd=self.folder, capture_output=True,
                              text=True, timeout=120)
        says = {finding["what"]: finding for finding in json.loads(done.stdout)["findings"]}
        self.assertEqual((done.returncode, says["bootstrap"]["result"]), (1, "missing"))
        self.assertIn("neoverse-n1, unsigned; the same as this wascc makes", says["echo.native"]["text"])
        for more in (["--raw"], ["--layer", "layer.zip"]):
            self.assertIn("neither a layer nor one with --raw",
                          self.run_wascc("package", "shop", "--arch", "arm64", *more, "-o", "other.zip", status=1))
        self.assertFalse(list(self.folder.glob("other.zip*")) + list(self.folder.glob("layer.zip*")))

    def test_a_bootstrap_of_another_architecture_is_refused(self):
        self.sign()
        self.assertIn("of one version and architecture", self.run_wascc(
            "package", "shop", "--arch", "arm64", "--bootstrap", "bootstrap", "-o", "other.zip", status=1))
        (self.folder / "arm").write_bytes(self.marks["bootstrap"].replace(
            b"x86_64-unknown-linux-gnu x86-64-v3", b"aarch64-unknown-linux-gnu neoverse-n1"))
        self.package("shop", "--arch", "arm64", bootstrap="arm")
        self.check()

    def test_a_layer_holds_the_runtime_alone(self):
        self.sign()
        self.package("shop", "--layer", "layer.zip")
        with zipfile.ZipFile(self.folder / "layer.zip") as layer:
            self.assertEqual(layer.namelist(), ["bootstrap"])
            self.assertEqual(layer.read("bootstrap"), self.marks["bootstrap"])
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            self.assertNotIn("bootstrap", package.namelist())
        self.assertIn("comes from a layer", self.check()["bootstrap"])

    def test_trusted_packagers_must_have_signed(self):
        self.sign()
        self.manifest(f"actors: [echo.wasm]\nruntime: {{trusted_packagers: [{ACCOUNT}]}}\n")
        self.refused("its envelope is not signed")
        self.package("shop", "--key", "account.seed")
        self.assertIn(f"signed by {ACCOUNT}", self.check()["echo.native"])
        stranger = self.run_wascc("keys", "new", "account", "-o", "stranger.seed").strip()
        self.check(status=1, env={"WASCC_TRUSTED_PACKAGERS": stranger})

    def test_check_tells_what_was_changed(self):
        self.sign()
        self.package()
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            native, manifest = package.read("echo.native"), package.read("manifest.yaml")
            bootstrap = package.read("bootstrap")
        flipped = native[:1000] + bytes([native[1000] ^ 1]) + native[1001:]
        cases = {
            "echo.native has been changed": {"echo.native": flipped},
            "echo.native.sig is missing": {"echo.native.sig": None},
            "manifest.yaml has been changed": {"manifest.yaml": manifest + b"# more\n"},
            "bootstrap has been changed": {"bootstrap": bootstrap + b"x"},
            "extra.txt has been added": {"extra.txt": b"x"},
        }
        for reason, changes in cases.items():
            self.repack(changes)
            self.assertEqual(self.check("changed.zip", status=1)["wascc.lock.json"], reason)
        self.repack({"echo.native": flipped, "wascc.lock.json": None})
        self.assertIn("its bytes have been changed", self.check("changed.zip", status=1)["echo.native"])
        self.repack({"echo.native": None, "echo.native.sig": None, "wascc.lock.json": None})
        self.assertIn("cannot compile", self.check("changed.zip", status=1)["echo.native"])
        self.repack({"bootstrap": self.marks["bootstrap"].replace(b"wasmtime 48", b"wasmtime 49"), "wascc.lock.json": None})
        self.assertIn("wascc package", self.check("changed.zip", status=1)["echo.native"])

    def test_forged_native_code_with_an_envelope_that_fits_is_told(self):
        self.sign()
        self.package()
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            native, envelope = package.read("echo.native"), package.read("echo.native.sig")
        forged = native[:-1] + bytes([native[-1] ^ 1])
        engine = envelope[10:10 + envelope[9]]
        fitting = (envelope[:-40] + hashlib.sha256(engine + forged).digest() + struct.pack("<Q", len(forged)))
        self.repack({"echo.native": forged, "echo.native.sig": fitting, "wascc.lock.json": None})
        self.assertIn("NOT what this wascc makes", self.check("changed.zip", status=1)["echo.native"])

    def test_a_package_of_a_stranger_gets_nothing_of_this_machine(self):
        self.sign()
        self.package()
        for manifest, reason in [
                ("actors: [/etc/passwd]\n", "it is not there"),
                ("actors: [../../etc/passwd]\n", "it is not there"),
                ("actors: [echo.wasm]\ncapabilities: [{path: /usr/lib/libc.so.6}]\n", "it is not there"),
        ]:
            self.repack({"manifest.yaml": manifest.encode(), "wascc.lock.json": None})
            self.assertIn(reason, " ".join(self.check("changed.zip", status=1).values()))

    def test_what_is_no_package_is_refused(self):
        (self.folder / "text.zip").write_text("no ZIP")
        self.assertIn("no ZIP", self.run_wascc("package", "--check", "text.zip", status=1))
        with zipfile.ZipFile(self.folder / "escape.zip", "w") as package:
            package.writestr("../bootstrap", b"")
        self.assertIn("leaves its folder", self.run_wascc("package", "--check", "escape.zip", status=1))


if __name__ == "__main__":
    unittest.main()
