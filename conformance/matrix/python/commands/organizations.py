"""`ax organizations`."""

from __future__ import annotations

from command import Command, one
from life import same, word
from world import person, unique


class Organizations(Command):
    resource = "organizations"

    def create(self) -> None:
        name = unique("organization")
        self.made = self.run("create", "--name", name, "--description", "first")
        same((self.made["name"], self.made["description"]), (name, "first"), "what was made")

    def get(self) -> None:
        same(self.run("get", self.made["id"]), self.made, "by id")
        same(self.run("get", self.made["name"]), self.made, "by name")

    def list(self) -> None:
        same(one(self.listed(), self.made["id"]), self.made, "listed")
        same(self.listed("--name", self.made["name"]), [self.made], "listed by name")

    def update(self) -> None:
        name = unique("renamed")
        # 0.39 sends `null`, which empties, for a description that is not given.
        what = ("--name", name, "--description", "second")
        self.made = self.run("update", self.made["id"], *what)
        same((self.made["name"], self.made["description"]), (name, "second"), "what was changed")

    def add_user(self) -> None:
        self.user = person()
        role = word("OrganizationRole", "READ_ONLY").value
        who = ("--user-id", self.user, "--role", role)
        membership = self.run("add-user", self.made["id"], *who)
        same(membership["user_id"], self.user, "user")
        same(membership["role"]["name"], role, "role")

    def remove_user(self) -> None:
        self.run("remove-user", self.made["id"], "--user-id", self.user)

    def delete(self) -> None:
        self.run("delete", self.made["id"])
        self.gone(self.made["id"])


LIFE = Organizations
