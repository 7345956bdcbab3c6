//! The statements of memberships, of people and of bot users.

use claviger_domain::{
    AccountId, Membership, OrganizationId, ScopedRole, SpaceId, SpaceRole, UserId,
};

use super::RowResult;
use crate::call::{BotOrganization, BotSpace};

/// The statements of memberships, of people and of bot users.
pub(crate) trait MembershipRows: Send {
    fn memberships(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> impl Future<Output = RowResult<Vec<Membership>>> + Send;

    /// The organizations of a bot user, without their spaces.
    fn bot_organizations(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> impl Future<Output = RowResult<Vec<BotOrganization>>> + Send;

    /// The spaces of a bot user, each with its organization.
    fn bot_spaces(
        &mut self,
        account: AccountId,
        bot: UserId,
    ) -> impl Future<Output = RowResult<Vec<(OrganizationId, BotSpace)>>> + Send;

    fn insert_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn insert_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes everybody out of an organization, people and bot users.
    fn delete_organization_members(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes everybody out of a space, people and bot users.
    fn delete_space_members(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<()>> + Send;
}
