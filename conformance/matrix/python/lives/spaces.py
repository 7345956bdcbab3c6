"""The life of spaces and of memberships in them."""

from __future__ import annotations

from arize._generated.api_client import models

from life import Life, accepts, bare, clearing, is_a, missing, one, pages, same, word
from world import ORGANIZATION, member, role, unique


class Spaces(Life):
    resource = "spaces"

    def create(self) -> None:
        name = unique("space")
        self.made = self.call(
            "create",
            name=name, organization_id=ORGANIZATION, description="first"
        )
        is_a(self.made, "Space")
        same((self.made.name, self.made.description), (name, "first"), "name and description")
        if accepts(self.calls.create, "is_private"):
            same(self.made.is_private, False, "private")

    def get(self) -> None:
        same(self.call("get", space=self.made.id), self.made, "by id")
        if self.finds_by_name("space"):
            same(self.call("get", space=self.made.name), self.made, "by name")

    def list(self) -> None:
        filters = [{}, {"organization_id": ORGANIZATION}]
        if accepts(self.calls.list, "name"):
            filters.append({"name": self.made.name[3:].upper()})
        for chosen in filters:
            same(one(pages(self.calls.list, "spaces", **chosen), self.made.id), self.made, "listed")

    def update(self) -> None:
        name, nothing = unique("renamed"), clearing(self.calls.update)
        changed = self.call("update", space=self.made.id, name=name)
        same((changed.name, changed.description), (name, "first"), "name and description")
        self.made = self.call("update", space=self.made.id, description=nothing)
        same((self.made.name, self.made.description), (name, ""), "name and description")
        if accepts(self.calls.update, "is_private"):
            self.made = self.call("update", space=self.made.id, is_private=True)
            same(self.made.is_private, True, "private")

    def add_user(self) -> None:
        from arize.spaces.types import CustomSpaceRole, PredefinedSpaceRole

        self.user = member()
        self.gives(PredefinedSpaceRole(name=word("UserSpaceRole", "READ_ONLY")))
        custom = CustomSpaceRole(id=role())
        if not hasattr(custom, "type"):
            # Versions whose own type the method cannot send; their documentation names the generated one.
            custom = models.CustomRoleAssignment(type="custom", id=custom.id)
        same(bare(self.gives(custom).role).id, custom.id, "custom role")

    def gives(self, role: object) -> object:
        """Gives the user a role and checks all but the name that a custom role is shown with."""
        membership = self.call("add_user", space=self.made.id, user_id=self.user, role=role)
        same(membership.user_id, self.user, "user")
        same(membership.space_id, self.made.id, "space")
        given = bare(membership.role)
        # Some versions know the type by the class alone.
        if hasattr(role, "type"):
            same(given.type, role.type, "type of the role")
        if type(role).__name__.startswith("Predefined"):
            same(given.name, role.name, "role")
        return membership

    def remove_user(self) -> None:
        def removal() -> None:
            self.call("remove_user", space=self.made.id, user_id=self.user)

        same(removal(), None, "answer")
        missing(removal)

    def delete(self) -> None:
        same(self.call("delete", space=self.made.id), None, "answer")
        missing(lambda: self.call("get", space=self.made.id))


LIFE = Spaces
