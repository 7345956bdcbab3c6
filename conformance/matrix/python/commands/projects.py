"""`ax projects`."""

from __future__ import annotations

from command import Command, one
from life import same
from world import SPACE, unique


class Projects(Command):
    resource = "projects"

    def create(self) -> None:
        name = unique("project")
        self.made = self.run("create", "--name", name, "--space", SPACE)
        same((self.made["name"], self.made["space_id"]), (name, SPACE), "what was made")

    def get(self) -> None:
        same(self.run("get", self.made["id"]), self.made, "by id")
        same(self.run("get", self.made["name"], "--space", SPACE), self.made, "by name")

    def list(self) -> None:
        same(one(self.listed("--space", SPACE), self.made["id"]), self.made, "listed")

    def update(self) -> None:
        name = unique("renamed")
        self.made = self.run("update", self.made["id"], "--name", name)
        same(self.made["name"], name, "name")

    def delete(self) -> None:
        self.run("delete", self.made["id"])
        self.gone(self.made["id"])


LIFE = Projects
