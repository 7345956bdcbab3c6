"""Lives every life through the client on the path and prints one line of JSON for each operation.

    run.py lives        the methods of the `arize` package
    run.py commands     the `ax` command line

A line is `{"operation", "outcome", "why"}`; the outcome is `passed`, `absent`,
`broken` (by the client itself, whatever it is answered) or `failed`.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic.errors import PydanticUserError

if TYPE_CHECKING:
    from life import Life

OPERATIONS = json.loads((Path(__file__).parents[1] / "operations.json").read_text())
SEEN_BY_PEOPLE = 300


def outcome(life: Life, operation: str) -> tuple[str, str]:
    """What became of one operation, and why."""
    if not life.has(operation):
        return "absent", ""
    try:
        getattr(life, operation)()
    except Exception as error:  # Whatever a client raises is a finding, not an end.
        traceback.print_exc(file=sys.stderr)
        return "broken" if cannot_read(error) else "failed", reason(error)
    return "passed", ""


def cannot_read(error: Exception) -> bool:
    """Whether the client lacks one of its own models, so that no answer whatever would do."""
    unfinished = isinstance(error, PydanticUserError) and error.code == "class-not-fully-defined"
    # The command line shows the text of what the package raised.
    return unfinished or "is not fully defined; you should define" in str(error)


def reason(error: Exception) -> str:
    """The error in a line. What the server said counts, and not the headers it came with."""
    said = getattr(error, "body", None) or str(error)
    return " ".join(f"{type(error).__name__}: {said}".split())[:SEEN_BY_PEOPLE]


def main() -> None:
    logging.disable(logging.ERROR)
    warnings.simplefilter("ignore")
    package = sys.argv[1]
    if package == "commands":
        importlib.import_module("command").write_profile()
    for resource, operations in OPERATIONS.items():
        life = importlib.import_module(f"{package}.{resource}").LIFE()
        for operation in sorted(life.offered() - set(operations)):
            report(resource, operation, "failed", "operations.json does not have it")
        for operation in operations:
            report(resource, operation, *outcome(life, operation))


def report(resource: str, operation: str, result: str, why: str) -> None:
    line = {"operation": f"{resource}.{operation}", "outcome": result, "why": why}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
