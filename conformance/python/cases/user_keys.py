"""Creating user keys."""

from __future__ import annotations

from datetime import timedelta

from arize.api_keys.types import ApiKeyType

from case import Case, client_with, days_from_now


class UserKeys(Case):
    """A user key acts for the person who made it."""

    def test_a_new_key_is_what_was_asked_for(self) -> None:
        expires_at = days_from_now(30)
        key = self.user_key("full", description="for the nightly job", expires_at=expires_at)
        self.assertTrue(key.name.startswith("python "))
        self.assertEqual(key.description, "for the nightly job")
        self.assertEqual(key.expires_at, expires_at)
        self.assertEqual(key.key_type, ApiKeyType.USER)
        self.assert_active(key)
        self.assert_about_now(key.created_at)

    def test_what_was_not_asked_for_is_absent(self) -> None:
        key = self.user_key("bare")
        self.assertIsNone(key.description)
        self.assertIsNone(key.expires_at)

    def test_its_secret_authenticates_at_once_and_acts_for_its_maker(self) -> None:
        key = self.user_key("acting")
        listing = client_with(key.key).api_keys.list(limit=100)
        makers = {listed.created_by_user_id for listed in self.version.listed(listing)}
        self.assertEqual(makers, {key.created_by_user_id})

    def test_a_key_made_with_a_user_key_belongs_to_the_same_person(self) -> None:
        first = self.user_key("first")
        second = client_with(first.key).api_keys.create(name="second")
        self.assertEqual(second.created_by_user_id, first.created_by_user_id)

    def test_the_secret_is_shown_once(self) -> None:
        key = self.user_key("shown once")
        body = self.version.raw_listing(self.client, limit=100)
        self.assertIsNotNone(self.find(key.id))
        self.assertFalse(key.key.encode() in body, "a listing shows a secret")
        self.assertFalse(key.key in key.redacted_key, "the redacted form shows the secret")
        self.assertEqual(self.find(key.id).redacted_key, key.redacted_key)

    def test_a_time_without_an_offset_is_utc(self) -> None:
        naive = days_from_now(10).replace(tzinfo=None)
        key = self.user_key("naive", expires_at=naive)
        self.assertEqual(key.expires_at.utcoffset(), timedelta(0))
        self.assertEqual(key.expires_at.replace(tzinfo=None), naive)

    def test_the_longest_name_and_description_fit(self) -> None:
        key = self.client.api_keys.create(name="n" * 256, description="d" * 1000)
        self.assertEqual((len(key.name), len(key.description)), (256, 1000))

    def test_names_need_not_be_unique(self) -> None:
        twins = [self.client.api_keys.create(name="twin") for _ in range(2)]
        self.assertNotEqual(twins[0].id, twins[1].id)
