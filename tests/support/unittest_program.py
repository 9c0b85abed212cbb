"""unittest.main with an end that ctest and people understand: each skipped case is printed with its reason, and exit status 77 says
that none was left."""

import sys
import unittest

SKIPPED = 77


def main() -> None:
    result = unittest.main(exit=False).result
    for case, reason in result.skipped:
        print(f"skipped: {case.id()}: {reason}")
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped and len(result.skipped) >= result.testsRun else 0)
