#!/usr/bin/env python3
"""Adds up ctest's JUnit files: the line "N passed, N failed[, N skipped]"; exit 1 unless all passed.

    count_tests.py FAILED_STEPS FILE…

A failed step in which no test failed, a build for example, counts as one failure.
"""

import sys
import xml.etree.ElementTree as ElementTree


def main() -> int:
    failed_steps, files = int(sys.argv[1]), sys.argv[2:]
    passed = failed = skipped = 0
    for file in files:
        try:
            suite = ElementTree.parse(file).getroot()
        except (OSError, ElementTree.ParseError) as error:
            print(f"no test report: {error}")
            failed_steps = max(failed_steps, 1)
            continue
        for case in suite.iter("testcase"):
            status = case.get("status")
            passed += status == "run"
            failed += status == "fail"
            skipped += status in ("notrun", "disabled")
    failed = max(failed, failed_steps)
    if passed == 0 and failed == 0:
        failed = 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
