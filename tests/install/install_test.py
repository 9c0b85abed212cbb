#!/usr/bin/env python3
"""An installation: complete, movable, with every licence; the Debian package and the archives hold the same; and bootstrap
can be linked again with another C library.

    install_test.py BUILD CMAKE
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import unittest_program  # noqa: E402
from vectors import ACCOUNT_SEED, ECHO, MODULE  # noqa: E402

CMAKE = Path(sys.argv.pop())
BUILD = Path(sys.argv.pop()).resolve()
ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command, cwd=None, status=0, **environment):
    done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **environment}, capture_output=True,
                          text=True, timeout=550, stdin=subprocess.DEVNULL)
    if done.returncode != status:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = Path(tempfile.mkdtemp(prefix="wascc-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.base)
        licences = subprocess.run([sys.executable, ROOT / "tools/third_party.py", "--version", "0", "--output",
                                   cls.base / "licences"], capture_output=True, text=True, timeout=300)
        if licences.returncode != 0:
            raise unittest.SkipTest(f"the licences of the crates are not here: {licences.stderr.strip()}")
        run(CMAKE, "--install", BUILD, "--prefix", cls.base / "first", "--component", "programs")
        cls.prefix = cls.base / "moved"
        (cls.base / "first").rename(cls.prefix)

    def test_it_works_wherever_it_is_moved_to(self):
        work = self.base / "work"
        work.mkdir()
        (work / "echo.wasm").write_bytes(ECHO)
        (work / "account.seed").write_text(ACCOUNT_SEED + "\n")
        wascc = self.prefix / "bin/wascc"
        run(wascc, "sign", "echo.wasm", "-i", "account.seed", "-s", MODULE, "-c", "event", "-o", "actor.wasm", cwd=work)
        run(wascc, "package", "actor.wasm", cwd=work)
        self.assertIn("bootstrap would start", run(wascc, "package", "--check", "function.zip", cwd=work))
        run(wascc, "package", "--raw", "actor.wasm", "-o", "raw.zip", cwd=work)

    def test_nothing_is_missing_and_nothing_is_too_much(self):
        for name in ("bin/wascc", "libexec/wascc/bootstrap", "libexec/wascc/bootstrap-full", "share/man/man1/wascc.1",
                     "share/man/man1/wascc-keys-new.1", "share/bash-completion/completions/wascc",
                     "share/zsh/site-functions/_wascc", "share/fish/vendor_completions.d/wascc.fish",
                     "share/doc/wascc/cli.md", "share/doc/wascc/formats/package.md", "share/doc/wascc/LICENSE",
                     "share/doc/wascc/NOTICE"):
            self.assertTrue((self.prefix / name).stat().st_size, name)
        self.assertEqual({path.name for path in self.prefix.iterdir()}, {"bin", "libexec", "share"})
        self.assertEqual([path.name for path in (self.prefix / "bin").iterdir()], ["wascc"])

    def test_the_native_providers_are_a_part_of_their_own_with_their_licences(self):
        run(CMAKE, "--install", BUILD, "--prefix", self.base / "providers", "--component", "providers")
        installed = sorted((self.base / "providers/libexec/wascc/providers").iterdir())
        built = {path.name for path in (BUILD / "providers").iterdir()} - {"libwascc_shout.so"}
        self.assertEqual({path.name for path in installed}, built)
        for provider in installed:
            values = ("--value", "AWS_ACCESS_KEY_ID=k", "--value", "AWS_SECRET_ACCESS_KEY=s")
            self.assertIn("ok", run(self.prefix / "bin/wascc", "provider", "check", provider, *values))
        folder = self.base / "providers/share/doc/wascc-providers"
        names = {component["name"] for component in json.loads((folder / "sbom.cdx.json").read_text())["components"]}
        for library, users in {"hiredis": "redis", "pugixml": "s3", "curl": "http"}.items():
            if any(users in name for name in built):
                self.assertIn(library, names)
                self.assertIn(f"{library} ", (folder / "THIRD-PARTY-LICENSES.txt").read_text("utf-8"))

    def test_every_crate_and_library_is_listed_with_its_licence(self):
        folder = self.prefix / "share/doc/wascc"
        sbom = json.loads((folder / "sbom.cdx.json").read_text())
        licences = (folder / "THIRD-PARTY-LICENSES.txt").read_text("utf-8")
        words = " ".join(licences.split()).lower()  # however the lines are broken
        names = {component["name"] for component in sbom["components"]}
        self.assertLessEqual({"wasmtime", "cranelift-codegen", "glibc", "openssl", "boost", "CLI11"}, names)
        self.assertGreater(len(names), 50)
        for component in sbom["components"]:
            self.assertNotIn("NOASSERTION", component["licenses"][0]["expression"], component["name"])
            self.assertIn(f"{component['name']} {component['version']}", licences)
        for term in ("Apache License", "GNU Lesser General Public License", "Boost Software License"):
            self.assertIn(term.lower(), words)

    def test_the_debian_package_and_the_archives_hold_the_same(self):
        if not shutil.which("dpkg-shlibdeps"):
            self.skipTest("dpkg-shlibdeps is not here")
        run(CMAKE, "--build", BUILD, "--target", "bootstrap-relinkable")
        run(CMAKE.parent / "cpack", "--config", BUILD / "CPackConfig.cmake", "-B", self.base / "dist")
        dist = self.base / "dist"
        files = {path.name: path for path in dist.iterdir() if path.is_file()}
        for name, path in files.items():
            if not name.endswith(".sha256"):
                self.assertIn(hashlib.sha256(path.read_bytes()).hexdigest(), files[f"{name}.sha256"].read_text())
        expected = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if path.is_file()}
        with tarfile.open(next(path for name, path in files.items() if name.endswith("-programs.tar.gz"))) as archive:
            held = {entry.name for entry in archive.getmembers() if entry.isfile()}
        self.assertEqual(held, expected)
        package = next(path for name, path in files.items() if name.startswith("wascc_") and name.endswith(".deb"))
        run("dpkg-deb", "-x", package, self.base / "deb")
        held = {str(path.relative_to(self.base / "deb/usr")) for path in (self.base / "deb").rglob("*") if path.is_file()}
        self.assertEqual(held, expected)
        depends = run("dpkg-deb", "-f", package, "Depends")
        self.assertIn("libc6", depends)
        self.assertNotIn("libstdc++", depends)
        run(self.base / "deb/usr/bin/wascc", "--version")
        self.link_again(next(path for name, path in files.items() if name.endswith("-relink.tar.gz")))

    def link_again(self, archive_path):
        with tarfile.open(archive_path) as archive:
            archive.extractall(self.base / "relink")
        folder = next((self.base / "relink").rglob("bootstrap.o")).parent
        run("./relink.sh", "bootstrap.o", "bootstrap", cwd=folder)
        self.assertEqual(run(folder / "bootstrap", "--version"),
                         run(self.prefix / "libexec/wascc/bootstrap", "--version"))


if __name__ == "__main__":
    unittest_program.main()
