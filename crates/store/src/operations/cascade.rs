//! Cascades of deleting an organization or a space, and of leaving one (docs/contract/keys.md#side-effects).
//!
//! Rule: whatever refers to a space or a project is removed here, in the transaction that deletes it. A service key whose bot user is
//! left without any role in a space or project is revoked in it (docs/threat-model.md#deleted-places); one that has others keeps those.

use claviger_domain::{AccountId, ApiKeyId, Organization, Project, Space, SpaceId, UserId};
use jiff::Timestamp;

use crate::transaction::{Driver, RowResult, Transaction};

/// What went along, for the audit.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed {
    /// Spaces.
    pub spaces: u32,
    /// Service keys that were left without a space, and are revoked.
    pub service_keys: Vec<ApiKeyId>,
}

/// Deletes a space with all that is in it.
pub(super) async fn remove_space<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    space: SpaceId,
    at: Timestamp,
) -> RowResult<Removed> {
    let holders = tx.holders_in_space(account, space).await?;
    tx.delete_bindings_in_space(account, space).await?;
    tx.delete_space_members(account, space).await?;
    tx.delete_key_spaces(account, space).await?;
    tx.delete_projects_of_space(account, space).await?;
    tx.delete_space(account, space).await?;
    let service_keys = tx.revoke_keys_without_roles(account, &holders, at).await?;
    Ok(Removed { spaces: 1, service_keys })
}

/// Deletes a project with the roles in it, and returns which service keys were left without a role and are revoked.
pub(super) async fn remove_project<D: Driver>(
    tx: &mut Transaction<'_, D>,
    project: &Project,
    at: Timestamp,
) -> RowResult<Vec<ApiKeyId>> {
    let account = project.account;
    let holders = tx.holders_in_project(account, project.id).await?;
    tx.delete_bindings_in_project(account, project.id).await?;
    tx.delete_project(account, project.id).await?;
    for holder in &holders {
        tx.update_key_spaces(account, *holder, project.space).await?;
    }
    tx.revoke_keys_without_roles(account, &holders, at).await
}

/// Deletes an organization with its spaces.
pub(super) async fn remove_organization<D: Driver>(
    tx: &mut Transaction<'_, D>,
    organization: &Organization,
    at: Timestamp,
) -> RowResult<Removed> {
    let account = organization.account;
    let mut removed = Removed::default();
    for space in tx.space_ids(account, organization.id).await? {
        let one = remove_space(tx, account, space, at).await?;
        removed.spaces += one.spaces;
        removed.service_keys.extend(one.service_keys);
    }
    tx.delete_organization_members(account, organization.id).await?;
    tx.delete_organization(account, organization.id).await?;
    Ok(removed)
}

/// Takes a person out of a space, with all roles that they have in it: of their membership, if there `is_member`, and of bindings.
pub(super) async fn leave_space<D: Driver>(
    tx: &mut Transaction<'_, D>,
    space: &Space,
    user: UserId,
    is_member: bool,
) -> RowResult<()> {
    tx.delete_bindings_of_user_in_space(space.account, user, space.id).await?;
    if is_member {
        tx.delete_space_member(space.account, space.id, user).await?;
    }
    Ok(())
}

/// Takes a person out of an organization and all its spaces, and says how many of those they were in.
pub(super) async fn leave_organization<D: Driver>(
    tx: &mut Transaction<'_, D>,
    organization: &Organization,
    user: UserId,
) -> RowResult<u32> {
    let account = organization.account;
    let spaces = tx.delete_space_memberships_in(account, organization.id, user).await?;
    for space in tx.space_ids(account, organization.id).await? {
        tx.delete_bindings_of_user_in_space(account, user, space).await?;
    }
    tx.delete_organization_member(account, organization.id, user).await?;
    Ok(spaces)
}
