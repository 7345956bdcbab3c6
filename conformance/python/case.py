"""The ground every case stands on: the server's world, clients, and assertions about keys.

Assertions that compare secrets only say that they differ or not; a secret never becomes part of a
failure's text.
"""

from __future__ import annotations

import json
import os
import secrets
import unittest
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from arize import ArizeClient
from arize._generated import api_client as generated
from arize._generated.api_client import exceptions
from arize.api_keys.types import ApiKeyStatus

import dialect

if TYPE_CHECKING:
    from collections.abc import Callable

ORGANIZATION = os.environ["CLAVIGER_ORG_ID"]
SPACE = os.environ["CLAVIGER_SPACE_ID"]


def unique(subject: str) -> str:
    """A name no other case, run or client version uses."""
    return f"python {dialect.INSTALLED} {subject} {secrets.token_hex(4)}"


def days_from_now(days: float) -> datetime:
    """A moment on a whole second, so that it reads back as it was sent."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def client_with(secret: str) -> ArizeClient:
    """A client that presents `secret` to the server under test."""
    return ArizeClient(api_key=secret)


class Case(unittest.TestCase):
    """A test case with the world's first administrator as its client."""

    version: dialect.Dialect
    client: ArizeClient

    @classmethod
    def setUpClass(cls) -> None:
        cls.version = dialect.installed()
        cls.client = ArizeClient()

    # -- making keys ---------------------------------------------------------------------------

    def user_key(self, subject: str, **optional: Any) -> Any:
        """A new user key of the administrator."""
        return self.client.api_keys.create(name=unique(subject), **optional)

    def service_key(self, subject: str, **optional: Any) -> Any:
        """A new service key on the world's space, all roles left to the server."""
        return self.version.create_service_key(
            self.client, name=unique(subject), organization=ORGANIZATION, space=SPACE, **optional
        )

    # -- finding keys --------------------------------------------------------------------------

    def every_key(self, limit: int = 100, **filters: Any) -> list[Any]:
        """All keys a listing leads to, page after page, in the server's order."""
        keys: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.client.api_keys.list(limit=limit, cursor=cursor, **filters)
            keys += self.version.listed(page)
            cursor = page.pagination.next_cursor
            if not page.pagination.has_more:
                return keys

    def find(self, key_id: str, **filters: Any) -> Any:
        """The listed key with this id, or `None`."""
        found = [key for key in self.every_key(**filters) if key.id == key_id]
        self.assertLessEqual(len(found), 1, "a listing shows a key once")
        return found[0] if found else None

    # -- judging -------------------------------------------------------------------------------

    def assert_accepted(self, secret: str) -> None:
        """The secret opens the door: the space both kinds of key can see is readable."""
        self.assertEqual(client_with(secret).spaces.get(space=SPACE).id, SPACE)

    def assert_refused(self, secret: str) -> None:
        """The secret is dead: the client raises its typed error for 401."""
        client = client_with(secret)
        self.assert_raises(
            exceptions.UnauthorizedException, 401, lambda: client.spaces.get(space=SPACE)
        )

    def assert_raises(self, error: type[Exception], status: int, call: Callable[[], Any]) -> None:
        """The call fails with this class and a problem document of this status."""
        with self.assertRaises(error) as caught:
            call()
        self.assert_problem(caught.exception, status)

    def assert_problem(self, error: Any, status: int) -> None:
        """The typed error carries the whole problem document, in the client's own model of it."""
        self.assertEqual(error.status, status)
        self.assertIsInstance(error.data, generated.Problem)
        self.assertEqual(error.data.status, status)
        for member in ("title", "detail", "type"):
            self.assertTrue(getattr(error.data, member), f"the problem has no {member}")
        unknown = set(json.loads(error.body)) - set(generated.Problem.model_fields)
        self.assertEqual(unknown, set(), "members the client's Problem does not have")

    def assert_active(self, key: Any) -> None:
        """The client's own enumeration calls the key active."""
        self.assertEqual(key.status, ApiKeyStatus.ACTIVE)

    def assert_about_now(self, moment: datetime) -> None:
        """The server's clock and this one are a minute apart at most."""
        self.assertLess(abs(moment - datetime.now(UTC)), timedelta(minutes=1))
