//! What is remembered of who belongs where.

use async_trait::async_trait;

use crate::CallResult;
use crate::call::{
    Call, OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember,
};

/// The methods on memberships.
#[async_trait]
pub trait MembershipStore: Send + Sync {
    /// Gives a person a role in an organization. Giving the one that they have changes nothing.
    async fn set_organization_member(
        &self,
        call: Call,
        command: SetOrganizationMember,
    ) -> CallResult<OrganizationMember>;

    /// Takes a person out of an organization and all its spaces.
    async fn remove_organization_member(
        &self,
        call: Call,
        command: RemoveOrganizationMember,
    ) -> CallResult<()>;

    /// Gives a person a role in a space. Giving the one that they have changes nothing.
    async fn set_space_member(
        &self,
        call: Call,
        command: SetSpaceMember,
    ) -> CallResult<SpaceMember>;

    /// Takes a person out of a space.
    async fn remove_space_member(&self, call: Call, command: RemoveSpaceMember) -> CallResult<()>;
}
