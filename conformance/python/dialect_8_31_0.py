"""The Python client 8.31.0: one space a service key, plain values as roles, removal is `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arize._generated import api_client as generated
from arize.api_keys.types import (
    ApiKeyAccountRole,
    ApiKeyOrganizationRole,
    ApiKeySpaceRole,
    ApiKeyStatus,
)

if TYPE_CHECKING:
    from arize import ArizeClient


class Dialect8310:
    """See `dialect.Dialect`."""

    removed_status = ApiKeyStatus.DELETED

    def listed(self, page: Any) -> list[Any]:
        return page.api_keys

    def create_service_key(
        self, client: ArizeClient, *, name: str, organization: str, space: str, **optional: Any
    ) -> Any:
        del organization  # The space implies it.
        return client.api_keys.create_service_key(name=name, space=space, **optional)

    def create_service_key_with_roles(
        self, client: ArizeClient, *, name: str, organization: str, space: str
    ) -> Any:
        del organization
        return client.api_keys.create_service_key(
            name=name,
            space=space,
            space_role=ApiKeySpaceRole.READ_MINUS_ONLY,
            org_role=ApiKeyOrganizationRole.MEMBER,
            account_role=ApiKeyAccountRole.MEMBER,
        )

    def remove(self, client: ArizeClient, key_id: str) -> Any:
        return client.api_keys.delete(api_key_id=key_id)

    def clear_description(self, client: ArizeClient, organization: str) -> Any:
        return client.organizations.update(organization=organization, description="")

    def raw_listing(self, client: ArizeClient, **filters: Any) -> bytes:
        return client.api_keys._api.api_keys_list_with_http_info(**filters).raw_data

    def list_item_model(self, key_type: Any) -> Any:
        del key_type
        return generated.ApiKey


DIALECT = Dialect8310()
