//! The statements of memberships, of people and of bot users.

use claviger_domain::{
    AccountId, Membership, MembershipId, OrganizationId, ScopedRole, SpaceId, SpaceRole, UserId,
};

use super::RowResult;
use crate::call::{BotOrganization, BotSpace, SpaceRoleView};

/// A membership of an organization: its id, which bot users' have none of, and the role.
pub(crate) type OrganizationMembership = (Option<MembershipId>, ScopedRole);

/// A membership of a space: its id, which bot users' have none of, and the role.
pub(crate) type SpaceMembership = (Option<MembershipId>, SpaceRoleView);

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

    /// Puts a new bot user into organizations.
    fn insert_organization_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(OrganizationId, ScopedRole)],
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Puts a new bot user into spaces.
    fn insert_space_members(
        &mut self,
        account: AccountId,
        bot: UserId,
        roles: &[(SpaceId, SpaceRole)],
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

    fn organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> impl Future<Output = RowResult<Option<OrganizationMembership>>> + Send;

    fn space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> impl Future<Output = RowResult<Option<SpaceMembership>>> + Send;

    /// The users with a role in a space or a project of it, by membership or binding, each once.
    fn holders_in_space(
        &mut self,
        account: AccountId,
        space: SpaceId,
    ) -> impl Future<Output = RowResult<Vec<UserId>>> + Send;

    /// Gives a person a role, in the place of the one they have. The membership keeps the id that it `has`.
    fn set_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
        role: ScopedRole,
        has: Option<MembershipId>,
    ) -> impl Future<Output = RowResult<MembershipId>> + Send;

    /// Gives a person a role, in the place of the one they have. The membership keeps the id that it `has`.
    fn set_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
        role: SpaceRole,
        has: Option<MembershipId>,
    ) -> impl Future<Output = RowResult<MembershipId>> + Send;

    fn delete_organization_member(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    fn delete_space_member(
        &mut self,
        account: AccountId,
        space: SpaceId,
        user: UserId,
    ) -> impl Future<Output = RowResult<()>> + Send;

    /// Takes a user out of all spaces of an organization, and says how many those were.
    fn delete_space_memberships_in(
        &mut self,
        account: AccountId,
        organization: OrganizationId,
        user: UserId,
    ) -> impl Future<Output = RowResult<u32>> + Send;
}
