"""The life of people: invited, changed, reminded, removed."""

from __future__ import annotations

from typing import Any

from life import Life, bare, one, pages, same, word
from world import address, invited, list_users, person


class Users(Life):
    resource = "users"

    def invite(self, mode: str, email: str) -> Any:
        from arize.users.types import PredefinedUserRole

        return self.calls.create(
            name="Somebody",
            email=email,
            role=PredefinedUserRole(name=word("UserRole", "MEMBER")),
            invite_mode=word("InviteMode", mode),
        )

    def create(self) -> None:
        email = address()
        # Versions that cannot read what they are answered still remove and remind by id.
        self.made = invited()
        self.made = self.invite("EMAIL_LINK", email)
        same((self.made.name, self.made.email), ("Somebody", email), "name and address")
        same(self.made.status, word("UserStatus", "INVITED"), "status")
        same(bare(self.made.role).name, word("UserRole", "MEMBER"), "role")
        same(self.invite("EMAIL_LINK", email).id, self.made.id, "who is invited again")
        same(self.invite("NONE", address()).status, word("UserStatus", "ACTIVE"), "status")
        guest = self.invite("TEMPORARY_PASSWORD", address())
        same(guest.status, word("UserStatus", "INVITED"), "status")
        if "temporary_password" in type(guest).model_fields:
            same(bool(guest.temporary_password), True, "a temporary password")

    def get(self) -> None:
        by_id = self.call("get", user=self.made.id)
        same((by_id.id, by_id.status), (self.made.id, self.made.status), "by id")
        if self.finds_by_name("user"):
            same(self.call("get", user=by_id.email.upper()), by_id, "by address")

    def list(self) -> None:
        one(pages(self.calls.list, "users"), self.made.id)
        one(pages(self.calls.list, "users", email=self.made.email[3:].upper()), self.made.id)
        invited, active = (word("UserStatus", name) for name in ("INVITED", "ACTIVE"))
        one(pages(self.calls.list, "users", status=[active, invited]), self.made.id)
        others = pages(self.calls.list, "users", status=[active])
        same(self.made.id in [user.id for user in others], False, "listed as active")

    def update(self) -> None:
        same(self.calls.update(user_id=self.made.id, name="Else").name, "Else", "name")
        changed = self.calls.update(user_id=self.made.id, is_developer=False)
        same((changed.name, changed.is_developer), ("Else", False), "name and access")

    def resend_invitation(self) -> None:
        same(self.calls.resend_invitation(user_id=self.made.id), None, "answer")

    def reset_password(self) -> None:
        same(self.calls.reset_password(user_id=person()), None, "answer")

    def delete(self) -> None:
        same(self.calls.delete(user_id=self.made.id), None, "answer")
        same(self.calls.delete(user_id=self.made.id), None, "answer to the second time")
        same(list_users(self.made.email), [], "listed")

    def bulk_delete(self) -> None:
        by_id, email, unknown = person(), address(), address()
        person(email)
        results = self.calls.bulk_delete(user_ids=[by_id], emails=[email, unknown])
        same(list_users(email), [], "listed")
        statuses = sorted(result.status.value for result in results)
        same(statuses, ["deleted", "deleted", "not_found"], "statuses")


LIFE = Users
