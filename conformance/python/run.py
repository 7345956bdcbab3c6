"""Runs every case against the server in the environment and says how many held.

Prints one line, `N passed, M failed`, on standard output; what failed, and why, goes to standard
error. The exit code is 1 if anything failed.
"""

from __future__ import annotations

import importlib
import logging
import sys
import unittest
import warnings

import dialect

SUBJECTS = ["user_keys", "listing", "service_keys", "refreshing", "removal", "refusals", "places", "identity"]


def cases() -> unittest.TestSuite:
    """The cases of every subject, and those that only the installed version has."""
    own = f"only_{dialect.INSTALLED.replace('.', '_')}"
    modules = [importlib.import_module(f"cases.{name}") for name in [*SUBJECTS, own]]
    loader = unittest.defaultTestLoader
    return unittest.TestSuite(loader.loadTestsFromModule(module) for module in modules)


def main() -> int:
    # Each method announces once that it is a preview; that is not what is being tested.
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore", ResourceWarning)
    suite = cases()
    total = suite.countTestCases()
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=1).run(suite)
    # A case with several failing parts is one failure; a fixture that fails takes its class along.
    failed = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    passed = result.testsRun - sum(1 for name in failed if not name.startswith("setUpClass"))
    print(f"{passed} passed, {total - passed} failed")
    return 0 if result.wasSuccessful() and passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
