"""The Python client 8.61.0: organizations with spaces, role objects, removal is `revoke`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arize._generated.api_client.models.organization_role import OrganizationRole
from arize._generated.api_client.models.organization_role_assignment_type import (
    OrganizationRoleAssignmentType,
)
from arize._generated.api_client.models.predefined_user_role_assignment_request import (
    PredefinedUserRoleAssignmentRequest,
)
from arize._generated.api_client.models.space_role_assignment_type import (
    SpaceRoleAssignmentType,
)
from arize._generated.api_client.models.user_role import UserRole
from arize._generated.api_client.models.user_role_assignment_type import (
    UserRoleAssignmentType,
)
from arize._generated.api_client.models.user_space_role import UserSpaceRole
from arize._utils import unwrap_oneof
from arize.api_keys.types import (
    ApiKeyStatus,
    ApiKeyType,
    OrganizationPredefinedRoleAssignmentRequest,
    OrganizationRoleAssignmentRequest,
    OrgBinding,
    PredefinedRoleAssignmentRequest,
    ServiceApiKey,
    SpaceBinding,
    SpaceRoleAssignmentRequest,
    UserApiKey,
    UserRoleAssignmentRequest,
)

if TYPE_CHECKING:
    from arize import ArizeClient


def space_role(name: UserSpaceRole) -> SpaceRoleAssignmentRequest:
    """A predefined role in a space."""
    return SpaceRoleAssignmentRequest(
        PredefinedRoleAssignmentRequest(type=SpaceRoleAssignmentType.PREDEFINED, name=name)
    )


def organization_role(name: OrganizationRole) -> OrganizationRoleAssignmentRequest:
    """A predefined role in an organization."""
    return OrganizationRoleAssignmentRequest(
        OrganizationPredefinedRoleAssignmentRequest(
            type=OrganizationRoleAssignmentType.PREDEFINED, name=name
        )
    )


def account_role(name: UserRole) -> UserRoleAssignmentRequest:
    """A predefined role in the account."""
    return UserRoleAssignmentRequest(
        PredefinedUserRoleAssignmentRequest(type=UserRoleAssignmentType.PREDEFINED, name=name)
    )


class Dialect8610:
    """See `dialect.Dialect`."""

    removed_status = ApiKeyStatus.REVOKED

    def listed(self, page: Any) -> list[Any]:
        return [unwrap_oneof(key) for key in page.api_keys]

    def create_service_key(
        self, client: ArizeClient, *, name: str, organization: str, space: str, **optional: Any
    ) -> Any:
        binding = OrgBinding(org_id=organization, spaces=[SpaceBinding(space=space)])
        return client.api_keys.create_service_key(name=name, orgs=[binding], **optional)

    def create_service_key_with_roles(
        self, client: ArizeClient, *, name: str, organization: str, space: str
    ) -> Any:
        reader = SpaceBinding(space=space, role=space_role(UserSpaceRole.READ_ONLY))
        member = organization_role(OrganizationRole.MEMBER)
        return client.api_keys.create_service_key(
            name=name,
            orgs=[OrgBinding(org_id=organization, role=member, spaces=[reader])],
            account_role=account_role(UserRole.MEMBER),
        )

    def remove(self, client: ArizeClient, key_id: str) -> Any:
        return client.api_keys.revoke(api_key_id=key_id)

    def clear_description(self, client: ArizeClient, organization: str) -> Any:
        return client.organizations.update(organization=organization, description=None)

    def raw_listing(self, client: ArizeClient, **filters: Any) -> bytes:
        return client.api_keys._api.list_api_keys_with_http_info(**filters).raw_data

    def list_item_model(self, key_type: Any) -> Any:
        return ServiceApiKey if key_type == ApiKeyType.SERVICE else UserApiKey


DIALECT = Dialect8610()
