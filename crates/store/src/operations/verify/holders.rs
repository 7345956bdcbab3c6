//! What presented keys lead to, and what their holders may do.

use std::collections::HashMap;

use claviger_domain::decide::{KeyRecord, VerifyPlace, prove};
use claviger_domain::{
    Access, AccountId, AccountRole, KeyHandle, KeyText, Keyring, Membership, PermissionSet, UserId,
};
use claviger_verify::Facts;

use super::authenticate::access_with;
use crate::CallResult;
use crate::error::Corrupt;
use crate::transaction::{Driver, RowResult, Transaction};

/// Keys by their handles, with what those whom they act for may do.
pub(super) struct Holders {
    keys: HashMap<KeyHandle, KeyRecord>,
    access: HashMap<UserId, Access>,
    /// What is wrong with a row that cannot be read: a key that is not found may be that one.
    unreadable: Option<Corrupt>,
}

impl Holders {
    /// Reads the account's keys with these handles.
    pub(super) async fn read<D: Driver>(
        tx: &mut Transaction<'_, D>,
        account: AccountId,
        mut handles: Vec<KeyHandle>,
    ) -> RowResult<Self> {
        let access = HashMap::new();
        handles.sort_unstable();
        handles.dedup();
        if handles.is_empty() {
            return Ok(Self { keys: HashMap::new(), access, unreadable: None });
        }
        let found = tx.keys_with_handles(account, &handles).await?;
        let keys = found.items.into_iter().map(|record| (record.caller.key.handle, record));
        let mut holders = Self { keys: keys.collect(), access, unreadable: found.unreadable };
        holders.read_access(tx, account).await?;
        Ok(holders)
    }

    /// Once for each user, whose keys may be many. Account administrators' own roles further down add nothing, and are not read.
    async fn read_access<D: Driver>(
        &mut self,
        tx: &mut Transaction<'_, D>,
        account: AccountId,
    ) -> RowResult<()> {
        let users = self.keys.values().map(|record| &record.caller.user);
        let mut users: Vec<_> =
            users.filter(|user| user.role != AccountRole::Admin).map(|user| user.id).collect();
        users.sort_unstable();
        users.dedup();
        let mut memberships: HashMap<UserId, Vec<Membership>> = HashMap::new();
        if !users.is_empty() {
            for (user, membership) in tx.memberships_of_users(account, &users).await? {
                memberships.entry(user).or_default().push(membership);
            }
        }
        for user in self.keys.values().map(|record| &record.caller.user) {
            self.access.entry(user.id).or_insert_with(|| {
                access_with(user, memberships.remove(&user.id).unwrap_or_default())
            });
        }
        Ok(())
    }

    /// What is known of a presented key, and what its holder is permitted in a place; nothing if the key is not proven.
    pub(super) fn facts(
        &self,
        keyring: &Keyring,
        key: &KeyText,
        place: &VerifyPlace,
    ) -> CallResult<Option<Facts>> {
        let found = self.keys.get(&key.handle).cloned();
        if let (None, Some(corrupt)) = (&found, &self.unreadable) {
            return Err(crate::StoreError::from(corrupt.clone()).into());
        }
        Ok(prove(keyring, key, found).ok().map(|holder| {
            let access = self.access.get(&holder.user.id);
            let held = access.map_or(PermissionSet::EMPTY, |access| access.held(place.scope()));
            Facts { holder, held }
        }))
    }
}
