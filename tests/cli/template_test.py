#!/usr/bin/env python3
"""wascc template: what it prints passes the linters of its own kind, and says what was asked for.

    template_test.py WASCC    The linters from PyPI are kept in the user's cache folder.
"""

import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import unittest_program  # noqa: E402
from vectors import ACCOUNT  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))
import terraform_schema  # noqa: E402

WASCC = Path(sys.argv.pop(1)).resolve()
CACHE = Path(os.environ.get("WASCC_CACHE_DIR") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wascc")
FRONTS = ("furl", "httpapi", "rest", "alb", "none")
LINTERS = ("cfn-lint==1.58.0", "python-hcl2==8.1.4")
AWS_SCHEMA = "cdktf-cdktf-provider-aws==21.22.1"  # 59 MB; read, never installed


def linter(program: str) -> Path:
    """A program of a virtual environment that is made once; skips the test where PyPI is out of reach."""
    folder = CACHE / "template-linters-2"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", folder], [folder / "bin/pip", "install", "--quiet", *LINTERS],
                        [folder / "bin/pip", "download", "--quiet", "--no-deps", AWS_SCHEMA, "--dest", folder / "schema"]):
            done = subprocess.run(command, capture_output=True, text=True, timeout=250)
            if done.returncode != 0:
                raise unittest.SkipTest(f"the linters cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
        (folder / "complete").touch()
    return folder / "bin" / program


class Template(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-template-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "my-shop"
        self.folder.mkdir()

    def template(self, *arguments, status=0):
        done = subprocess.run([WASCC, "template", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stderr}")
        self.stderr = done.stderr
        return done.stdout if status == 0 else done.stderr

    def every_variant(self, kind, ending):
        """Each front, closed, and open with layer and packager, as files; their names."""
        paths = []
        for number, (front, more) in enumerate(itertools.product(
                FRONTS, ([], ["--public", "--layer", "build/runtime.zip", "--packager", ACCOUNT]))):
            text = self.template(kind, "--front", front, *more)
            self.assertNotIn("{{", text.replace("={{", "="), "every mark is filled in")
            path = self.folder / f"{number}.{ending}"
            path.write_text(text)
            paths.append(path)
        return paths

    def test_sam_and_cloudformation_pass_cfn_lint(self):
        program = linter("cfn-lint")
        for kind in ("sam", "cloudformation"):
            done = subprocess.run([program, *self.every_variant(kind, "yaml")], capture_output=True, text=True, timeout=250)
            self.assertEqual(done.returncode, 0, f"{kind}: {done.stdout}{done.stderr}")

    def check_terraform(self, *paths):
        """What is wrong with each; terraform_schema.py says what is looked at."""
        python = linter("python")
        done = subprocess.run([python, terraform_schema.__file__, *(python.parent.parent / "schema").glob("*.whl"), *paths],
                              capture_output=True, text=True, timeout=250)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_terraform_is_what_the_provider_knows(self):
        paths = self.every_variant("terraform", "tf")
        for path, complaints in zip(paths, self.check_terraform(*paths), strict=True):
            self.assertEqual(complaints, [], path.read_text())

    def test_terraform_that_is_wrong_is_noticed(self):
        good = self.template("terraform", "--front", "alb")
        wrong = {"retention_in_days": "retention", "lambda_multi_value_headers_enabled": "lambda_multi_value_headers",
                 "log_format =": "log_form =", "aws_lb_listener": "aws_lb_listenr", "aws_lb.balancer.dns_name": "aws_lb.balancer.dns",
                 "aws_lb_target_group.function.arn": "aws_lb_target_group.other.arn", "= var.vpc": "= var.vcp",
                 "  role             = aws_iam_role.function.arn\n": ""}
        paths = []
        for number, (text, mistake) in enumerate(wrong.items()):
            self.assertIn(text, good)
            paths.append(self.folder / f"wrong-{number}.tf")
            paths[-1].write_text(good.replace(text, mistake))
        for text, complaints in zip(wrong, self.check_terraform(*paths), strict=True):
            self.assertTrue(complaints, text)

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not here")
    def test_the_script_passes_shellcheck(self):
        done = subprocess.run(["shellcheck", *self.every_variant("cli", "sh")], capture_output=True, text=True, timeout=250)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_script_makes_what_is_missing_and_updates_what_is_there(self):
        """Against a stand-in for the AWS command line, which remembers whether the function exists."""
        stand_in = self.folder / "bin/aws"
        stand_in.parent.mkdir()
        stand_in.write_text('''#!/bin/sh
echo "$*" >>"$LOG"
case "$1 $2" in
  "sts get-caller-identity") echo 111122223333 ;;
  "lambda get-function") [ -f "$LOG.function" ] ;;
  "lambda create-function") touch "$LOG.function" ;;
  "apigatewayv2 get-apis" | "apigateway get-rest-apis") echo None ;;
  *) echo made ;;
esac
''')
        stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
        (self.folder / "function.zip").write_bytes(b"")
        log = self.folder / "log"
        environment = {"PATH": f"{stand_in.parent}:{os.environ['PATH']}", "AWS_REGION": "eu-central-1", "LOG": str(log),
                       "LISTENER": "arn:listener"}
        (self.folder / "function.zip").unlink()
        scripts = {front: self.template("cli", "--front", front, "--public") for front in FRONTS}
        (self.folder / "function.zip").write_bytes(b"")
        for front, script in scripts.items():
            for expected in ("lambda create-function", "lambda update-function-code"):
                log.write_text("")
                done = subprocess.run(["bash", "-s"], input=script, cwd=self.folder, env=environment, capture_output=True,
                                      text=True, timeout=60)
                self.assertEqual(done.returncode, 0, f"{front}: {done.stdout}{done.stderr}")
                self.assertIn(f"{expected} --function-name my-shop", log.read_text())
                self.assertIn("log-group:/aws/lambda/my-shop:*", log.read_text())
            Path(f"{log}.function").unlink()

    def test_the_role_may_write_its_own_logs_and_nothing_else(self):
        for kind in ("sam", "cloudformation", "terraform", "cli"):
            text = self.template(kind, "--name", "shop")
            self.assertIn("logs:PutLogEvents", text)
            self.assertNotIn("AWSLambdaBasicExecutionRole", text)
            self.assertRegex(text, r'log-group:/aws/lambda/(shop|\'"\$name"\'):\*|logs\.arn}:\*')

    def test_only_public_is_open(self):
        for kind, front in itertools.product(("sam", "cloudformation", "terraform", "cli"), ("furl", "httpapi", "rest")):
            closed = self.template(kind, "--front", front)
            opened = self.template(kind, "--front", front, "--public")
            self.assertIn("AWS_IAM", closed, (kind, front))
            self.assertNotIn("AWS_IAM", opened, (kind, front))
            self.assertNotIn('"*"', closed.replace('["*/*"]', ""), (kind, front))

    def test_what_was_asked_for_is_there(self):
        text = self.template("sam", "--name", "Other_1", "--memory", "512", "--timeout", "20", "--retention", "30",
                             "--arch", "arm64", "--packager", ACCOUNT, "out/function.zip")
        for part in ("FunctionName: Other_1", "MemorySize: 512", "Timeout: 20", "RetentionInDays: 30", "[arm64]",
                     f"WASCC_TRUSTED_PACKAGERS: {ACCOUNT}", "CodeUri: out/function.zip"):
            self.assertIn(part, text)
        self.assertIn("out/function.zip is not here yet", self.stderr)
        self.assertIn("FunctionName: my-shop", self.template("sam"))

    def test_what_no_deployment_can_have_is_wrong_usage(self):
        for arguments, says in [
                (["sam", "--name", "a b"], "cannot be the function's name"), (["sam", "--name", "a;b"], "name"),
                (["sam", "--name", "x" * 65], "name"), (["sam", "--front", "alb", "--name", "x" * 33], "name"),
                (["sam", "--front", "cdn"], "furl, httpapi"), (["sam", "--memory", "64"], "memory"),
                (["sam", "--retention", "10"], "CloudWatch"), (["sam", "--front", "rest", "--timeout", "60"], "29 seconds"),
                (["sam", "$(id).zip"], "a path here"), (["sam", "--layer", "a'b.zip"], "a path here"),
                (["sam", "--packager", "A1"], "public key"), (["helm"], "helm"), ([], "KIND")]:
            self.assertIn(says, self.template(*arguments, status=2), arguments)

    def test_the_package_says_what_it_is(self):
        def package(lock):
            with zipfile.ZipFile(self.folder / "function.zip", "w") as made:
                made.writestr("wascc.lock.json", lock)
        package('{"format":1,"runtime":{"in":"layer","engine":"wasmtime 48 aarch64-unknown-linux-gnu neoverse-n1"},'
                f'"packager":"{ACCOUNT}","files":[]}}')
        self.assertIn("name that ZIP with --layer", self.template("sam", status=2))
        text = self.template("sam", "--layer", "runtime.zip")
        self.assertIn("[arm64]", text)
        self.assertIn(ACCOUNT, text)
        self.assertIn("is for arm64", self.template("sam", "--layer", "runtime.zip", "--arch", "x86_64", status=2))
        with zipfile.ZipFile(self.folder / "function.zip", "w") as other:
            other.writestr("bootstrap", "")
        self.assertIn("was not made by `wascc package`", self.template("sam", status=2))


if __name__ == "__main__":
    unittest_program.main()
