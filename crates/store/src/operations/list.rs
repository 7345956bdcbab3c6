//! Listing keys, and looking up bot users.

use claviger_domain::decide::{self, KeyFilter, KeyScope, Named};
use claviger_domain::{AccountId, AccountRole, ApiKeyId, KeyType, User, UserId};

use super::authenticate;
use super::page::{self, Room};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{BotUser, ListKeys, ListedKey, Page, TimedCall};
use crate::error::StoreError;
use crate::tables::KeyPage;
use crate::transaction::{Driver, RowResult, Transaction};

pub(crate) async fn list_keys<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    query: ListKeys,
) -> CallResult<Page<ListedKey>> {
    let caller = authenticate::caller(tx, authority, &call).await?;
    let account = caller.account.id;
    let access = authenticate::access(tx, &caller).await?;
    let mut filter = KeyFilter { key_type: query.key_type, ..KeyFilter::default() };
    if let Some(id) = query.space {
        filter.space = Some(named(tx.space(account, id).await?));
    }
    if let Some(id) = query.user {
        filter.user = Some(named(tx.user(account, id).await?));
    }
    let scope = decide::list_scope(&caller, &access, filter)?;
    let after = page::place(&caller, query.after)?;
    let limit = query.limit + 1;
    let keys = page::filled(query.limit, after, ApiKeyId::new, async |after| {
        let before = after.unwrap_or(ApiKeyId::new(i64::MAX));
        tx.keys(KeyPage { account, scope, status: query.status, before, limit }).await
    });
    let keys = keys.await?;
    let (found, mut room) = (keys.len(), Room::new(query.limit));
    let mut items = Vec::new();
    for key in keys {
        // Bot users are read one by one, so that no more of them are read than there is room for.
        if room.is_full() {
            break;
        }
        let mut bot = None;
        if query.with_bots && key.key_type == KeyType::Service {
            bot = Some(listed_bot(tx, account, key.acts_for, scope).await?);
        }
        let listed = ListedKey { key, bot };
        if !room.take(&listed) {
            break;
        }
        items.push(listed);
    }
    let has_more = items.len() < found;
    Ok(Page { reader: caller.user.id, items, has_more })
}

fn named<T>(found: Option<T>) -> Named<T> {
    found.map_or(Named::Missing, Named::Found)
}

/// In lists that a space filters, the other bindings are not the caller's to read: none are shown (CONTRACT §2.3).
async fn listed_bot<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    id: UserId,
    scope: KeyScope,
) -> RowResult<BotUser> {
    let found = match scope {
        KeyScope::ServiceKeysIn(..) => tx
            .user(account, id)
            .await
            .map(|user| user.map_or_else(|| unresolved(id), without_roles)),
        _ => bot(tx, account, id).await,
    };
    match found {
        // The key is listed all the same: somebody has to be able to revoke it.
        Err(StoreError::Corrupt(_)) => Ok(unresolved(id)),
        found => found,
    }
}

fn without_roles(user: User) -> BotUser {
    BotUser { id: user.id, name: user.name, account_role: user.role, organizations: Vec::new() }
}

/// A bot user that is gone or cannot be read has no name and the contract's placeholder role.
fn unresolved(id: UserId) -> BotUser {
    let account_role = AccountRole::Member;
    BotUser { id, name: String::new(), account_role, organizations: Vec::new() }
}

/// A bot user with all its roles.
pub(super) async fn bot<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    id: UserId,
) -> RowResult<BotUser> {
    let Some(user) = tx.user(account, id).await? else {
        return Ok(unresolved(id));
    };
    let mut organizations = tx.bot_organizations(account, id).await?;
    for (organization, space) in tx.bot_spaces(account, id).await? {
        if let Some(found) = organizations.iter_mut().find(|found| found.id == organization) {
            found.spaces.push(space);
        }
    }
    Ok(BotUser { organizations, ..without_roles(user) })
}
