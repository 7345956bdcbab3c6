"""What a life needs that is not its own resource: people, roles, projects, made over plain HTTP.

So no row of the matrix hangs on another: a client without `users` can still bind somebody to a role.
"""

from __future__ import annotations

import json
import os
import secrets
import urllib.request
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

ORGANIZATION = os.environ["CLAVIGER_ORG_ID"]
SPACE = os.environ["CLAVIGER_SPACE_ID"]

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def unique(subject: str) -> str:
    """A name that nothing else has."""
    return f"{subject} {secrets.token_hex(6)}"


def address() -> str:
    """An e-mail address that nobody else has."""
    return f"person-{secrets.token_hex(6)}@example.com"


def ask(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Asks, or makes something, as the account's administrator, in the newest dialect."""
    request = urllib.request.Request(
        os.environ["ARIZE_BASE_URL"] + path,
        data=json.dumps(body).encode() if body else None,
        headers={
            "authorization": f"Bearer {os.environ['ARIZE_API_KEY']}",
            "content-type": "application/json",
        },
    )
    with _opener.open(request) as answer:
        return json.load(answer)


def create_user(email: str, mode: str) -> dict[str, Any]:
    """Somebody who is, or may become, a member of the account and of nothing else."""
    role = {"type": "PREDEFINED", "name": "MEMBER"}
    body = {"name": "Person", "email": email, "role": role, "invite_mode": mode}
    return ask("/v2/users", body)


def person(email: str | None = None) -> str:
    """A member of the account and of nothing else."""
    return create_user(email or address(), "NONE")["id"]


def invited() -> SimpleNamespace:
    """Somebody who has not answered yet."""
    user = create_user(address(), "EMAIL_LINK")
    return SimpleNamespace(id=user["id"], email=user["email"])


def list_users(email: str) -> list[dict[str, Any]]:
    """Those whose address contains the text."""
    return ask(f"/v2/users?email={quote(email)}")["users"]


def member() -> str:
    """A member of the account and of the world's organization."""
    user = person()
    role = {"type": "PREDEFINED", "name": "MEMBER"}
    ask(f"/v2/organizations/{ORGANIZATION}/users", {"user_id": user, "role": role})
    return user


def role() -> str:
    """A role that an administrator has made."""
    return ask("/v2/roles", {"name": unique("role"), "permissions": ["PROJECT_READ"]})["id"]


def project() -> str:
    """A project in the world's space."""
    return ask("/v2/projects", {"name": unique("project"), "space_id": SPACE})["id"]
