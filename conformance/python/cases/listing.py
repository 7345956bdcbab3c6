"""Listing keys: filters, names for ids, pages."""

from __future__ import annotations

import json
from typing import Any

from arize.api_keys.types import ApiKeyStatus, ApiKeyType

from case import SPACE, Case


class Listing(Case):
    """Filters choose keys; pages show each of them once."""

    user: Any
    service: Any
    removed: Any

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        case = cls()
        cls.user = case.user_key("listed user key")
        cls.service = case.service_key("listed service key", description="for a listing")
        cls.removed = case.user_key("listed removed key")
        cls.version.remove(cls.client, cls.removed.id)

    def test_without_filters_come_the_callers_active_user_keys(self) -> None:
        keys = self.every_key()
        self.assertIn(self.user.id, [key.id for key in keys])
        self.assertEqual({key.key_type for key in keys}, {ApiKeyType.USER})
        self.assertEqual({key.status for key in keys}, {ApiKeyStatus.ACTIVE})
        self.assertEqual({key.created_by_user_id for key in keys}, {self.user.created_by_user_id})

    def test_by_key_type(self) -> None:
        users = self.every_key(key_type=ApiKeyType.USER)
        self.assertIn(self.user.id, [key.id for key in users])
        self.assertNotIn(self.service.id, [key.id for key in users])
        services = self.every_key(key_type=ApiKeyType.SERVICE)
        self.assertIn(self.service.id, [key.id for key in services])
        self.assertEqual({key.key_type for key in services}, {ApiKeyType.SERVICE})

    def test_by_status(self) -> None:
        removed = self.every_key(status=self.version.removed_status)
        self.assertIn(self.removed.id, [key.id for key in removed])
        self.assertEqual({key.status for key in removed}, {self.version.removed_status})
        active = self.every_key(status=ApiKeyStatus.ACTIVE)
        self.assertIn(self.user.id, [key.id for key in active])
        self.assertNotIn(self.removed.id, [key.id for key in active])

    def test_a_space_implies_service_keys(self) -> None:
        implied = self.every_key(space=SPACE)
        asked = self.every_key(space=SPACE, key_type=ApiKeyType.SERVICE)
        self.assertIn(self.service.id, [key.id for key in implied])
        self.assertEqual({key.key_type for key in implied}, {ApiKeyType.SERVICE})
        self.assertEqual([key.id for key in implied], [key.id for key in asked])

    def test_a_space_can_be_named(self) -> None:
        name = self.client.spaces.get(space=SPACE).name
        by_name = [key.id for key in self.every_key(space=name)]
        self.assertEqual(by_name, [key.id for key in self.every_key(space=SPACE)])

    def test_by_user(self) -> None:
        user_id = self.user.created_by_user_id
        users = self.every_key(user_id=user_id)
        self.assertIn(self.user.id, [key.id for key in users])
        self.assertEqual({key.key_type for key in users}, {ApiKeyType.USER})
        services = self.every_key(user_id=user_id, space=SPACE)
        self.assertIn(self.service.id, [key.id for key in services])
        self.assertEqual({key.created_by_user_id for key in services}, {user_id})

    def test_a_listed_key_is_the_created_one_without_its_secret(self) -> None:
        for created, filters in ((self.user, {}), (self.service, {"space": SPACE})):
            listed = self.find(created.id, **filters)
            self.assertFalse(hasattr(listed, "key"))
            for member in (
                "name",
                "description",
                "key_type",
                "status",
                "redacted_key",
                "created_at",
                "expires_at",
                "created_by_user_id",
            ):
                with self.subTest(key_type=created.key_type, member=member):
                    self.assertEqual(getattr(listed, member), getattr(created, member))

    def test_items_have_only_members_the_client_knows(self) -> None:
        for filters in ({}, {"space_id": SPACE}):
            body = json.loads(self.version.raw_listing(self.client, limit=100, **filters))
            for item in body["api_keys"]:
                model = self.version.list_item_model(item["key_type"])
                self.assertEqual(set(item) - set(model.model_fields), set())


class Pages(Case):
    """Seven new keys, seen three at a time."""

    created: list[Any]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        case = cls()
        cls.created = [case.user_key(f"page {number}") for number in range(7)]

    def test_a_limit_limits(self) -> None:
        page = self.client.api_keys.list(limit=2)
        self.assertEqual(len(self.version.listed(page)), 2)
        self.assertTrue(page.pagination.has_more)

    def test_pages_repeat_nothing_and_miss_nothing(self) -> None:
        seen = [key.id for key in self.every_key(limit=3)]
        self.assertEqual(len(seen), len(set(seen)), "a key on two pages")
        self.assertLessEqual({key.id for key in self.created}, set(seen))
        self.assertEqual(seen, [key.id for key in self.every_key(limit=100)])

    def test_only_the_last_page_has_no_cursor(self) -> None:
        pages = [self.client.api_keys.list(limit=3)]
        while pages[-1].pagination.has_more:
            cursor = pages[-1].pagination.next_cursor
            pages.append(self.client.api_keys.list(limit=3, cursor=cursor))
        self.assertGreater(len(pages), 2)
        cursors = [page.pagination.next_cursor for page in pages]
        self.assertTrue(all(cursors[:-1]))
        self.assertIsNone(cursors[-1])

    def test_a_key_made_between_two_pages_moves_no_other(self) -> None:
        first = self.client.api_keys.list(limit=3)
        before = [key.id for key in self.every_key(limit=100)]
        self.user_key("between pages")
        second = self.client.api_keys.list(limit=3, cursor=first.pagination.next_cursor)
        shown = [key.id for page in (first, second) for key in self.version.listed(page)]
        self.assertEqual([key for key in shown if key in before], before[: len(shown)])
