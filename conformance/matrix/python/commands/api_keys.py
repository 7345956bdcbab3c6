"""`ax api-keys`."""

from __future__ import annotations

import json

from command import Command, one
from life import same, unauthorized, word
from world import ORGANIZATION, SPACE, unique


class ApiKeys(Command):
    resource = "api_keys"

    def has(self, operation: str) -> bool:
        by_type = self.takes("create", "--key-type")
        return super().has(operation) or (operation == "create_service_key" and by_type)

    def create(self) -> None:
        self.made = self.run("create", "--name", unique("key"), "--description", "of a person")
        same(self.made["status"], word("ApiKeyStatus", "ACTIVE").value, "status")
        same(self.made["description"], "of a person", "description")

    def create_service_key(self) -> None:
        name = ("--name", unique("service key"))
        if not super().has("create_service_key"):
            space = "--space" if self.takes("create", "--space") else "--space-id"
            key = self.run("create", *name, "--key-type", "service", space, SPACE)
        elif self.takes("create-service-key", "--assignments"):
            assignments = [{"org_id": ORGANIZATION, "spaces": [{"space": SPACE}]}]
            key = self.run("create-service-key", *name, "--assignments", json.dumps(assignments))
        else:
            key = self.run("create-service-key", *name, "--space", SPACE)
        same(key["key_type"].lower(), "service", "type")

    def list(self) -> None:
        key = one(self.listed(), self.made["id"])
        same(key["name"], self.made["name"], "name")
        service = "SERVICE" if key["key_type"].isupper() else "service"
        types = {each["key_type"] for each in self.listed("--key-type", service)}
        same(types, {service}, "types")

    def refresh(self) -> None:
        before = self.made
        self.made = self.run("refresh", before["id"])
        same(self.made["name"], before["name"], "name")
        unauthorized(before["key"])

    def delete(self) -> None:
        self.run("delete", self.made["id"])
        unauthorized(self.made["key"])

    def revoke(self) -> None:
        self.run("revoke", self.made["id"])
        unauthorized(self.made["key"])
        removed = word("ApiKeyStatus", "REVOKED").value
        same(one(self.listed("--status", removed), self.made["id"])["status"], removed, "status")


LIFE = ApiKeys
