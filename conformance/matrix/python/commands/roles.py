"""`ax roles`."""

from __future__ import annotations

from command import Command, one
from life import same
from world import unique


class Roles(Command):
    resource = "roles"

    def create(self) -> None:
        name = unique("role")
        what = ("--permissions", "PROJECT_READ,PROJECT_CREATE", "--description", "first")
        self.made = self.run("create", "--name", name, *what)
        same((self.made["name"], self.made["description"]), (name, "first"), "what was made")
        same(set(self.made["permissions"]), {"PROJECT_READ", "PROJECT_CREATE"}, "permissions")

    def get(self) -> None:
        same(self.run("get", self.made["id"]), self.made, "by id")
        same(self.run("get", self.made["name"]), self.made, "by name")

    def list(self) -> None:
        same(one(self.listed(), self.made["id"]), self.made, "listed")
        predefined = self.listed("--is-predefined")
        same(all(role["is_predefined"] for role in predefined), True, "only predefined roles")

    def update(self) -> None:
        name = unique("renamed")
        what = ("--name", name, "--permissions", "PROJECT_READ")
        self.made = self.run("update", self.made["id"], *what)
        same((self.made["name"], self.made["permissions"]), (name, ["PROJECT_READ"]), "what was changed")

    def delete(self) -> None:
        self.run("delete", self.made["id"])
        self.gone(self.made["id"])


LIFE = Roles
