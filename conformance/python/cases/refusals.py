"""Every refusal is the client's typed error for it and carries the problem document."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from arize._generated.api_client import exceptions

from case import ORGANIZATION, SPACE, Case, client_with, days_from_now, unique

if TYPE_CHECKING:
    from collections.abc import Callable


def unknown(kind: str) -> str:
    """An id of the right shape that names nothing."""
    return base64.b64encode(f"{kind}:999999999:zzzz".encode()).decode()


class Refusals(Case):
    """The client's error classes, one by one."""

    def test_400_a_cursor_that_is_none(self) -> None:
        self.assert_raises(
            exceptions.BadRequestException,
            400,
            lambda: self.client.api_keys.list(cursor="not a cursor"),
        )

    def test_400_an_empty_name(self) -> None:
        self.assert_raises(
            exceptions.BadRequestException, 400, lambda: self.client.api_keys.create(name="")
        )

    def test_401_a_secret_that_is_none(self) -> None:
        self.assert_refused("not-a-key")

    def test_401_a_secret_with_one_character_changed(self) -> None:
        secret = self.user_key("altered").key
        self.assert_refused(secret[:-1] + ("A" if secret[-1] != "A" else "B"))

    def test_401_on_every_call(self) -> None:
        stranger = client_with("not-a-key")
        known = self.user_key("known to strangers").id
        calls: dict[str, Callable[[], Any]] = {
            "list": lambda: stranger.api_keys.list(),
            "create": lambda: stranger.api_keys.create(name="never"),
            "refresh": lambda: stranger.api_keys.refresh(api_key_id=known),
            "remove": lambda: self.version.remove(stranger, known),
            "users": lambda: stranger.users.list(),
        }
        for name, call in calls.items():
            with self.subTest(call=name):
                self.assert_raises(exceptions.UnauthorizedException, 401, call)

    def test_403_a_bot_makes_no_service_keys(self) -> None:
        bot = client_with(self.service_key("bot").key)
        self.assert_raises(
            exceptions.ForbiddenException,
            403,
            lambda: self.version.create_service_key(
                bot, name=unique("bot's own"), organization=ORGANIZATION, space=SPACE
            ),
        )

    def test_404_what_is_not_there(self) -> None:
        keys = self.client.api_keys
        calls: dict[str, Callable[[], Any]] = {
            "refresh": lambda: keys.refresh(api_key_id=unknown("ApiKey")),
            "remove": lambda: self.version.remove(self.client, unknown("ApiKey")),
            "list a space": lambda: keys.list(space=unknown("Space")),
            "create": lambda: self.version.create_service_key(
                self.client,
                name=unique("nowhere"),
                organization=ORGANIZATION,
                space=unknown("Space"),
            ),
            "space": lambda: self.client.spaces.get(space=unknown("Space")),
            "organization": lambda: self.client.organizations.get(
                organization=unknown("Organization")
            ),
            "user": lambda: self.client.users.get(user=unknown("User")),
        }
        for name, call in calls.items():
            with self.subTest(call=name):
                self.assert_raises(exceptions.NotFoundException, 404, call)

    def test_422_an_expiry_in_the_past(self) -> None:
        yesterday = days_from_now(-1)
        calls: dict[str, Callable[[], Any]] = {
            "user key": lambda: self.user_key("past", expires_at=yesterday),
            "service key": lambda: self.service_key("past", expires_at=yesterday),
        }
        for name, call in calls.items():
            with self.subTest(call=name):
                self.assert_raises(exceptions.UnprocessableEntityException, 422, call)
