#!/usr/bin/env python3
"""The command line and a world that means no good: files that are not what they should be, outputs that take nothing, a full
disk. A command then fails with one line that says what and where, and leaves nothing behind.

    hostile_test.py WASCC ACTOR    ACTOR: a signed module
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import sanitizers  # noqa: E402
import unittest_program  # noqa: E402

ACTOR = Path(sys.argv.pop()).resolve()
WASCC = Path(sys.argv.pop()).resolve()
# What a command takes in the place of {}: a module, a file of another kind, or a module where a folder does as well.
TAKES_MODULE = ["sign {} -s m -o out.wasm", "inspect {}", "verify {}", "compile {}", "call {} HealthRequest"]
TAKES_FILE = ["provider check {}", "par inspect {}", "par verify {}", "package --check {}", "keys import x {}",
              "package actor.wasm -o out.zip --bootstrap {}", "package actor.wasm -o out.zip --provider {}",
              "sign actor.wasm -s ./{} -o out.wasm"]
TAKES_ANY_BYTES = ["events alb --body @{}", "call actor.wasm HealthRequest --payload {}",
                   "invoke actor.wasm --event {}"]
TAKES_MODULE_OR_FOLDER = ["invoke {}", "run {} --port 0", "package {} -o out.zip", "doctor {}"]
# Commands that print.
PRINTING = ["--help", "--version", "sign --help", "man", "man sign", "completion bash", "completion zsh", "completion fish",
            "events", "events rest", "keys list", "keys list --json", "keys public m", "keys show m", "keys export m --print",
            "template sam", "template cli", "doctor", "doctor --json", "inspect actor.wasm", "inspect --json actor.wasm",
            "verify actor.wasm", "verify --json actor.wasm", "call actor.wasm HealthRequest", "invoke actor.wasm --event event.json",
            "package --check function.zip", "package --json --check function.zip"]
WRITING = ["keys new module z", "keys export module -o x.seed", "sign actor.wasm -s module -o out.wasm", "compile actor.wasm",
           "package actor.wasm -o out.zip", "new hello", "man -o ."]

# A disk that is full but for nothing; of each command its status, its words, and what is then on the disk.
FULL_DISK = '''set -e
wascc=$1; actor=$2; shift 2
mount -t tmpfs -o size=1m none . && cd "$PWD"
export HOME=$PWD/home
mkdir home
cp "$actor" actor.wasm
for key in account module; do "$wascc" keys new $key >/dev/null 2>&1; done
cat /dev/zero >fill 2>/dev/null || true
echo $(find . | sort)
for command; do
  status=0
  said=$("$wascc" -q $command 2>&1 >/dev/null) || status=$?
  echo $status "$said" "|" $(find . | sort)
done
'''


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-hostile-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "work"
        self.folder.mkdir()
        self.environment = {"HOME": str(Path(folder.name) / "home"), "PATH": os.environ["PATH"], **sanitizers.OPTIONS}
        for kind, name in (("account", "account"), ("module", "m")):
            self.run_wascc("keys", "new", kind, name)
        (self.folder / "actor.wasm").write_bytes(ACTOR.read_bytes())

    def run_wascc(self, *arguments, **more):
        more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **more}
        return subprocess.run([WASCC, *arguments], cwd=self.folder, env=self.environment, timeout=60, check=False, **more)

    def names(self):
        return sorted(str(path) for path in Path(self.environment["HOME"]).parent.rglob("*"))

    def expect_failure(self, arguments, says=""):
        before = self.names()
        done = self.run_wascc(*arguments)
        stderr = done.stderr.decode()
        self.assertEqual(done.returncode, 1, f"{arguments}: {done.stdout.decode()}{stderr}")
        lines = [line for line in stderr.splitlines() if not line.startswith("level=warn")]
        self.assertEqual(len(lines), 1, f"{arguments}: {stderr}")
        self.assertRegex(lines[0], "^wascc: ")
        self.assertIn(says, lines[0] + done.stdout.decode("utf-8", "replace"), arguments)
        self.assertEqual(self.names(), before, f"{arguments}: it left something behind")

    def try_each(self, commands, names, says):
        for command in commands:
            for name in names:
                with self.subTest(command, name=name):
                    self.expect_failure(command.replace("{}", name).split(), says or name)

    def test_what_is_no_file_is_told(self):
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "pipe")
        for_files = TAKES_MODULE + TAKES_FILE + TAKES_ANY_BYTES
        self.try_each(for_files + TAKES_MODULE_OR_FOLDER, ["missing"], "No such file")
        self.try_each(for_files + TAKES_MODULE_OR_FOLDER, ["pipe"], "not a regular file")
        self.try_each(for_files, ["folder"], "not a regular file")

    def test_a_file_with_the_wrong_bytes_in_it_is_told_by_name(self):
        (self.folder / "empty").write_bytes(b"")
        (self.folder / "noise").write_bytes(bytes(range(256)) * 64)
        with (self.folder / "huge").open("wb") as huge:
            huge.truncate(20 << 30)  # no byte of it is on the disk
        (self.folder / "cut").write_bytes(ACTOR.read_bytes()[:-100])
        self.try_each(TAKES_MODULE + TAKES_FILE + TAKES_MODULE_OR_FOLDER, ["empty", "noise", "huge"], None)
        self.try_each(TAKES_ANY_BYTES, ["huge"], None)
        self.try_each(["verify {}", "compile {}", *TAKES_MODULE_OR_FOLDER], ["cut"], None)

    def test_a_name_that_is_no_text_breaks_nothing(self):
        name = b"\xff\x1b[31m.wasm"
        (self.folder / os.fsdecode(name)).write_bytes(b"\0asm\1\0\0\0")
        for command in ("inspect", "verify", "compile"):
            done = self.run_wascc(command, name)
            self.assertNotIn(b"\x1b", done.stderr + done.stdout)
            done.stderr.decode()
            self.assertEqual(done.returncode, 0 if command == "inspect" else 1)

    def test_wrong_usage_is_told_in_one_line(self):
        for arguments, says in {"": "wascc: a command is missing; see wascc --help",
                                "bogus": "wascc: bogus: no such command; see wascc --help",
                                "--bogus": "wascc: --bogus: no such option; see wascc --help",
                                "keys bogus": "wascc: bogus: no such command; see wascc keys --help",
                                "keys new": "wascc: KIND is required; see wascc keys new --help",
                                "verify a --bogus": "see wascc verify --help",
                                "run --port x": "see wascc run --help"}.items():
            with self.subTest(arguments):
                done = self.run_wascc(*arguments.split())
                self.assertEqual(done.returncode, 2)
                lines = done.stderr.decode().splitlines()
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(says, lines[0])

    def test_a_missing_file_is_named_once_and_as_what_it_is(self):
        for arguments, says in {"call actor.wasm HealthRequest --payload no": "wascc: no: I/O error",
                                "invoke actor.wasm --event no": "wascc: no: I/O error",
                                "run no": "wascc: actor no: no: I/O error"}.items():
            with self.subTest(arguments):
                lines = self.run_wascc(*arguments.split()).stderr.decode().splitlines()
                self.assertTrue(lines[-1].startswith(says), lines)

    def prepare_printing(self):
        (self.folder / "event.json").write_bytes(self.run_wascc("events", "rest").stdout)
        self.assertEqual(self.run_wascc("package", "actor.wasm").returncode, 0)

    def expect_output_error(self, **stdout):
        self.prepare_printing()
        for command in PRINTING:
            with self.subTest(command):
                done = self.run_wascc(*command.split(), **stdout)
                self.assertEqual((done.returncode, done.stderr.decode().splitlines()[-1]),
                                 (1, "wascc: standard output took not all of it: it is closed, or there is no room left"))

    def test_output_that_finds_no_room_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            self.expect_output_error(stdout=full)

    def test_output_that_is_closed_is_a_failure(self):
        self.expect_output_error(stdout=None, preexec_fn=lambda: os.close(1))

    def test_no_file_is_taken_for_a_closed_output(self):
        def close():
            for number in (0, 1, 2):
                os.close(number)
        self.run_wascc("sign", "actor.wasm", "-s", "m", "-o", "out.wasm", stdin=None, stdout=None, stderr=None,
                       preexec_fn=close)
        self.assertEqual(self.run_wascc("verify", "out.wasm").returncode, 0)

    def test_a_full_disk_is_told_and_nothing_is_left(self):
        disk = self.folder / "disk"
        disk.mkdir()
        done = subprocess.run(["unshare", "--map-root-user", "--mount", "bash", "-c", FULL_DISK, "bash", WASCC, ACTOR, *WRITING],
                              cwd=disk, env=self.environment, capture_output=True, text=True, timeout=120)
        if "unshare" in done.stderr or "mount:" in done.stderr:
            self.skipTest(f"no disk can be mounted here: {done.stderr.strip()}")
        before, *after = done.stdout.splitlines()
        self.assertEqual(len(after), len(WRITING), done.stdout + done.stderr)
        for command, line in zip(WRITING, after):
            with self.subTest(command):
                self.assertRegex(line, r"^1 wascc: .*No space left on device[^|]* \| ")
                self.assertEqual(line.split(" | ")[1], before)


if __name__ == "__main__":
    unittest_program.main()
