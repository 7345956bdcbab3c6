"""The life of API keys, of people and of services."""

from __future__ import annotations

from arize import ArizeClient

from life import Life, accepts, one, pages, same, unauthorized, word
from signatures import create_service_key
from world import SPACE, unique


class ApiKeys(Life):
    resource = "api_keys"

    def has(self, operation: str) -> bool:
        by_type = accepts(self.calls.create, "key_type")
        return super().has(operation) or (operation == "create_service_key" and by_type)

    def create(self) -> None:
        key = self.calls.create(name=unique("key"), description="of a person")
        same(key.status, word("ApiKeyStatus", "ACTIVE"), "status")
        same(key.key_type.lower(), "user", "type")
        same(key.description, "of a person", "description")
        ArizeClient(api_key=key.key).spaces.list()
        self.made = key

    def create_service_key(self) -> None:
        self.service_key = create_service_key(self.client, unique("service key"))
        same(self.service_key.status, word("ApiKeyStatus", "ACTIVE"), "status")
        same(self.service_key.key_type.lower(), "service", "type")
        spaces = pages(ArizeClient(api_key=self.service_key.key).spaces.list, "spaces")
        one(spaces, SPACE)

    def list(self) -> None:
        key = one(pages(self.calls.list, "api_keys"), self.made.id)
        same(key.name, self.made.name, "name")
        same("..." in key.redacted_key and self.made.key not in key.redacted_key, True, "redacted")
        service = type(self.made.key_type)("SERVICE" if key.key_type.isupper() else "service")
        keys = pages(self.calls.list, "api_keys", key_type=service)
        same(one(keys, self.service_key.id).key_type, service, "type")
        if accepts(self.calls.list, "space"):
            one(pages(self.calls.list, "api_keys", space=SPACE), self.service_key.id)

    def refresh(self) -> None:
        before = self.made
        self.made = self.calls.refresh(api_key_id=before.id)
        same(self.made.name, before.name, "name")
        same(self.made.key == before.key, False, "the same secret")
        unauthorized(before.key)
        ArizeClient(api_key=self.made.key).spaces.list()

    def delete(self) -> None:
        same(self.calls.delete(api_key_id=self.made.id), None, "answer")
        self.is_removed("DELETED" if "deleted" in self.statuses() else "REVOKED")

    def revoke(self) -> None:
        same(self.calls.revoke(api_key_id=self.made.id), None, "answer")
        same(self.calls.revoke(api_key_id=self.made.id), None, "answer to the second time")
        self.is_removed("REVOKED")

    def statuses(self) -> set[str]:
        active = word("ApiKeyStatus", "ACTIVE")
        # The oldest releases have plain words, and `deleted` among them.
        return {"deleted"} if isinstance(active, str) and type(active) is str else {status.value for status in type(active)}

    def is_removed(self, status: str) -> None:
        unauthorized(self.made.key)
        removed = word("ApiKeyStatus", status)
        same(one(pages(self.calls.list, "api_keys", status=removed), self.made.id).status, removed, "status")


LIFE = ApiKeys
