"""What the cases need to know about the installed client version, and which version that is.

The cases are written once. Whatever one version calls or shapes differently from another stands in
its own file beside this one, as an implementation of `Dialect`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol

from arize import version

if TYPE_CHECKING:
    from datetime import datetime

    from arize import ArizeClient

INSTALLED = version.__version__

FILES = {"8.31.0": "dialect_8_31_0", "8.61.0": "dialect_8_61_0"}


class Dialect(Protocol):
    """One client version's own names for what every version can do."""

    # The client's own word for the status of a key that was removed.
    removed_status: Any

    def listed(self, page: Any) -> list[Any]:
        """The keys on a page of a listing, free of any wrapper the version puts around them."""

    def create_service_key(
        self,
        client: ArizeClient,
        *,
        name: str,
        organization: str,
        space: str,
        description: str | None = None,
        expires_at: datetime | None = None,
    ) -> Any:
        """Creates a service key on one space and leaves every role to the server."""

    def create_service_key_with_roles(
        self, client: ArizeClient, *, name: str, organization: str, space: str
    ) -> Any:
        """Creates a service key that is a reader of its space and a member of the rest."""

    def remove(self, client: ArizeClient, key_id: str) -> Any:
        """Takes a key out of service for good."""

    def clear_description(self, client: ArizeClient, organization: str) -> Any:
        """Takes an organization's description away."""

    def raw_listing(self, client: ArizeClient, **filters: Any) -> bytes:
        """The body of a listing as the server sent it."""

    def list_item_model(self, key_type: Any) -> Any:
        """The model into which the client reads a listed key of this type."""


def installed() -> Dialect:
    """The dialect of the client version that this interpreter has installed."""
    return importlib.import_module(FILES[INSTALLED]).DIALECT
