//! Memberships on the wire.

use claviger_domain::{ObjectIdCodec, ObjectKind, OrganizationId, Refusal, SpaceId};
use claviger_store::{OrganizationMember, SetOrganizationMember, SetSpaceMember, SpaceMember};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dialect::Dialect;
use super::ids;
use super::role_schema::{OrganizationRole, SpaceRole};
use super::roles::{self, RoleInput, RoleView};

/// A member of an organization and their role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetOrganizationMember)]
pub(crate) struct OrganizationMemberBody {
    user_id: String,
    #[schema(value_type = OrganizationRole)]
    role: RoleInput,
}

impl OrganizationMemberBody {
    /// Reads the members.
    pub(crate) fn read(
        self,
        codec: &ObjectIdCodec,
        organization: OrganizationId,
    ) -> Result<SetOrganizationMember, Refusal> {
        let user = ids::read(codec, "user_id", &self.user_id)?;
        let role = roles::organization_role("role", &self.role)?;
        Ok(SetOrganizationMember { organization, user, role })
    }
}

/// A member of a space and their role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetSpaceMember)]
pub(crate) struct SpaceMemberBody {
    user_id: String,
    #[schema(value_type = SpaceRole)]
    role: RoleInput,
}

impl SpaceMemberBody {
    /// Reads the members.
    pub(crate) fn read(
        self,
        codec: &ObjectIdCodec,
        space: SpaceId,
    ) -> Result<SetSpaceMember, Refusal> {
        let user = ids::read(codec, "user_id", &self.user_id)?;
        let role = roles::space_role(codec, "role", &self.role)?;
        Ok(SetSpaceMember { space, user, role })
    }
}

/// Membership in an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationMember)]
pub(crate) struct OrganizationMemberView {
    id: String,
    user_id: String,
    organization_id: String,
    /// The role in the organization.
    role: RoleView,
}

impl OrganizationMemberView {
    pub(crate) fn of(
        codec: &ObjectIdCodec,
        dialect: &Dialect,
        member: &OrganizationMember,
    ) -> Self {
        Self {
            id: codec.encode(ObjectKind::OrganizationMember, member.id.number()),
            user_id: ids::write(codec, &member.user),
            organization_id: ids::write(codec, &member.organization),
            role: RoleView::of_organization_member(dialect, member.role),
        }
    }
}

/// Membership in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpaceMember)]
pub(crate) struct SpaceMemberView {
    id: String,
    user_id: String,
    space_id: String,
    /// The role in the space.
    role: RoleView,
}

impl SpaceMemberView {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, member: &SpaceMember) -> Self {
        Self {
            id: codec.encode(ObjectKind::SpaceMember, member.id.number()),
            user_id: ids::write(codec, &member.user),
            space_id: ids::write(codec, &member.space),
            role: RoleView::of_space_member(codec, dialect, &member.role),
        }
    }
}
