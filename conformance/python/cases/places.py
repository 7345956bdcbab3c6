"""Organizations, spaces and users: listed, fetched, and found by name."""

from __future__ import annotations

from arize.users.types import UserStatus
from arize.utils.resolve import NotFoundError

from case import ORGANIZATION, SPACE, Case


class Places(Case):
    """The client turns names into ids with listings; both ways must lead to the same thing."""

    def test_spaces_are_listed_and_fetched_by_id_and_by_name(self) -> None:
        listed = {space.id: space for space in self.client.spaces.list().spaces}
        by_id = self.client.spaces.get(space=SPACE)
        self.assertEqual(by_id, listed[SPACE])
        self.assertEqual(self.client.spaces.get(space=by_id.name), by_id)

    def test_spaces_are_filtered_by_organization_and_by_part_of_their_name(self) -> None:
        name = self.client.spaces.get(space=SPACE).name
        for filters in ({"organization_id": ORGANIZATION}, {"name": name[1:].upper()}):
            with self.subTest(filters=list(filters)):
                spaces = self.client.spaces.list(**filters).spaces
                self.assertIn(SPACE, [space.id for space in spaces])
        self.assertEqual(self.client.spaces.list(name="no such space").spaces, [])

    def test_organizations_are_listed_and_fetched_by_id_and_by_name(self) -> None:
        organizations = self.client.organizations.list().organizations
        listed = {organization.id: organization for organization in organizations}
        by_id = self.client.organizations.get(organization=ORGANIZATION)
        self.assertEqual(by_id, listed[ORGANIZATION])
        self.assertEqual(self.client.organizations.get(organization=by_id.name), by_id)

    def test_users_are_listed_and_fetched_by_id_and_by_address(self) -> None:
        me = self.user_key("me").created_by_user_id
        listed = {user.id: user for user in self.client.users.list().users}
        by_id = self.client.users.get(user=me)
        self.assertEqual(by_id, listed[me])
        self.assertEqual(by_id.status, UserStatus.ACTIVE)
        self.assertEqual(self.client.users.get(user=by_id.email.upper()), by_id)

    def test_users_are_filtered_by_status(self) -> None:
        me = self.user_key("me").created_by_user_id
        users = self.client.users.list(status=[UserStatus.ACTIVE, UserStatus.INVITED]).users
        self.assertIn(me, [user.id for user in users])
        invited = self.client.users.list(status=[UserStatus.INVITED]).users
        self.assertNotIn(me, [user.id for user in invited])

    def test_a_name_that_nothing_has_is_the_clients_own_error(self) -> None:
        with self.assertRaises(NotFoundError):
            self.client.spaces.get(space="no such space")
        with self.assertRaises(NotFoundError):
            self.client.organizations.get(organization="no such organization")
        self.assertIsNone(self.client.users.get(user="nobody@example.invalid"))
