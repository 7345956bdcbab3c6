"""Turns the results of the matrix into docs/compatibility.md, or compares them with it.

    table.py write <results> <document>      the document says what the results say
    table.py compare <results> <document>    no result is worse than the document says

`results` has a file of JSON lines for each client version. The exit code is 1 if something failed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
OPERATIONS = [
    f"{resource}.{operation}"
    for resource, operations in json.loads((HERE / "operations.json").read_text()).items()
    for operation in operations
]
TITLES = {
    "python": "Python `arize`",
    "javascript": "JavaScript `@arizeai/ax-client`",
    "ax": "Command line `ax`",
}
CELLS = {"passed": "yes", "absent": "–", "broken": "client", "failed": "NO"}

Results = dict[str, dict[str, tuple[str, str]]]


def versions() -> list[tuple[str, str]]:
    """The clients and versions of the matrix, in its order."""
    lines = (HERE / "versions.txt").read_text().splitlines()
    return [tuple(line.split()[:2]) for line in lines if not line.startswith("#")]


def read(folder: Path) -> Results:
    """What became of each operation in each version that ran."""
    results: Results = {}
    for client, version in versions():
        file = folder / f"{client}-{version}.jsonl"
        if not file.exists():
            continue
        found = {operation: ("failed", "the run ended before") for operation in OPERATIONS}
        for line in file.read_text().splitlines():
            cell = json.loads(line)
            found[cell["operation"]] = (cell["outcome"], cell["why"])
        results[f"{client} {version}"] = found
    return results


def count(cells: dict[str, tuple[str, str]], outcome: str) -> int:
    return sum(1 for found, _ in cells.values() if found == outcome)


def summary(name: str, cells: dict[str, tuple[str, str]]) -> str:
    passed, failed = count(cells, "passed"), count(cells, "failed")
    rest = f"{count(cells, 'absent')} absent, {count(cells, 'broken')} broken in the client"
    return f"matrix {name}: {passed} passed, {failed} failed, {rest}"


INTRODUCTION = """\
# Compatibility with the official clients

Written by `conformance/matrix.sh`; do not edit. Every release below, unmodified, created, read, changed and removed every resource on a
running server, through the client's own methods. Responses are judged by the client's own models, enumerations and error classes.

| | |
|---|---|
| yes | the operation works |
| – | this release does not have the operation |
| client | the client fails, whatever the server returns; see below |
| NO | the operation does not work; see below |

The Go client is not in the table: its module cannot be fetched where the matrix runs. `crates/server/tests/api/dialects.rs` and other tests
send its requests, and check the statuses, content types and casing that it needs.
"""


REFUSED = """\
## What is refused on purpose

Clients can send these; the server refuses them, and says so. They are settings of content that Claviger does not have, and a setting that is
accepted and has no effect misleads.

| client | operation | member | answer |
|---|---|---|---|
| Python and `ax` from 8.60 | `spaces.update` | `default_llm_integration`, `default_agent_runtime`, `ml_models_enabled`, `gradient_start_color`, `gradient_end_color` | 400, names the members that it knows |
| all | `api_keys.create`, `api_keys.refresh` | `expires_at` after 9999-12-30T22:00:00Z, such as Python's `datetime.max` | 422; leave it out for a key that never expires |
"""


def document(results: Results) -> str:
    parts = [INTRODUCTION, totals(results)]
    for client, title in TITLES.items():
        names = {name.split()[1]: cells for name, cells in results.items() if name.startswith(client)}
        head = f"| operation | {' | '.join(names)} |\n|---|{'---|' * len(names)}"
        rows = [
            f"| `{operation}` | {' | '.join(CELLS[cells[operation][0]] for cells in names.values())} |"
            for operation in OPERATIONS
        ]
        parts.append(f"## {title}\n\n{head}\n" + "\n".join(rows) + "\n")
    return "\n".join([*parts, REFUSED, reasons(results)])


def totals(results: Results) -> str:
    lines = ["| client | passed | failed | absent | broken in the client |", "|---|---|---|---|---|"]
    for name, cells in results.items():
        counts = [str(count(cells, outcome)) for outcome in ("passed", "failed", "absent", "broken")]
        lines.append(f"| {name} | {' | '.join(counts)} |")
    every = [cell for cells in results.values() for cell in cells.values()]
    sums = [str(sum(1 for found, _ in every if found == outcome)) for outcome in ("passed", "failed", "absent", "broken")]
    return "\n".join([*lines, f"| all | {' | '.join(sums)} |", ""])


def reasons(results: Results) -> str:
    """Every cell that is not as it should be, with what the client or the server said."""
    lines = ["## What does not work, and why", ""]
    for name, cells in results.items():
        for operation, (outcome, why) in cells.items():
            if outcome in ("failed", "broken"):
                lines.append(f"- {name}, `{operation}`, {CELLS[outcome]}: {told(why)}")
    return "\n".join(lines if len(lines) > 2 else [*lines, "Nothing."]) + "\n"


def told(why: str) -> str:
    """The reason, free of what changes from run to run and of what Markdown would take for itself."""
    shown = why.split('"instance"')[0]
    return f"`{shown.replace('`', chr(39)).strip(' ,')}`"


def owned(text: str) -> set[tuple[str, str]]:
    """The failures that a document owns up to, as client and operation."""
    found = set()
    for line in text.splitlines():
        if line.startswith("- ") and ", NO: " in line:
            name, operation, _ = line[2:].split(", ", 2)
            found.add((name, operation.strip("`")))
    return found


def main() -> int:
    action, folder, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    results = read(folder)
    for name, cells in results.items():
        print(summary(name, cells))
    known = set() if action == "write" else owned(path.read_text())
    if action == "write":
        path.write_text(document(results))
    worse = 0
    for name, cells in results.items():
        for operation, (outcome, why) in cells.items():
            if outcome == "failed" and (name, operation) not in known:
                print(f"{name}: {operation}: {why}", file=sys.stderr)
                worse += 1
            if outcome == "passed" and (name, operation) in known:
                print(f"{name}: {operation} works now; write the document again", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
