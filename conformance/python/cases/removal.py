"""Removing keys, by whatever name the client version calls it."""

from __future__ import annotations

from case import SPACE, Case


class Removal(Case):
    """Removal is immediate, final, and the same the second time."""

    def test_a_removed_user_key_is_refused_at_once(self) -> None:
        key = self.user_key("removed")
        self.assert_accepted(key.key)
        self.assertIsNone(self.version.remove(self.client, key.id))
        self.assert_refused(key.key)

    def test_a_removed_service_key_is_refused_at_once(self) -> None:
        key = self.service_key("removed")
        self.assert_accepted(key.key)
        self.assertIsNone(self.version.remove(self.client, key.id))
        self.assert_refused(key.key)

    def test_removing_twice_is_removing_once(self) -> None:
        key = self.user_key("removed twice")
        for _ in range(2):
            self.assertIsNone(self.version.remove(self.client, key.id))
        self.assert_refused(key.key)

    def test_a_removed_key_is_listed_under_its_status_only(self) -> None:
        for key, filters in (
            (self.user_key("unlisted"), {}),
            (self.service_key("unlisted"), {"space": SPACE}),
        ):
            with self.subTest(key_type=key.key_type):
                self.version.remove(self.client, key.id)
                self.assertIsNone(self.find(key.id, **filters))
                listed = self.find(key.id, status=self.version.removed_status, **filters)
                self.assertEqual(listed.status, self.version.removed_status)

    def test_in_grace_the_old_key_can_be_removed_and_the_new_one_stays(self) -> None:
        old = self.user_key("removed in grace")
        new = self.client.api_keys.refresh(api_key_id=old.id, grace_period_seconds=300)
        self.version.remove(self.client, old.id)
        self.assert_refused(old.key)
        self.assert_accepted(new.key)
