"""Organizations, spaces, users and memberships: made, changed and taken away again.

The administrator's client cleans up after itself: other cases count what the world began with.
"""

from __future__ import annotations

import secrets
from typing import Any

from arize._generated.api_client import exceptions
from arize.organizations.types import OrganizationRole, PredefinedOrgRole
from arize.spaces.types import PredefinedSpaceRole, UserSpaceRole
from arize.users.types import InviteMode, PredefinedUserRole, UserRole, UserStatus

from case import ORGANIZATION, Case, unique


class Identity(Case):
    """What one call says was done, the next one finds done, in the client's own models."""

    def organization(self, subject: str, **optional: Any) -> Any:
        made = self.client.organizations.create(name=unique(subject), **optional)
        self.addCleanup(self.client.organizations.delete, organization=made.id)
        return made

    def space(self, organization: str, subject: str, **optional: Any) -> Any:
        return self.client.spaces.create(
            name=unique(subject), organization_id=organization, **optional
        )

    def user(self, role: UserRole = UserRole.MEMBER, mode: InviteMode = InviteMode.NONE) -> Any:
        made = self.client.users.create(
            name="Ada",
            email=f"ada.{secrets.token_hex(6)}@example.com",
            role=PredefinedUserRole(name=role),
            invite_mode=mode,
        )
        self.addCleanup(self.client.users.delete, user_id=made.id)
        return made

    def test_an_organization_is_made_changed_and_deleted(self) -> None:
        made = self.client.organizations.create(name=unique("made"), description="words")
        self.assertEqual(made.description, "words")
        self.assert_about_now(made.created_at)
        self.assertEqual(self.client.organizations.get(organization=made.id), made)
        changed = self.client.organizations.update(organization=made.id, name=unique("changed"))
        self.assertEqual((changed.id, changed.description), (made.id, "words"))
        self.assertEqual(self.client.organizations.get(organization=changed.name), changed)
        self.assertIsNone(self.client.organizations.delete(organization=made.id))
        self.assert_raises(
            exceptions.NotFoundException,
            404,
            lambda: self.client.organizations.get(organization=made.id),
        )

    def test_a_space_is_made_changed_and_deleted(self) -> None:
        made = self.space(ORGANIZATION, "made")
        self.assertEqual(made.description, "")
        self.assertEqual(self.client.spaces.get(space=made.id), made)
        changed = self.client.spaces.update(space=made.id, description="words")
        self.assertEqual((changed.name, changed.description), (made.name, "words"))
        self.assertIsNone(self.client.spaces.delete(space=made.id))
        self.assert_raises(
            exceptions.NotFoundException, 404, lambda: self.client.spaces.get(space=made.id)
        )

    def test_a_description_is_cleared(self) -> None:
        organization = self.organization("described", description="words")
        cleared = self.version.clear_description(self.client, organization.id)
        self.assertEqual(cleared.description, "")

    def test_a_name_is_taken_once(self) -> None:
        organization = self.organization("taken")
        self.assert_raises(
            exceptions.ConflictException,
            409,
            lambda: self.client.organizations.create(name=organization.name),
        )
        space = self.space(organization.id, "taken")
        self.assert_raises(
            exceptions.ConflictException,
            409,
            lambda: self.client.spaces.create(name=space.name, organization_id=organization.id),
        )

    def test_a_deleted_organization_takes_its_spaces_along(self) -> None:
        organization = self.client.organizations.create(name=unique("doomed"))
        space = self.space(organization.id, "doomed")
        self.client.organizations.delete(organization=organization.id)
        self.assert_raises(
            exceptions.NotFoundException, 404, lambda: self.client.spaces.get(space=space.id)
        )

    def test_a_user_is_invited_changed_and_removed(self) -> None:
        made = self.user(mode=InviteMode.EMAIL_LINK)
        self.assertEqual(made.status, UserStatus.INVITED)
        self.assertTrue(made.is_developer)
        self.assertEqual(self.client.users.get(user=made.id).email, made.email)
        self.assertEqual(self.client.users.get(user=made.email).id, made.id)
        self.assertIsNone(self.client.users.resend_invitation(user_id=made.id))
        changed = self.client.users.update(user_id=made.id, name="Grace", is_developer=False)
        self.assertEqual((changed.name, changed.is_developer), ("Grace", False))
        self.assertIsNone(self.client.users.delete(user_id=made.id))
        self.assertIsNone(self.client.users.delete(user_id=made.id), "once more changes nothing")
        self.assert_raises(
            exceptions.NotFoundException, 404, lambda: self.client.users.get(user=made.id)
        )

    def test_every_mode_and_role_is_read(self) -> None:
        for mode in (InviteMode.NONE, InviteMode.EMAIL_LINK, InviteMode.TEMPORARY_PASSWORD):
            for role in (UserRole.ADMIN, UserRole.MEMBER, UserRole.ANNOTATOR):
                with self.subTest(mode=mode, role=role):
                    made = self.user(role, mode)
                    listed = self.client.users.list(email=made.email).users
                    self.assertEqual([user.id for user in listed], [made.id])

    def test_an_invitation_that_stands_is_answered_as_it_is(self) -> None:
        made = self.user(mode=InviteMode.EMAIL_LINK)
        again = self.client.users.create(
            name="Somebody else",
            email=made.email,
            role=PredefinedUserRole(name=UserRole.MEMBER),
            invite_mode=InviteMode.EMAIL_LINK,
        )
        self.assertEqual((again.id, again.name), (made.id, "Ada"))

    def test_an_address_is_taken_once(self) -> None:
        made = self.user()
        self.assert_raises(
            exceptions.ConflictException,
            409,
            lambda: self.client.users.create(
                name="Ada",
                email=made.email,
                role=PredefinedUserRole(name=UserRole.MEMBER),
                invite_mode=InviteMode.NONE,
            ),
        )

    def test_a_way_back_in_is_for_those_who_were_in(self) -> None:
        self.assertIsNone(self.client.users.reset_password(user_id=self.user().id))
        guest = self.user(mode=InviteMode.EMAIL_LINK)
        self.assert_raises(
            exceptions.BadRequestException,
            400,
            lambda: self.client.users.reset_password(user_id=guest.id),
        )

    def test_users_are_removed_in_bulk(self) -> None:
        ids = [self.user().id for _ in range(3)]
        results = self.client.users.bulk_delete(user_ids=ids)
        self.assertEqual(len(results), 3)
        for user in ids:
            self.assert_raises(
                exceptions.NotFoundException, 404, lambda user=user: self.client.users.get(user=user)
            )

    def test_a_member_is_added_changed_and_removed(self) -> None:
        organization = self.organization("members")
        space = self.space(organization.id, "members")
        user = self.user().id
        for name in (OrganizationRole.MEMBER, OrganizationRole.ADMIN):
            member = self.client.organizations.add_user(
                organization=organization.id, user_id=user, role=PredefinedOrgRole(name=name)
            )
            self.assertEqual((member.user_id, member.organization_id), (user, organization.id))
            self.assertEqual(member.role.name, name)
        for name in (UserSpaceRole.MEMBER, UserSpaceRole.ADMIN):
            member = self.client.spaces.add_user(
                space=space.id, user_id=user, role=PredefinedSpaceRole(name=name)
            )
            self.assertEqual((member.user_id, member.space_id), (user, space.id))
            self.assertEqual(member.role.name, name)
        self.assertIsNone(self.client.spaces.remove_user(space=space.id, user_id=user))
        self.assertIsNone(
            self.client.organizations.remove_user(organization=organization.id, user_id=user)
        )
        self.assert_raises(
            exceptions.NotFoundException,
            404,
            lambda: self.client.organizations.remove_user(
                organization=organization.id, user_id=user
            ),
        )

    def test_a_space_takes_members_of_its_organization_alone(self) -> None:
        organization = self.organization("closed")
        space = self.space(organization.id, "closed")
        user = self.user().id
        self.assert_raises(
            exceptions.BadRequestException,
            400,
            lambda: self.client.spaces.add_user(
                space=space.id,
                user_id=user,
                role=PredefinedSpaceRole(name=UserSpaceRole.MEMBER),
            ),
        )
