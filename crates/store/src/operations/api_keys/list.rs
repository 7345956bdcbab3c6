//! Listing keys, and looking up bot users.

use claviger_domain::decide::{self, KeyFilter, KeyScope, Named};
use claviger_domain::{AccountId, ApiKey, ApiKeyId, KeyStatus, KeyType, SpaceId, UserId};

use crate::CallResult;
use crate::error::StoreError;
use crate::operation::{Kind, Operation};
use crate::operations::page::{self, Filling, Room};
use crate::operations::{After, BotUser, Page, authenticate, bot_users};
use crate::tables::KeyPage;
use crate::transaction::{Driver, RowResult, Transaction};

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: ApiKey,
    /// The bot user of a service key, if it was asked for.
    pub bot: Option<BotUser>,
}

/// Which keys to list.
#[derive(Clone, Debug)]
pub struct ListKeys {
    /// Of which type.
    pub key_type: Option<KeyType>,
    /// With which status.
    pub status: KeyStatus,
    /// Of which space.
    pub space: Option<SpaceId>,
    /// Made by whom.
    pub user: Option<UserId>,
    /// Those before this one in the order of the list.
    pub after: Option<After<ApiKeyId>>,
    /// How many at most: 1 to 100.
    pub limit: u32,
    /// Whether to look up the bot users of service keys.
    pub with_bots: bool,
}

impl Operation for ListKeys {
    type Output = Page<ListedKey>;
    const NAME: &'static str = "list_keys";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<ListedKey>> {
        let caller = authenticate::caller(tx).await?;
        let account = caller.account.id;
        let access = authenticate::access(tx, &caller).await?;
        let mut filter = KeyFilter { key_type: self.key_type, ..KeyFilter::default() };
        if let Some(id) = self.space {
            filter.space = Some(named(tx.space(account, id).await?));
        }
        if let Some(id) = self.user {
            filter.user = Some(named(tx.user(account, id).await?));
        }
        let scope = decide::list_scope(&caller, &access, filter)?;
        let after = page::place(&caller, self.after)?;
        let limit = self.limit + 1;
        let mut list = Filling::new(self.limit, after, ApiKeyId::new);
        while list.goes_on {
            let before = list.after.unwrap_or(ApiKeyId::new(i64::MAX));
            let wanted = KeyPage { account, scope, status: self.status, before, limit };
            list.add(tx.keys(wanted).await?, |_| true);
        }
        let keys = list.shown;
        let (found, mut room) = (keys.len(), Room::new(self.limit));
        let mut items = Vec::new();
        for key in keys {
            // Bot users are read one by one, so that no more of them are read than there is room for.
            if room.is_full() {
                break;
            }
            let mut bot = None;
            if self.with_bots && key.key_type == KeyType::Service {
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
}

fn named<T>(found: Option<T>) -> Named<T> {
    found.map_or(Named::Missing, Named::Found)
}

/// In lists that a space filters, the other bindings are not readable for the caller: none are shown (docs/contract/keys.md#bot-user).
async fn listed_bot<D: Driver>(
    tx: &mut Transaction<'_, D>,
    account: AccountId,
    id: UserId,
    scope: KeyScope,
) -> RowResult<BotUser> {
    let found = match scope {
        KeyScope::ServiceKeysIn(..) => tx
            .user(account, id)
            .await
            .map(|user| user.map_or_else(|| bot_users::unresolved(id), bot_users::without_roles)),
        _ => bot_users::bot(tx, account, id).await,
    };
    match found {
        // The key is listed all the same: somebody has to be able to revoke it.
        Err(StoreError::Corrupt(_)) => Ok(bot_users::unresolved(id)),
        found => found,
    }
}
