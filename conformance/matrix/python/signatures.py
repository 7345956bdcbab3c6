"""What versions call differently: the three ways to ask for a service key, and ids of roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from life import accepts
from world import ORGANIZATION, SPACE

if TYPE_CHECKING:
    from arize import ArizeClient


def create_service_key(client: ArizeClient, name: str) -> Any:
    """A service key for the world's space, with every role left to the server."""
    calls = client.api_keys
    if not hasattr(calls, "create_service_key"):
        space = "space" if accepts(calls.create, "space") else "space_id"
        return calls.create(name=name, key_type="service", **{space: SPACE})
    if not accepts(calls.create_service_key, "orgs"):
        return calls.create_service_key(name=name, space=SPACE)
    from arize.api_keys.types import OrgBinding, SpaceBinding

    binding = OrgBinding(org_id=ORGANIZATION, spaces=[SpaceBinding(space=SPACE)])
    return calls.create_service_key(name=name, orgs=[binding])


def role_id(client: ArizeClient, role: str) -> dict[str, str]:
    """The argument that names a role: 8.9 wants an id, later versions an id or a name."""
    return {"role" if accepts(client.roles.get, "role") else "role_id": role}
