//! What presented keys lead to, and what their holders may do.

use std::collections::HashMap;

use claviger_domain::decide::{KeyRecord, VerifyPlace, prove};
use claviger_domain::{
    AccountId, AccountRole, KeyHandle, KeyText, Keyring, Membership, User, UserId,
};
use claviger_verify::Facts;

use super::authenticate::access_with;
use crate::CallResult;
use crate::error::Corrupt;
use crate::transaction::{Driver, RowResult, Transaction};

/// Keys by their handles, with the memberships of whom they act for.
pub(super) struct Holders {
    keys: HashMap<KeyHandle, KeyRecord>,
    memberships: HashMap<UserId, Vec<Membership>>,
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
        let memberships = HashMap::new();
        handles.sort_unstable();
        handles.dedup();
        if handles.is_empty() {
            return Ok(Self { keys: HashMap::new(), memberships, unreadable: None });
        }
        let found = tx.keys_with_handles(account, &handles).await?;
        let keys = found.items.into_iter().map(|record| (record.caller.key.handle, record));
        let mut holders = Self { keys: keys.collect(), memberships, unreadable: found.unreadable };
        holders.read_memberships(tx, account).await?;
        Ok(holders)
    }

    /// Account administrators' own roles further down add nothing, and are not read.
    async fn read_memberships<D: Driver>(
        &mut self,
        tx: &mut Transaction<'_, D>,
        account: AccountId,
    ) -> RowResult<()> {
        let users = self.keys.values().map(|record| &record.caller.user);
        let mut users: Vec<_> =
            users.filter(|user| user.role != AccountRole::Admin).map(|user| user.id).collect();
        users.sort_unstable();
        users.dedup();
        if users.is_empty() {
            return Ok(());
        }
        for (user, membership) in tx.memberships_of_users(account, &users).await? {
            self.memberships.entry(user).or_default().push(membership);
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
            let held = self.access(&holder.user).held(place.scope());
            Facts { holder, held }
        }))
    }

    fn access(&self, user: &User) -> claviger_domain::Access {
        access_with(user, self.memberships.get(&user.id).cloned().unwrap_or_default())
    }
}
