#!/usr/bin/env python3
"""wascc provider check, and wascc doctor: what they say of good providers and of bad ones.

provider_test.py WASCC FOLDER GOOD…: FOLDER holds the providers with one defect each, GOOD are libraries of which
every rule holds.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WASCC, FOLDER, *GOOD = (str(Path(path).resolve()) for path in sys.argv[1:])

# The defect, the rule that it breaks, and what is said of it.
DEFECTS = [
    ("crashes", "an operation that it does not know is an error with code and text", "signal 6"),
    ("never_returns", "an operation that it does not know is an error with code and text",
     "did not return within 2 seconds"),
    ("odd_status", "an operation that it does not know is an error with code and text",
     "status 99 is none of the interface's"),
    ("no_text", "an operation that it does not know is an error with code and text",
     "an error without a text"),
    ("knows_everything", "an operation of the host that does not exist is an error", "succeeded"),
    ("writes_late", "it used the host's table as the interface says",
     "a sink was written after its call had returned"),
    ("leaves_a_thread", "no thread of it is left", "1 still run after stop and destroy"),
    ("logs_level_9", "it used the host's table as the interface says", "log was called with level 9"),
    ("dispatches_early", "it used the host's table as the interface says",
     "dispatch was called before start"),
    ("changes", "it describes itself as before", "it says something else now"),
    ("exits", "an operation that it does not know is an error with code and text",
     "ended the process with exit status 3"),
    ("trusts_actors", "an actor cannot pass for the host", "BindActor: succeeded"),
]


def check(file, *flags):
    done = subprocess.run([WASCC, "provider", "check", file, "--json", *flags],
                          capture_output=True, text=True, check=False)
    report = json.loads(done.stdout) if done.stdout else None
    return done, report


class ProviderCheck(unittest.TestCase):
    def test_good_providers_of_every_language_pass_with_every_rule_tried(self):
        self.assertTrue(GOOD)
        for file in [*GOOD, f"{FOLDER}/none.so"]:
            with self.subTest(file):
                done, report = check(file)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(done.stderr, "")
                self.assertTrue(report["passed"])
                self.assertEqual({rule["outcome"] for rule in report["rules"]}, {"ok"})
                self.assertGreater(len(report["rules"]), 15)

    def test_each_defect_breaks_its_rule_and_is_told_with_its_reason(self):
        for defect, rule, reason in DEFECTS:
            with self.subTest(defect):
                flags = ["--timeout", "2"] if defect == "never_returns" else []
                done, report = check(f"{FOLDER}/{defect}.so", *flags)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertFalse(report["passed"])
                failed = {one["rule"]: one["detail"] for one in report["rules"]
                          if one["outcome"] == "failed"}
                self.assertIn(rule, failed)
                self.assertIn(reason, failed[rule])

    def test_a_binding_that_is_refused_is_said_and_is_no_defect(self):
        done, report = check(GOOD[0], "--value", "END=")
        self.assertEqual(done.returncode, 0, done.stdout)
        skipped = [one["detail"] for one in report["rules"] if one["outcome"] == "skipped"]
        self.assertEqual(len(skipped), 1)
        self.assertIn("--value KEY=VALUE", skipped[0])

    def test_what_cannot_be_loaded_fails_with_the_loader_s_reason(self):
        done, report = check(f"{FOLDER}/rust_2020.so")
        self.assertEqual(done.returncode, 1)
        self.assertIn("must be rebuilt for this runtime", report["rules"][0]["detail"])

    def test_wrong_usage_is_exit_status_2_and_a_missing_file_1(self):
        self.assertEqual(check(GOOD[0], "--value", "END")[0].returncode, 2)
        done, report = check(f"{FOLDER}/not_there.so")
        self.assertEqual((done.returncode, report), (1, None))
        self.assertIn("No such file", done.stderr)

    def test_the_doctor_tries_to_load_the_providers_of_a_manifest(self):
        said = {"rust_2020": "must be rebuilt for this runtime", "missing_symbol": "undefined symbol",
                "missing_library": "libgone.so", "version_2": "version", "no_entry": "does not export",
                "gone": "No such file"}
        with tempfile.TemporaryDirectory(prefix="wascc-doctor-") as folder:
            paths = [*GOOD, *(f"{FOLDER}/{name}.so" for name in said)]
            manifest = Path(folder, "manifest.yaml")
            manifest.write_text(f"actors: []\ncapabilities: {json.dumps([{'path': path} for path in paths])}\n")
            done = subprocess.run([WASCC, "doctor", "--json", folder], capture_output=True, text=True, check=False,
                                  env={"HOME": folder, "PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, 1, done.stderr)
        found = [one for one in json.loads(done.stdout)["findings"] if one["area"] == "providers"]
        fine = [one["what"] for one in found if one["level"] == "ok"]
        self.assertEqual(len(fine), len(GOOD), found)
        self.assertIn(f"{GOOD[0]} loads, and serves example:shout 1.0.0", fine)
        problems = [one["what"] for one in found if one["level"] == "problem"]
        for name, reason in said.items():
            self.assertEqual(len([text for text in problems if f"/{name}.so" in text and reason in text]), 1, (name, problems))

    def test_people_get_a_line_a_rule(self):
        done = subprocess.run([WASCC, "provider", "check", GOOD[0]], capture_output=True, text=True,
                              check=True)
        self.assertIn("ok       it stops and ends\n", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
