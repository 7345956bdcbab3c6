"""Refreshing keys: a new secret, a new id, and what becomes of the old one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from arize._generated.api_client import exceptions

from case import SPACE, Case, days_from_now


class Refreshing(Case):
    """A refresh replaces a key; with a grace period both work for a while."""

    def test_without_grace_the_old_secret_dies_at_once(self) -> None:
        old = self.user_key("refreshed")
        new = self.client.api_keys.refresh(api_key_id=old.id)
        self.assert_refused(old.key)
        self.assert_accepted(new.key)
        self.assertNotEqual(new.id, old.id)
        self.assertFalse(new.key == old.key, "the secret is the old one")

    def test_the_replacement_carries_on(self) -> None:
        old = self.user_key("carried on", description="kept")
        new = self.client.api_keys.refresh(api_key_id=old.id)
        self.assertEqual((new.name, new.description), (old.name, "kept"))
        self.assertEqual(new.key_type, old.key_type)
        self.assert_active(new)
        self.assertIsNone(new.expires_at)

    def test_the_replacement_is_listed_and_the_old_key_is_removed(self) -> None:
        old = self.user_key("listed")
        new = self.client.api_keys.refresh(api_key_id=old.id)
        self.assert_active(self.find(new.id))
        self.assertIsNone(self.find(old.id))
        removed = self.find(old.id, status=self.version.removed_status)
        self.assertEqual(removed.status, self.version.removed_status)

    def test_with_grace_both_secrets_work(self) -> None:
        old = self.user_key("with grace")
        new = self.client.api_keys.refresh(api_key_id=old.id, grace_period_seconds=300)
        self.assert_accepted(old.key)
        self.assert_accepted(new.key)
        listed = self.find(old.id)
        self.assert_active(listed)
        left = listed.expires_at - datetime.now(UTC)
        self.assertTrue(timedelta(seconds=270) <= left <= timedelta(seconds=360), left)

    def test_grace_never_outlives_the_old_expiry(self) -> None:
        soon = days_from_now(1 / 24)
        old = self.user_key("short grace", expires_at=soon)
        self.client.api_keys.refresh(api_key_id=old.id, expires_at=soon, grace_period_seconds=86400)
        self.assertEqual(self.find(old.id).expires_at, soon)

    def test_a_service_key_keeps_its_space(self) -> None:
        old = self.service_key("refreshed service", description="kept")
        new = self.client.api_keys.refresh(api_key_id=old.id)
        self.assert_refused(old.key)
        self.assert_accepted(new.key)
        self.assertEqual((new.name, new.description), (old.name, "kept"))
        self.assertEqual(new.key_type, old.key_type)
        self.assertIsNotNone(self.find(new.id, space=SPACE))

    def test_an_expiry_can_be_brought_forward(self) -> None:
        old = self.user_key("shortened", expires_at=days_from_now(30))
        sooner = days_from_now(10)
        new = self.client.api_keys.refresh(api_key_id=old.id, expires_at=sooner)
        self.assertEqual(new.expires_at, sooner)

    def test_an_unbounded_key_can_be_given_an_expiry(self) -> None:
        old = self.user_key("bounded")
        month = days_from_now(30)
        new = self.client.api_keys.refresh(api_key_id=old.id, expires_at=month)
        self.assertEqual(new.expires_at, month)

    def test_a_removed_key_cannot_be_refreshed(self) -> None:
        key = self.user_key("removed before")
        self.version.remove(self.client, key.id)
        with self.assertRaises(exceptions.ApiException):
            self.client.api_keys.refresh(api_key_id=key.id)
        self.assert_refused(key.key)
