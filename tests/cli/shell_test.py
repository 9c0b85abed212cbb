#!/usr/bin/env python3
"""wascc in a shell: completion in bash, zsh and fish, manual pages, terminals and pipes, --quiet.

    shell_test.py WASCC
"""

import json
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import sanitizers  # noqa: E402
import unittest_program  # noqa: E402
from vectors import ACCOUNT_SEED, ECHO, MODULE  # noqa: E402

WASCC = Path(sys.argv.pop(1)).resolve()

BASH = """source <(wascc completion bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_wascc 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
# What zsh's completion system would be told.
ZSH = """compadd() { [[ $1 == -- ]] && shift; print -l -- "$@" }
_describe() { print -l -- ${(P)2%%:*} }
_files() { print -- FILES }
words=("$@") CURRENT=$#
source =(wascc completion zsh)
"""
FISH = """wascc completion fish | source
complete -C "$argv" | string replace -r '\\t.*' ''; or true
"""
# What was typed, what must be offered, what must not.
TYPED = [
    (["wascc", ""], {"new", "keys", "sign", "package", "completion"}, {"import", "--json"}),
    (["wascc", "keys", ""], {"new", "list", "export"}, {"package"}),
    (["wascc", "keys", "new", "--"], {"--output", "--if-absent"}, {"--cap"}),
    (["wascc", "sign", "--issuer", ""], {"mine"}, {"--issuer"}),
    (["wascc", "sign", "a.wasm", "--"], {"--cap", "--expires", "--issuer"}, {"--arch"}),
    (["wascc", "package", "--cpu", ""], {"x86-64-v3", "neoverse-n1"}, {"--cpu"}),
    (["wascc", "template", ""], {"sam", "terraform"}, {"--front"}),
    (["wascc", "template", "sam", "--front", ""], {"furl", "alb"}, {"sam"}),
    (["wascc", "new", "x", "--template", ""], {"rust", "cpp"}, set()),
]


class Shell(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-shell-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {"HOME": str(self.folder), "PATH": f"{WASCC.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
                            "TERM": "xterm", **sanitizers.OPTIONS}
        (self.folder / "echo.wasm").write_bytes(ECHO)
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        self.run_in("wascc", "keys", "import", "mine", "account.seed")

    def run_in(self, *command, status=0, env=None):
        done = subprocess.run(command, cwd=self.folder, env={**self.environment, **(env or {})}, capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, f"{command}: {done.stdout}{done.stderr}")
        self.stderr = done.stderr
        return done.stdout

    def expect_completions(self, complete):
        for typed, offered, not_offered in TYPED:
            found = set(complete(typed).split())
            self.assertLessEqual(offered, found, typed)
            self.assertFalse(not_offered & found, typed)

    def needs(self, program):
        if not shutil.which(program):
            self.skipTest(f"{program} is not here")

    def test_bash_completes(self):
        self.expect_completions(lambda typed: self.run_in("bash", "--norc", "-c", BASH, "bash", *typed))

    def test_zsh_completes(self):
        self.needs("zsh")
        self.expect_completions(lambda typed: self.run_in("zsh", "-f", "-c", ZSH, "zsh", *typed))

    def test_fish_completes(self):
        self.needs("fish")
        self.expect_completions(lambda typed: self.run_in("fish", "--no-config", "-c", FISH, " ".join(typed)))

    def test_the_shells_are_told_what_may_come_next(self):
        def offered(*words):
            return [line.split("\t")[0] for line in self.run_in("wascc", "complete", "--", *words).splitlines()]
        self.assertEqual(offered("inspect", ""), [":files"])
        self.assertEqual(offered("man", "--output", ""), [":folders"])
        self.assertEqual(offered("sign", "--issuer", ""), ["mine", ":files"])
        self.assertEqual(offered("sign", "--issuer", "keys", "--exp"), offered("sign", "--"))  # keys is a value there
        self.assertEqual(offered("sign", "--name", ""), [])
        self.assertEqual(offered("nonsense", "more"), offered(""))
        self.assertNotIn("complete", offered(""))
        self.assertNotIn("  complete ", self.run_in("wascc", "--help"))

    def test_an_unknown_shell_is_wrong_usage(self):
        self.run_in("wascc", "completion", "tcsh", status=2)
        self.run_in("wascc", "completion", status=2)

    def test_every_command_has_a_manual_page_without_a_warning(self):
        pages = self.folder / "man1"
        pages.mkdir()
        self.run_in("wascc", "man", "-o", str(pages))
        names = {page.name for page in pages.iterdir()}
        for command in ("wascc", "wascc-keys", "wascc-keys-new", "wascc-package", "wascc-man"):
            self.assertIn(f"{command}.1", names)
        sign = self.run_in("wascc", "man", "sign")
        self.assertEqual(sign, (pages / "wascc-sign.1").read_text())
        for part in ("\\-\\-expires", "Put a signed token", "wascc sign echo.wasm"):
            self.assertIn(part, sign.replace("\\-" if part.startswith("wascc") else "", ""))
        self.needs("mandoc")
        for page in pages.iterdir():
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, timeout=60)
            complaints = [line for line in done.stdout.splitlines() if "missing date" not in line]
            self.assertEqual(complaints, [], page.name)  # a date would make each build another
        self.assertIn("say nothing but errors", self.run_in("mandoc", "-T", "ascii", str(pages / "wascc.1")))

    def test_a_page_of_no_command_is_wrong_usage(self):
        self.run_in("wascc", "man", "nonsense", status=2)
        self.run_in("wascc", "man", "-o", "missing/folder", status=1)

    def on_a_terminal(self, *command, **environment):
        """What it writes, both streams, where both are a terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(command, cwd=self.folder, env={**self.environment, **environment},
                                   stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            text += piece
        os.close(ours)
        process.wait(60)
        return text.decode()

    def sign(self, *more):
        return self.run_in("wascc", "sign", "echo.wasm", "-s", MODULE, "-c", "event", "-o", "actor.wasm", *more)

    def test_emphasis_and_progress_are_for_terminals_alone(self):
        self.sign()
        package = ("wascc", "package", "actor.wasm", "--arch", "arm64")
        self.assertNotIn("\x1b", self.run_in(*package) + self.stderr)
        self.assertIn("\x1b[Kcompiling", self.on_a_terminal(*package))
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", self.on_a_terminal(*package, **environment))
        refused = self.on_a_terminal("wascc", "package", "echo.wasm", "-o", "other.zip")
        self.assertIn("\x1b[Kwascc: ", refused)  # not behind what was being worked at
        check = ("wascc", "package", "--check", "function.zip")
        self.assertIn("\x1b[1m", self.on_a_terminal(*check))
        self.assertNotIn("\x1b", self.on_a_terminal(*check, NO_COLOR="1"))
        self.assertIn("\x1b[1m", self.on_a_terminal(*check, NO_COLOR=""))

    def test_quiet_says_nothing_of_what_was_done(self):
        self.assertIn("signed M", self.sign())
        for command in (("--quiet", "sign", "echo.wasm", "-s", MODULE, "-c", "event", "-o", "actor.wasm"),
                        ("sign", "--quiet", "echo.wasm", "-s", MODULE, "-c", "event", "-o", "actor.wasm"),
                        ("compile", "actor.wasm", "-q"), ("package", "-q", "actor.wasm", "--arch", "arm64"),
                        ("verify", "-q", "actor.wasm"), ("new", "-q", "hello")):
            self.assertEqual(self.run_in("wascc", *command), "", command)
            self.assertEqual(self.stderr, "", command)
        self.assertRegex(self.run_in("wascc", "keys", "new", "-q", "account", "other"), r"^A[A-Z2-7]{55}\n$")
        self.assertEqual(self.stderr, "")
        self.run_in("wascc", "-q", "verify", "echo.wasm", status=1)
        self.assertEqual(self.stderr.count("\n"), 1, "an error is said all the same")
        self.assertIn('"subject"', self.run_in("wascc", "-q", "inspect", "--json", "actor.wasm"))

    def test_what_was_done_can_be_had_as_json(self):
        def json_of(*command):
            lines = self.run_in("wascc", "-q", *command, "--json").splitlines()
            self.assertEqual(self.stderr, "", command)
            return [json.loads(line) for line in lines]
        sign = ("sign", "echo.wasm", "-s", MODULE, "-c", "event", "-o", "actor.wasm")
        account = self.run_in("wascc", "keys", "public", "mine").strip()
        self.assertEqual(json_of(*sign), [{"file": "actor.wasm", "subject": MODULE, "issuer": account, "not_granted": []}])
        (compiled,) = json_of("compile", "actor.wasm", "--key", "mine")
        self.assertEqual((compiled["native"], compiled["packager"]), ("actor.native", account))
        self.assertEqual(compiled["bytes"], (self.folder / "actor.native").stat().st_size)
        (packed,) = json_of("package", "actor.wasm", "--arch", "arm64")
        self.assertEqual((packed["file"], packed["bytes"]), ("function.zip", (self.folder / "function.zip").stat().st_size))
        self.assertEqual([(key["kind"], key["public"]) for key in json_of("keys", "show", "mine")], [("account", account)])
        (kinds,) = json_of("events")
        self.assertEqual({kind["kind"] for kind in kinds if kind["http"]} >= {"alb", "rest", "furl"}, True)

    def test_a_failed_command_leaves_nothing_behind(self):
        self.sign()
        (self.folder / "here.native.sig").mkdir()  # so the envelope cannot be written
        shutil.copy(self.folder / "actor.wasm", self.folder / "here.wasm")
        (self.folder / "taken").mkdir()
        (self.folder / "taken/file").touch()
        before = sorted(self.folder.rglob("*"))
        for command, status in [
                (("sign", "account.seed", "-s", MODULE, "-o", "x.wasm"), 1),
                (("sign", "echo.wasm", "-s", MODULE, "-o", "missing/x.wasm"), 1),
                (("compile", "echo.wasm"), 1), (("compile", "here.wasm"), 1), (("package", "echo.wasm", "-o", "x.zip"), 1),
                (("package", "actor.wasm", "--arch", "arm64", "-o", "missing/x.zip"), 1),
                (("new", "taken"), 1), (("new", "Bad Name"), 2), (("keys", "new", "nonsense"), 2),
                (("keys", "import", "other", "echo.wasm"), 1), (("keys", "export", "nobody", "-o", "x.seed"), 1),
                (("man", "-o", "missing"), 1)]:
            self.run_in("wascc", *command, status=status)
            self.assertEqual(sorted(self.folder.rglob("*")), before, command)


if __name__ == "__main__":
    unittest_program.main()
