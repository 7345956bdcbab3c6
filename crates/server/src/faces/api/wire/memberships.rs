//! Memberships on the wire.

use claviger_domain::{OrganizationId, Refusal, SpaceId};
use claviger_store::{OrganizationMember, SetOrganizationMember, SetSpaceMember, SpaceMember};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::role_schema::{OrganizationRole, SpaceRole};
use super::roles::{self, RoleInput, RoleView};
use crate::input::RequestBody;
use crate::wire::{Format, View, id};

/// A member of an organization and their role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetOrganizationMember)]
pub(crate) struct OrganizationMemberBody {
    user_id: id::User,
    #[schema(value_type = OrganizationRole)]
    role: RoleInput,
}

impl RequestBody for OrganizationMemberBody {
    type Path = OrganizationId;
    type Command = SetOrganizationMember;

    fn read(
        self,
        organization: OrganizationId,
        format: Format<'_>,
    ) -> Result<SetOrganizationMember, Refusal> {
        let user = self.user_id.read(format);
        let role = roles::organization_role("role", &self.role)?;
        Ok(SetOrganizationMember { organization, user, role })
    }
}

/// A member of a space and their role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetSpaceMember)]
pub(crate) struct SpaceMemberBody {
    user_id: id::User,
    #[schema(value_type = SpaceRole)]
    role: RoleInput,
}

impl RequestBody for SpaceMemberBody {
    type Path = SpaceId;
    type Command = SetSpaceMember;

    fn read(self, space: SpaceId, format: Format<'_>) -> Result<SetSpaceMember, Refusal> {
        let user = self.user_id.read(format);
        let role = roles::space_role(format.codec, "role", &self.role)?;
        Ok(SetSpaceMember { space, user, role })
    }
}

/// Membership in an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationMember)]
pub(crate) struct OrganizationMemberView {
    id: id::OrganizationMember,
    user_id: id::User,
    organization_id: id::Organization,
    /// The role in the organization.
    role: RoleView,
}

impl View<OrganizationMember> for OrganizationMemberView {
    fn of(format: Format<'_>, member: OrganizationMember) -> Self {
        Self {
            id: format.id(member.id.into()),
            user_id: format.id(member.user),
            organization_id: format.id(member.organization),
            role: RoleView::of_organization_member(format.dialect, member.role),
        }
    }
}

/// Membership in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpaceMember)]
pub(crate) struct SpaceMemberView {
    id: id::SpaceMember,
    user_id: id::User,
    space_id: id::Space,
    /// The role in the space.
    role: RoleView,
}

impl View<SpaceMember> for SpaceMemberView {
    fn of(format: Format<'_>, member: SpaceMember) -> Self {
        Self {
            id: format.id(member.id.into()),
            user_id: format.id(member.user),
            space_id: format.id(member.space),
            role: RoleView::of_space_member(format, &member.role),
        }
    }
}
