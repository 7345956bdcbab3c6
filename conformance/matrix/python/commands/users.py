"""`ax users`."""

from __future__ import annotations

from typing import Any

from command import Command, one
from life import same, word
from world import address, person


class Users(Command):
    resource = "users"

    def has(self, operation: str) -> bool:
        many = self.takes("delete", "--email")
        return super().has(operation) or (operation == "bulk_delete" and many)

    def invite(self, mode: str, email: str) -> dict[str, Any]:
        role, chosen = word("UserRole", "MEMBER").value, word("InviteMode", mode).value
        who = ("--full-name", "Somebody", "--email", email)
        return self.run("create", *who, "--role", role, "--invite-mode", chosen)

    def create(self) -> None:
        email = address()
        self.made = self.invite("EMAIL_LINK", email)
        same((self.made["name"], self.made["email"]), ("Somebody", email), "who was invited")
        same(self.made["status"], word("UserStatus", "INVITED").value, "status")
        same(self.invite("EMAIL_LINK", email)["id"], self.made["id"], "who is invited again")

    def get(self) -> None:
        same(self.run("get", self.made["id"])["email"], self.made["email"], "by id")

    def list(self) -> None:
        one(self.listed("--email", self.made["email"]), self.made["id"])
        status = word("UserStatus", "INVITED").value
        one(self.listed("--status", status), self.made["id"])

    def update(self) -> None:
        changed = self.run("update", self.made["id"], "--full-name", "Else")
        same(changed["name"], "Else", "name")

    def resend_invitation(self) -> None:
        self.run("resend-invitation", self.made["id"])

    def reset_password(self) -> None:
        self.run("reset-password", person())

    def delete(self) -> None:
        by_option = self.takes("delete", "--id")
        self.run("delete", *(["--id"] if by_option else []), self.made["id"])
        same(self.listed("--email", self.made["email"]), [], "listed")

    def bulk_delete(self) -> None:
        one_of_them, email = person(), address()
        self.invite("NONE", email)
        self.run("delete", "--id", one_of_them, "--email", email)
        same(self.listed("--email", email), [], "listed")


LIFE = Users
