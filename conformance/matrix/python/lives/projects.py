"""The life of projects, as far as restrictions and bindings need them."""

from __future__ import annotations

from life import Life, accepts, argument, is_a, missing, one, pages, same
from world import SPACE, unique


class Projects(Life):
    resource = "projects"

    def create(self) -> None:
        name = unique("project")
        self.made = self.call("create", name=name, space=SPACE)
        is_a(self.made, "Project")
        same((self.made.name, self.made.space_id), (name, SPACE), "name and space")

    def get(self) -> None:
        same(self.call("get", project=self.made.id), self.made, "by id")
        if self.finds_by_name("project"):
            same(self.call("get", project=self.made.name, space=SPACE), self.made, "by name")

    def list(self) -> None:
        place = {argument(self.calls.list, "space"): SPACE}
        named = [{**place, "name": self.made.name}] if accepts(self.calls.list, "name") else []
        for filters in (place, *named):
            found = one(pages(self.calls.list, "projects", **filters), self.made.id)
            same(found, self.made, "listed")

    def update(self) -> None:
        name = unique("renamed")
        self.made = self.call("update", project=self.made.id, name=name)
        same(self.made.name, name, "name")

    def delete(self) -> None:
        same(self.call("delete", project=self.made.id), None, "answer")
        missing(lambda: self.call("get", project=self.made.id))


LIFE = Projects
