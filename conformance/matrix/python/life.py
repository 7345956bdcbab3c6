"""A life: one resource from making to removal, a method per operation, named as in operations.json.

A method returns if the operation did what it is for, judged in the client's own types; whatever it
raises is why the cell failed. Methods run in the order of the table.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from arize import ArizeClient
from arize._generated.api_client import exceptions, models

if TYPE_CHECKING:
    from collections.abc import Callable


class Life:
    """The ground of every life. `resource` is the name that the client and the table give it."""

    resource: str

    def __init__(self) -> None:
        self.client = ArizeClient()
        self._made: Any = None

    @property
    def calls(self) -> Any:
        """The client's methods for the resource, or `None` if it has none."""
        return getattr(self.client, self.resource, None)

    def has(self, operation: str) -> bool:
        """Whether this version of the client offers the operation."""
        return callable(getattr(self.calls, operation, None))

    def offered(self) -> set[str]:
        """Every operation that this version offers on the resource."""
        names = [name for name in dir(self.calls) if not name.startswith("_")] if self.calls else []
        return {name for name in names if callable(getattr(self.calls, name))}

    def call(self, operation: str, **arguments: Any) -> Any:
        """Calls a method. Some versions name an argument `space` that others name `space_id`."""
        method = getattr(self.calls, operation)
        return method(**{argument(method, name): value for name, value in arguments.items()})

    def finds_by_name(self, subject: str) -> bool:
        """Whether `get` takes a name as well as an id; then its argument is not called an id."""
        return accepts(self.calls.get, subject)

    @property
    def made(self) -> Any:
        """What `create` left."""
        if self._made is None:
            raise AssertionError(f"nothing to work on: {self.resource} has not been made")
        return self._made

    @made.setter
    def made(self, value: Any) -> None:
        self._made = value


def accepts(call: Callable[..., Any], parameter: str) -> bool:
    """Whether the method has a parameter of this name in this version."""
    return parameter in inspect.signature(call).parameters


def argument(call: Callable[..., Any], name: str) -> str:
    """What this version calls the argument."""
    return name if accepts(call, name) or not accepts(call, f"{name}_id") else f"{name}_id"


def bare(value: Any) -> Any:
    """The value, free of the wrapper that some versions put around a union."""
    return getattr(value, "actual_instance", value)


def clearing(call: Callable[..., Any]) -> str | None:
    """What empties a description: versions that tell `None` from nothing given send `null`."""
    default = inspect.signature(call).parameters["description"].default
    return "" if default is None else None


def word(enumeration: str, name: str) -> Any:
    """A member of one of the client's enumerations; old versions spell `READ_ONLY` otherwise, and the oldest have plain words."""
    if not hasattr(models, enumeration):
        return name.lower()
    members = getattr(models, enumeration).__members__
    return members.get(name) or members[name.replace("_", "_MINUS_")]


def pages(call: Callable[..., Any], members: str, **filters: Any) -> list[Any]:
    """Everything a listing leads to, free of the wrappers around unions."""
    found: list[Any] = []
    cursor: str | None = None
    while True:
        page = call(limit=100, cursor=cursor, **filters)
        found += [getattr(item, "actual_instance", item) for item in getattr(page, members)]
        cursor = page.pagination.next_cursor
        if not page.pagination.has_more:
            return found


def one(items: list[Any], identity: str) -> Any:
    """The one item with this id."""
    found = [item for item in items if item.id == identity]
    same(len(found), 1, "how often a listing shows it")
    return found[0]


def same(actual: Any, expected: Any, what: str) -> None:
    """The assertion of every life."""
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} and not {expected!r}")


def is_a(value: Any, model: str) -> None:
    """The value is of the client's own type of this name."""
    if not isinstance(value, getattr(models, model)):
        raise AssertionError(f"a {type(value).__name__} and not a {model}")


def missing(call: Callable[[], Any]) -> None:
    """The call fails with the client's typed error for 404, which carries a problem."""
    try:
        call()
    except exceptions.NotFoundException as error:
        same(error.status, 404, "the status of the error")
        if not error.data.title:
            raise AssertionError("the problem has no title") from error
        return
    raise AssertionError("it is still there")


def unauthorized(secret: str) -> None:
    """The key is dead: the client raises its typed error for 401."""
    try:
        ArizeClient(api_key=secret).spaces.list()
    except exceptions.UnauthorizedException:
        return
    raise AssertionError("the key still opens the door")
