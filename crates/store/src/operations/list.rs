//! Listing keys, and looking up bot users.

use claviger_domain::decide::{self, KeyFilter, KeyScope, Named};
use claviger_domain::{AccountId, AccountRole, ApiKeyId, Caller, KeyType, Refusal, UserId};

use super::authenticate;
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{After, BotUser, ListKeys, ListedKey, Page, TimedCall};
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
    let before = place(&caller, query.after)?.unwrap_or(ApiKeyId::new(i64::MAX));
    let limit = query.limit + 1;
    let page = KeyPage { account, scope, status: query.status, before, limit };
    let keys = tx.keys(page).await?;
    let Page { items: keys, has_more, reader } = cut(&caller, keys, query.limit);
    let mut items = Vec::with_capacity(keys.len());
    for key in keys {
        let mut bot = None;
        if query.with_bots && key.key_type == KeyType::Service {
            bot = Some(listed_bot(tx, account, key.acts_for, scope).await?);
        }
        items.push(ListedKey { key, bot });
    }
    Ok(Page { reader, items, has_more })
}

fn named<T>(found: Option<T>) -> Named<T> {
    found.map_or(Named::Missing, Named::Found)
}

/// One row more than the page was read, to learn whether there is a next one.
pub(super) fn cut<T>(caller: &Caller, mut items: Vec<T>, limit: u32) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = items.len() > limit;
    items.truncate(limit);
    Page { reader: caller.user.id, items, has_more }
}

/// Where to go on, if it is the caller's own list that goes on (T45).
pub(super) fn place<Id>(caller: &Caller, after: Option<After<Id>>) -> Result<Option<Id>, Refusal> {
    match after {
        Some(after) if after.reader != caller.user.id => {
            Err(Refusal::invalid("cursor", "it belongs to another list: start again without it"))
        }
        after => Ok(after.map(|after| after.id)),
    }
}

/// In lists that a space filters, the other bindings are not the caller's to read: none are shown (CONTRACT §2.3).
async fn listed_bot<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    id: UserId,
    scope: KeyScope,
) -> RowResult<BotUser> {
    if matches!(scope, KeyScope::ServiceKeysIn(..)) {
        let user = tx.user(account, id).await?;
        let (name, account_role) =
            user.map_or((String::new(), AccountRole::Member), |user| (user.name, user.role));
        return Ok(BotUser { id, name, account_role, organizations: Vec::new() });
    }
    bot(tx, account, id).await
}

/// A bot user with all its roles. One that is gone has no name and the contract's placeholder role.
pub(super) async fn bot<D: Driver>(
    tx: &mut Transaction<D>,
    account: AccountId,
    id: UserId,
) -> RowResult<BotUser> {
    let Some(user) = tx.user(account, id).await? else {
        let account_role = AccountRole::Member;
        return Ok(BotUser { id, name: String::new(), account_role, organizations: Vec::new() });
    };
    let mut organizations = tx.bot_organizations(account, id).await?;
    for (organization, space) in tx.bot_spaces(account, id).await? {
        if let Some(found) = organizations.iter_mut().find(|found| found.id == organization) {
            found.spaces.push(space);
        }
    }
    Ok(BotUser { id, name: user.name, account_role: user.role, organizations })
}
