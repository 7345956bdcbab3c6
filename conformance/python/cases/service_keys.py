"""Creating service keys."""

from __future__ import annotations

from arize.api_keys.types import ApiKeyType

from case import ORGANIZATION, SPACE, Case, client_with, days_from_now, unique


class ServiceKeys(Case):
    """A service key acts for a bot that is bound to spaces."""

    def test_a_new_key_is_what_was_asked_for(self) -> None:
        expires_at = days_from_now(30)
        key = self.service_key("full", description="for the importer", expires_at=expires_at)
        self.assertEqual(key.description, "for the importer")
        self.assertEqual(key.expires_at, expires_at)
        self.assertEqual(key.key_type, ApiKeyType.SERVICE)
        self.assert_active(key)
        self.assert_about_now(key.created_at)

    def test_its_creator_is_the_person_and_not_the_bot(self) -> None:
        person = self.user_key("person").created_by_user_id
        self.assertEqual(self.service_key("of a person").created_by_user_id, person)

    def test_its_secret_authenticates_and_sees_its_space(self) -> None:
        key = self.service_key("acting")
        spaces = client_with(key.key).spaces.list().spaces
        self.assertEqual([space.id for space in spaces], [SPACE])

    def test_roles_can_be_chosen(self) -> None:
        key = self.version.create_service_key_with_roles(
            self.client, name=unique("roles"), organization=ORGANIZATION, space=SPACE
        )
        self.assertEqual(key.key_type, ApiKeyType.SERVICE)
        self.assert_accepted(key.key)

    def test_its_space_can_be_named(self) -> None:
        key = self.version.create_service_key(
            self.client,
            name=unique("by name"),
            organization=ORGANIZATION,
            space=self.client.spaces.get(space=SPACE).name,
        )
        self.assertIsNotNone(self.find(key.id, space=SPACE))
