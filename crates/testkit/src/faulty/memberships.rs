//! The methods on memberships.

use async_trait::async_trait;
use claviger_store::{
    Call, CallResult, MembershipStore, OrganizationMember, RemoveOrganizationMember,
    RemoveSpaceMember, SetOrganizationMember, SetSpaceMember, SpaceMember,
};

use super::FaultyStore;

#[async_trait]
impl MembershipStore for FaultyStore {
    async fn set_organization_member(
        &self,
        call: Call,
        command: SetOrganizationMember,
    ) -> CallResult<OrganizationMember> {
        self.inner()?.set_organization_member(call, command).await
    }

    async fn remove_organization_member(
        &self,
        call: Call,
        command: RemoveOrganizationMember,
    ) -> CallResult<()> {
        self.inner()?.remove_organization_member(call, command).await
    }

    async fn set_space_member(
        &self,
        call: Call,
        command: SetSpaceMember,
    ) -> CallResult<SpaceMember> {
        self.inner()?.set_space_member(call, command).await
    }

    async fn remove_space_member(&self, call: Call, command: RemoveSpaceMember) -> CallResult<()> {
        self.inner()?.remove_space_member(call, command).await
    }
}
