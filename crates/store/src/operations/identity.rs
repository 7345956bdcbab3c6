//! Reading organizations, spaces and users, and removing a person.

use claviger_domain::{
    Access, AccountRole, Action, Caller, Organization, OrganizationId, Permission, Refusal,
    Resource, Space, SpaceId, Target, User, UserId, UserKind, UserStatus,
};
use serde_json::json;

use super::{audit, authenticate, list};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{Call, ListOrganizations, ListSpaces, ListUsers, Page};
use crate::rows::Rows;

async fn caller_and_access<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: &Call,
) -> CallResult<(Caller, Access)> {
    let caller = authenticate::caller(rows, authority, call).await?;
    let access = authenticate::access(rows, &caller).await?;
    Ok((caller, access))
}

pub(crate) async fn list_organizations<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    mut query: ListOrganizations,
) -> CallResult<Page<Organization>> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let wanted = query.limit;
    let mut after = list::place(&caller, query.after)?;
    query.limit = CHUNK;
    let mut seen = Vec::new();
    loop {
        let chunk = rows.organizations(caller.account.id, &query, after).await?;
        let last = chunk.last().map(|organization| organization.id);
        let complete = chunk.len() < CHUNK as usize;
        seen.extend(chunk.into_iter().filter(|found| access.sees_organization(found.id)));
        if complete || seen.len() > wanted as usize {
            return Ok(list::cut(&caller, seen, wanted));
        }
        after = last;
    }
}

/// How many rows are read at a time when some of them may not be the caller's to see.
const CHUNK: u32 = 128;

pub(crate) async fn organization<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    id: OrganizationId,
) -> CallResult<Organization> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let found = rows.organization(caller.account.id, id).await?;
    let seen = found.filter(|found| access.sees_organization(found.id));
    Ok(seen.ok_or(Refusal::NotFound(Resource::Organization))?)
}

pub(crate) async fn list_spaces<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    mut query: ListSpaces,
) -> CallResult<Page<Space>> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    if let Some(organization) = query.organization {
        let found = rows.organization(caller.account.id, organization).await?;
        found
            .filter(|found| access.sees_organization(found.id))
            .ok_or(Refusal::NotFound(Resource::Organization))?;
    }
    let wanted = query.limit;
    let mut after = list::place(&caller, query.after)?;
    query.limit = CHUNK;
    let mut seen = Vec::new();
    loop {
        let chunk = rows.spaces(caller.account.id, &query, after).await?;
        let last = chunk.last().map(|space| space.id);
        let complete = chunk.len() < CHUNK as usize;
        seen.extend(chunk.into_iter().filter(|space| access.sees_space(space)));
        if complete || seen.len() > wanted as usize {
            return Ok(list::cut(&caller, seen, wanted));
        }
        after = last;
    }
}

pub(crate) async fn space<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    id: SpaceId,
) -> CallResult<Space> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let found = rows.space(caller.account.id, id).await?;
    let seen = found.filter(|space| access.sees_space(space));
    Ok(seen.ok_or(Refusal::NotFound(Resource::Space))?)
}

/// Account administrators and members, and who holds `USER_READ` (CONTRACT §5).
fn may_read_users(caller: &Caller, access: &Access) -> bool {
    matches!(caller.user.role, AccountRole::Admin | AccountRole::Member)
        || access.at_account().contains(Permission::UserRead)
}

pub(crate) async fn list_users<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    mut query: ListUsers,
) -> CallResult<Page<User>> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    if !may_read_users(&caller, &access) {
        return Err(Refusal::forbidden("listing users needs USER_READ in the account").into());
    }
    let wanted = query.limit;
    query.limit += 1;
    let after = list::place(&caller, query.after)?;
    let users = rows.users(caller.account.id, &query, after).await?;
    Ok(list::cut(&caller, users, wanted))
}

pub(crate) async fn user<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    id: UserId,
) -> CallResult<User> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let found = rows.user(caller.account.id, id).await?;
    let seen = found.filter(|user| {
        let readable = user.id == caller.user.id || may_read_users(&caller, &access);
        readable && user.status != UserStatus::Blocked
    });
    Ok(seen.ok_or(Refusal::NotFound(Resource::User))?)
}

/// Removal is for good: the person's keys are revoked with it, so that nothing revives them (T42).
pub(crate) async fn remove_user<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: Call,
    id: UserId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(rows, authority, &call).await?;
    let account = caller.account.id;
    let found = rows.user(account, id).await?.filter(|user| user.kind == UserKind::Person);
    let user = found.ok_or(Refusal::NotFound(Resource::User))?;
    if !access.at_account().contains(Permission::UserDelete) {
        return Err(Refusal::forbidden("removing users needs USER_DELETE in the account").into());
    }
    if user.id == caller.user.id {
        return Err(Refusal::invalid("user_id", "you cannot remove yourself").into());
    }
    if user.status == UserStatus::Blocked {
        return Ok(());
    }
    rows.block_user(account, id).await?;
    let revoked = rows.revoke_user_keys(account, id, call.now).await?;
    let details = json!({ "revoked_user_keys": revoked });
    audit(rows, call, &caller, Action::UserDelete, Target::User(id), details).await?;
    Ok(())
}
