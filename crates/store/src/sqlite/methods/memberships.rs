//! The methods on memberships, in SQLite.

use async_trait::async_trait;

use crate::call::{
    Call, OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember,
};
use crate::sqlite::{SqliteStore, now};
use crate::{CallResult, MembershipStore, operations};

#[async_trait]
impl MembershipStore for SqliteStore {
    async fn set_organization_member(
        &self,
        call: Call,
        command: SetOrganizationMember,
    ) -> CallResult<OrganizationMember> {
        write!(self, set_organization_member(call, command))
    }

    async fn remove_organization_member(
        &self,
        call: Call,
        command: RemoveOrganizationMember,
    ) -> CallResult<()> {
        write!(self, remove_organization_member(call, command))
    }

    async fn set_space_member(
        &self,
        call: Call,
        command: SetSpaceMember,
    ) -> CallResult<SpaceMember> {
        write!(self, set_space_member(call, command))
    }

    async fn remove_space_member(&self, call: Call, command: RemoveSpaceMember) -> CallResult<()> {
        write!(self, remove_space_member(call, command))
    }
}
