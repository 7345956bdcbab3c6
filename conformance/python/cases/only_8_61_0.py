"""What only the Python client 8.61.0 does, asserted from its own models and their descriptions."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from arize._generated.api_client import exceptions
from arize._generated.api_client.models.custom_user_role_assignment_request import (
    CustomUserRoleAssignmentRequest,
)
from arize._generated.api_client.models.organization_role import OrganizationRole
from arize._generated.api_client.models.user_role import UserRole
from arize._generated.api_client.models.user_role_assignment_type import (
    UserRoleAssignmentType,
)
from arize._generated.api_client.models.user_space_role import UserSpaceRole
from arize.api_keys.types import (
    CreatedServiceApiKey,
    CreatedUserApiKey,
    OrgBinding,
    RefreshApiKeyResponse,
    SpaceBinding,
    UserRoleAssignmentRequest,
)

from case import ORGANIZATION, SPACE, Case, days_from_now, unique
from dialect_8_61_0 import account_role, organization_role, space_role

if TYPE_CHECKING:
    from collections.abc import Callable

# Members that are absent from a healthy key: nobody asked for them, or it was not used.
MAY_BE_ABSENT = {"description", "expires_at", "last_used_at"}


def role_name(role: Any) -> Any:
    """The name in a predefined role assignment of a response."""
    return role.actual_instance.name


class Only8610(Case):
    """Role objects, bot users, and refreshes that can only shorten."""

    def create(self, organization: OrgBinding, **optional: Any) -> CreatedServiceApiKey:
        return self.client.api_keys.create_service_key(
            name=unique("bound"), orgs=[organization], **optional
        )

    def test_every_member_of_the_models_is_there(self) -> None:
        user = self.user_key("complete")
        service = self.service_key("complete")
        refreshed = self.client.api_keys.refresh(api_key_id=user.id)
        for key, model in (
            (user, CreatedUserApiKey),
            (service, CreatedServiceApiKey),
            (refreshed, RefreshApiKeyResponse),
        ):
            with self.subTest(model=model.__name__):
                self.assertIsInstance(key, model)
                absent = {name for name in model.model_fields if getattr(key, name) is None}
                self.assertEqual(absent - MAY_BE_ABSENT, set())

    def test_omitted_roles_are_resolved_in_the_answer(self) -> None:
        bot = self.service_key("defaults").bot_user
        self.assertEqual(role_name(bot.account_role), UserRole.MEMBER)
        [organization] = bot.organizations
        self.assertEqual(organization.org_id, ORGANIZATION)
        self.assertEqual(role_name(organization.role), OrganizationRole.READ_ONLY)
        [space] = organization.spaces
        self.assertEqual(space.space_id, SPACE)
        self.assertEqual(role_name(space.role), UserSpaceRole.MEMBER)

    def test_chosen_roles_are_repeated_in_the_answer(self) -> None:
        bot = self.version.create_service_key_with_roles(
            self.client, name=unique("chosen"), organization=ORGANIZATION, space=SPACE
        ).bot_user
        [organization] = bot.organizations
        self.assertEqual(role_name(organization.role), OrganizationRole.MEMBER)
        self.assertEqual(role_name(organization.spaces[0].role), UserSpaceRole.READ_ONLY)

    def test_a_listing_shows_the_bot_but_by_space_not_its_bindings(self) -> None:
        key = self.service_key("listed bot")
        listed = self.find(key.id, space=SPACE)
        self.assertEqual(listed.bot_user.id, key.bot_user.id)
        self.assertEqual(listed.bot_user.name, key.bot_user.name)
        self.assertEqual(listed.bot_user.organizations, [])

    def test_a_user_key_has_no_bot(self) -> None:
        self.user_key("no bot")
        body = json.loads(self.version.raw_listing(self.client, limit=100))
        self.assertFalse(any("bot_user" in item for item in body["api_keys"]))

    def test_422_an_expiring_key_is_not_refreshed_into_an_unbounded_one(self) -> None:
        key = self.user_key("stays bounded", expires_at=days_from_now(30))
        self.assert_raises(
            exceptions.UnprocessableEntityException,
            422,
            lambda: self.client.api_keys.refresh(api_key_id=key.id),
        )
        self.assert_accepted(key.key)

    def test_422_a_refresh_does_not_put_the_expiry_off(self) -> None:
        key = self.user_key("stays short", expires_at=days_from_now(10))
        self.assert_raises(
            exceptions.UnprocessableEntityException,
            422,
            lambda: self.client.api_keys.refresh(api_key_id=key.id, expires_at=days_from_now(30)),
        )
        self.assert_accepted(key.key)

    def test_400_account_roles_that_are_not_for_service_keys(self) -> None:
        binding = OrgBinding(org_id=ORGANIZATION, spaces=[SpaceBinding(space=SPACE)])
        for name in (UserRole.ANNOTATOR, UserRole.MEMBER_UI_ONLY):
            with self.subTest(account_role=name):
                role = account_role(name)
                self.assert_raises(
                    exceptions.BadRequestException,
                    400,
                    functools.partial(self.create, binding, account_role=role),
                )

    def test_422_custom_and_annotator_roles_that_are_not_for_service_keys(self) -> None:
        custom = CustomUserRoleAssignmentRequest(
            type=UserRoleAssignmentType.CUSTOM, id="Um9sZTo5OTk5OTk5OTk6enp6eg=="
        )
        annotator = SpaceBinding(space=SPACE, role=space_role(UserSpaceRole.ANNOTATOR))
        bindings: dict[str, Callable[[], Any]] = {
            "custom account role": lambda: self.create(
                OrgBinding(org_id=ORGANIZATION, spaces=[SpaceBinding(space=SPACE)]),
                account_role=UserRoleAssignmentRequest(custom),
            ),
            "annotator of an organization": lambda: self.create(
                OrgBinding(
                    org_id=ORGANIZATION,
                    role=organization_role(OrganizationRole.ANNOTATOR),
                    spaces=[SpaceBinding(space=SPACE)],
                )
            ),
            "annotator of a space": lambda: self.create(
                OrgBinding(org_id=ORGANIZATION, spaces=[annotator])
            ),
        }
        for name, call in bindings.items():
            with self.subTest(role=name):
                self.assert_raises(exceptions.UnprocessableEntityException, 422, call)
