"""`ax resource-restrictions`."""

from __future__ import annotations

from command import Command
from life import same
from world import project


class ResourceRestrictions(Command):
    resource = "resource_restrictions"

    def restrict(self) -> None:
        target = project()
        self.made = self.run("restrict", "--resource-id", target)
        same((self.made["resource_type"], self.made["resource_id"]), ("PROJECT", target), "what")

    def list(self) -> None:
        same(self.made in self.listed(), True, "listed")
        same(self.made in self.listed("--resource-type", "PROJECT"), True, "listed by type")

    def unrestrict(self) -> None:
        self.run("unrestrict", "--resource-id", self.made["resource_id"])
        if self.has("list"):
            same(self.made in self.listed(), False, "listed")


LIFE = ResourceRestrictions
