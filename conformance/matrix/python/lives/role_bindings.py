"""The life of bindings: somebody has a role in a space or in a project."""

from __future__ import annotations

from life import Life, is_a, missing, one, pages, same, word
from world import SPACE, member, project, role


class RoleBindings(Life):
    resource = "role_bindings"

    def create(self) -> None:
        space, in_project = (word("RoleBindingResourceType", name) for name in ("SPACE", "PROJECT"))
        self.user, first = member(), role()
        self.made = self.calls.create(
            user_id=self.user, role_id=first, resource_type=space, resource_id=SPACE
        )
        is_a(self.made, "RoleBinding")
        same((self.made.user_id, self.made.role_id), (self.user, first), "who and what")
        same((self.made.resource_type, self.made.resource_id), (space, SPACE), "where")
        target = project()
        narrow = self.calls.create(
            user_id=self.user, role_id=first, resource_type=in_project, resource_id=target
        )
        same((narrow.resource_type, narrow.resource_id), (in_project, target), "where")

    def get(self) -> None:
        same(self.calls.get(binding_id=self.made.id), self.made, "by id")

    def list(self) -> None:
        for filters in ({}, {"user_id": self.user}):
            found = pages(
                self.calls.list, "role_bindings", resource_type=self.made.resource_type, **filters
            )
            same(one(found, self.made.id), self.made, "listed")

    def update(self) -> None:
        second = role()
        changed = self.calls.update(binding_id=self.made.id, role_id=second)
        same(changed.role_id, second, "role")
        same(changed.user_id, self.user, "user")
        self.made = changed

    def delete(self) -> None:
        same(self.calls.delete(binding_id=self.made.id), None, "answer")
        missing(lambda: self.calls.get(binding_id=self.made.id))


LIFE = RoleBindings
