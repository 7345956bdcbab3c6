"""The life of restrictions on projects."""

from __future__ import annotations

from typing import Any

from life import Life, is_a, pages, same
from world import project


class ResourceRestrictions(Life):
    resource = "resource_restrictions"

    def restrict(self) -> None:
        target = project()
        self.made = self.calls.restrict(resource_id=target)
        is_a(self.made, "ResourceRestriction")
        same((self.made.resource_type, self.made.resource_id), ("PROJECT", target), "what")
        same(self.calls.restrict(resource_id=target), self.made, "answer to the second time")

    def listed(self, **filters: Any) -> bool:
        found = pages(self.calls.list, "resource_restrictions", **filters)
        return self.made in found

    def list(self) -> None:
        from arize.resource_restrictions.types import ResourceRestrictionType

        same(self.listed(), True, "listed")
        of_projects = self.listed(resource_type=ResourceRestrictionType.PROJECT)
        same(of_projects, True, "listed among projects")

    def unrestrict(self) -> None:
        same(self.calls.unrestrict(resource_id=self.made.resource_id), None, "answer")
        if self.has("list"):
            same(self.listed(), False, "listed")


LIFE = ResourceRestrictions
