"""The life of organizations and of memberships in them."""

from __future__ import annotations

from life import Life, bare, clearing, is_a, missing, one, pages, same, word
from world import person, unique


class Organizations(Life):
    resource = "organizations"

    def create(self) -> None:
        name = unique("organization")
        self.made = self.call("create", name=name, description="first")
        is_a(self.made, "Organization")
        same((self.made.name, self.made.description), (name, "first"), "name and description")

    def get(self) -> None:
        same(self.call("get", organization=self.made.id), self.made, "by id")
        same(self.call("get", organization=self.made.name), self.made, "by name")

    def list(self) -> None:
        for filters in ({}, {"name": self.made.name[3:].upper()}):
            found = one(pages(self.calls.list, "organizations", **filters), self.made.id)
            same(found, self.made, "listed")

    def update(self) -> None:
        name, nothing = unique("renamed"), clearing(self.calls.update)
        changed = self.call("update", organization=self.made.id, name=name)
        same((changed.name, changed.description), (name, "first"), "name and description")
        self.made = self.call("update", organization=self.made.id, description=nothing)
        same((self.made.name, self.made.description), (name, ""), "name and description")

    def add_user(self) -> None:
        from arize.organizations.types import PredefinedOrgRole

        self.user = person()
        for name in ("MEMBER", "READ_ONLY"):
            role = PredefinedOrgRole(name=word("OrganizationRole", name))
            membership = self.call(
                "add_user",
                organization=self.made.id, user_id=self.user, role=role
            )
            same(membership.user_id, self.user, "user")
            same(membership.organization_id, self.made.id, "organization")
            same(bare(membership.role).name, role.name, "role")

    def remove_user(self) -> None:
        def removal() -> None:
            self.call("remove_user", organization=self.made.id, user_id=self.user)

        same(removal(), None, "answer")
        missing(removal)

    def delete(self) -> None:
        same(self.call("delete", organization=self.made.id), None, "answer")
        missing(lambda: self.call("get", organization=self.made.id))


LIFE = Organizations
