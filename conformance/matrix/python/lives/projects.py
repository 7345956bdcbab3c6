"""The life of projects, as far as restrictions and bindings need them."""

from __future__ import annotations

from life import Life, is_a, missing, one, pages, same
from world import SPACE, unique


class Projects(Life):
    resource = "projects"

    def create(self) -> None:
        name = unique("project")
        self.made = self.calls.create(name=name, space=SPACE)
        is_a(self.made, "Project")
        same((self.made.name, self.made.space_id), (name, SPACE), "name and space")

    def get(self) -> None:
        same(self.calls.get(project=self.made.id), self.made, "by id")
        same(self.calls.get(project=self.made.name, space=SPACE), self.made, "by name")

    def list(self) -> None:
        for filters in ({"space": SPACE}, {"space": SPACE, "name": self.made.name}):
            found = one(pages(self.calls.list, "projects", **filters), self.made.id)
            same(found, self.made, "listed")

    def update(self) -> None:
        name = unique("renamed")
        self.made = self.calls.update(project=self.made.id, name=name)
        same(self.made.name, name, "name")

    def delete(self) -> None:
        same(self.calls.delete(project=self.made.id), None, "answer")
        missing(lambda: self.calls.get(project=self.made.id))


LIFE = Projects
