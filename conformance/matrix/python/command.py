"""A life of a resource through the `ax` command line: a method per operation, as in `life.Life`.

The commands run in this process, through the program's own entry and its own profile; a run's output
is the JSON that `--output json` asks for.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import typer.main
from typer.testing import CliRunner

PROFILE = """\
[profile]
name = "conformance"

[auth]
api_key = "${{ARIZE_API_KEY}}"

[routing]
api_host = "{host}"
api_scheme = "{scheme}"

[output]
format = "json"

[update]
enabled = false
"""


class Refused(Exception):
    """A command that ended with a code other than 0, with what it wrote."""


class Command:
    """The ground of every life. `group` is what the program calls `resource`."""

    resource: str
    names: dict[str, str] = {}

    def __init__(self) -> None:
        from ax.cli import app

        self.app = app
        root = typer.main.get_command(app)
        group = root.commands.get(self.group)
        self.commands = group.commands if group else {}
        self._made: dict[str, Any] | None = None

    @property
    def group(self) -> str:
        return self.resource.replace("_", "-")

    @property
    def made(self) -> dict[str, Any]:
        """What `create` left."""
        if self._made is None:
            raise AssertionError(f"nothing to work on: {self.resource} has not been made")
        return self._made

    @made.setter
    def made(self, value: dict[str, Any]) -> None:
        self._made = value

    def offered(self) -> set[str]:
        """The operations that the version has, as the table calls them."""
        return {name.replace("-", "_") for name in self.commands}

    def has(self, operation: str) -> bool:
        return operation in self.offered()

    def takes(self, command: str, option: str) -> bool:
        """Whether the command is there and has the option in this version."""
        found = self.commands.get(command)
        return found is not None and any(option in each.opts for each in found.params)

    def run(self, command: str, *arguments: str) -> Any:
        """Runs one command and returns the JSON that it prints, or `None`."""
        if self.takes(command, "--force"):
            arguments = (*arguments, "--force")
        if self.takes(command, "--output"):
            arguments = (*arguments, "--output", "json")
        result = CliRunner().invoke(self.app, [self.group, command, *arguments])
        if result.exit_code:
            told = result.stderr or result.output
            raise Refused(f"code {result.exit_code}: {told or result.exception!r}")
        return json.loads(result.stdout) if result.stdout.strip() else None

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        """Everything a listing leads to."""
        found: list[dict[str, Any]] = []
        more: tuple[str, ...] = ()
        while True:
            page = self.run("list", "--limit", "100", *arguments, *more)
            found += [item.get("actual_instance", item) for item in page[self.resource]]
            if not page["pagination"]["has_more"]:
                return found
            more = ("--cursor", page["pagination"]["next_cursor"])

    def gone(self, identity: str) -> None:
        """`get` ends with a code and says that there is nothing."""
        try:
            self.run("get", identity)
        except Refused as refusal:
            if "not found" not in str(refusal).lower():
                raise
            return
        raise AssertionError("it is still there")


def write_profile() -> None:
    """Leaves a profile for the server under test where the program looks for it."""
    home = Path.home() / ".arize"
    (home / "profiles").mkdir(parents=True, exist_ok=True)
    text = PROFILE.format(host=os.environ["ARIZE_API_HOST"], scheme=os.environ["ARIZE_API_SCHEME"])
    (home / "profiles" / "conformance.toml").write_text(text)
    (home / ".active_profile").write_text("conformance")


def one(items: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    """The one item with this id."""
    found = [item for item in items if item["id"] == identity]
    if len(found) != 1:
        raise AssertionError(f"a listing shows it {len(found)} times")
    return found[0]
