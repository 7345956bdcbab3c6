"""`ax role-bindings`."""

from __future__ import annotations

from command import Command, one
from life import same
from world import SPACE, member, role


class RoleBindings(Command):
    resource = "role_bindings"

    def create(self) -> None:
        who, what = member(), role()
        where = ("--resource-type", "SPACE", "--resource-id", SPACE)
        self.made = self.run("create", "--user-id", who, "--role-id", what, *where)
        same((self.made["user_id"], self.made["role_id"]), (who, what), "who and what")
        same(self.made["resource_id"], SPACE, "where")

    def get(self) -> None:
        same(self.run("get", self.made["id"]), self.made, "by id")

    def list(self) -> None:
        where = ("--resource-type", "SPACE")
        same(one(self.listed(*where), self.made["id"]), self.made, "listed")
        of_one = self.listed(*where, "--user-id", self.made["user_id"])
        same(one(of_one, self.made["id"]), self.made, "listed by user")

    def update(self) -> None:
        second = role()
        self.made = self.run("update", self.made["id"], "--role-id", second)
        same(self.made["role_id"], second, "role")

    def delete(self) -> None:
        self.run("delete", self.made["id"])
        self.gone(self.made["id"])


LIFE = RoleBindings
