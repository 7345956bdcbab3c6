//! People: reading them, and removing one.

use claviger_domain::{
    Access, AccountRole, Action, Caller, Permission, Refusal, Resource, Target, User, UserId,
    UserKind, UserStatus,
};
use serde_json::json;

use super::authenticate::caller_and_access;
use super::{audit, list};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{Call, ListUsers, Page};
use crate::rows::Rows;

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
