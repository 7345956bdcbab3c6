"""The life of roles that an administrator makes."""

from __future__ import annotations

from life import Life, is_a, missing, one, pages, same, word
from signatures import role_id
from world import unique


class Roles(Life):
    resource = "roles"

    def create(self) -> None:
        read, create = (word("Permission", name) for name in ("PROJECT_READ", "PROJECT_CREATE"))
        name = unique("role")
        self.made = self.call("create", name=name, permissions=[read, create], description="first")
        is_a(self.made, "Role")
        same((self.made.name, self.made.description), (name, "first"), "name and description")
        same(set(self.made.permissions), {read, create}, "permissions")
        same(self.made.is_predefined, False, "predefined")

    def get(self) -> None:
        same(self.call("get", **role_id(self.client, self.made.id)), self.made, "by id")
        if "role" in role_id(self.client, ""):
            same(self.call("get", role=self.made.name), self.made, "by name")

    def list(self) -> None:
        same(one(pages(self.calls.list, "roles"), self.made.id), self.made, "listed")
        own = pages(self.calls.list, "roles", is_predefined=False)
        same(any(role.is_predefined for role in own), False, "a predefined role among the others")
        predefined = pages(self.calls.list, "roles", is_predefined=True)
        same(all(role.is_predefined for role in predefined), True, "only predefined roles")

    def update(self) -> None:
        name, read = unique("renamed"), word("Permission", "PROJECT_READ")
        reference = {"role": self.made.id}
        same(self.call("update", **reference, name=name).name, name, "name")
        self.made = self.call("update", **reference, permissions=[read])
        same((self.made.name, self.made.permissions), (name, [read]), "name and permissions")
        same(self.made.description, "first", "description")

    def delete(self) -> None:
        reference = role_id(self.client, self.made.id)
        same(self.call("delete", **reference), None, "answer")
        missing(lambda: self.call("get", **reference))


LIFE = Roles
