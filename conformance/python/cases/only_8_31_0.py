"""What only the Python client 8.31.0 does, asserted from its own models and their descriptions."""

from __future__ import annotations

import functools
from typing import Any

from arize._generated import api_client as generated
from arize._generated.api_client import exceptions
from arize.api_keys.types import ApiKeyRoles, ApiKeySpaceRole, ApiKeyType

from case import SPACE, Case, days_from_now, unique


class Only8310(Case):
    """The generated request models of this version say what is refused and how."""

    def create(self, body: generated.ApiKeyCreate) -> Any:
        """Sends a body that the public methods cannot build."""
        return self.client.api_keys._api.api_keys_create(api_key_create=body)

    def test_a_refresh_without_an_expiry_lifts_the_old_one(self) -> None:
        old = self.user_key("lifted", expires_at=days_from_now(30))
        new = self.client.api_keys.refresh(api_key_id=old.id)
        self.assertIsNone(new.expires_at)
        self.assertIsNone(self.find(new.id).expires_at)

    def test_a_refresh_may_put_the_expiry_off(self) -> None:
        old = self.user_key("put off", expires_at=days_from_now(10))
        later = days_from_now(30)
        new = self.client.api_keys.refresh(api_key_id=old.id, expires_at=later)
        self.assertEqual(new.expires_at, later)

    def test_a_key_without_a_type_is_a_user_key(self) -> None:
        body = generated.ApiKeyCreate(name=unique("no type"))
        key = self.create(body)
        self.assertEqual(key.key_type, ApiKeyType.USER)

    def test_400_a_user_key_has_neither_space_nor_roles(self) -> None:
        roles = ApiKeyRoles(space_role=ApiKeySpaceRole.MEMBER)
        for members in ({"space_id": SPACE}, {"roles": roles}):
            with self.subTest(members=list(members)):
                body = generated.ApiKeyCreate(
                    name=unique("mixture"), key_type=ApiKeyType.USER, **members
                )
                self.assert_raises(
                    exceptions.BadRequestException, 400, functools.partial(self.create, body)
                )

    def test_400_a_service_key_needs_a_space(self) -> None:
        body = generated.ApiKeyCreate(name=unique("homeless"), key_type=ApiKeyType.SERVICE)
        self.assert_raises(exceptions.BadRequestException, 400, lambda: self.create(body))

    def test_every_role_the_client_offers_is_accepted(self) -> None:
        for role in ApiKeySpaceRole:
            with self.subTest(space_role=role):
                key = self.client.api_keys.create_service_key(
                    name=unique(role.value), space=SPACE, space_role=role
                )
                self.assert_accepted(key.key)
