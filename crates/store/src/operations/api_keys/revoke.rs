//! Revoking keys.

use claviger_domain::decide::Named;
use claviger_domain::{Action, ApiKey, ApiKeyId, KeyType, Target, UserId, decide};
use jiff::Timestamp;
use serde_json::json;

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::note_revoked;
use crate::operations::authenticate;
use crate::transaction::{Driver, RowResult, Transaction};

/// Revokes a key. A second time changes nothing and writes nothing.
#[derive(Clone, Copy, Debug)]
pub struct RevokeKey {
    /// Which.
    pub id: ApiKeyId,
}

impl Operation for RevokeKey {
    type Output = ();
    const NAME: &'static str = "revoke_key";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::ApiKey(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let now = tx.now();
        let Self { id } = self;

        let caller = authenticate::caller(tx).await?;
        let access = authenticate::access(tx, &caller).await?;
        let subject = authenticate::subject(tx, &caller, id).await?;
        decide::revoke(&caller, &access, subject.as_ref())?;
        let Some(key) = subject.map(|subject| subject.key).filter(|key| key.revoked_at.is_none())
        else {
            return Ok(());
        };
        end(tx, &key, now.at).await?;
        let target = Target::ApiKey(key.id);
        tx.audit(&caller, Action::ApiKeyRevoke, target, json!({})).await?;
        Ok(())
    }
}

/// Revokes all user keys of a person, and the sign-in secrets of theirs that somebody was shown: who holds one could make a key after the
/// others have ended. A second time changes nothing and writes nothing.
#[derive(Clone, Copy, Debug)]
pub struct RevokeAllKeys {
    /// Whose; the caller's own if nobody is named.
    pub user: Option<UserId>,
    /// Whether the key of the request goes too, if it is one of them.
    pub include_current: bool,
}

/// What was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevokedKeys {
    /// How many keys.
    pub count: u32,
    /// The key of the request, if it is one of them and stays.
    pub kept: Option<ApiKeyId>,
}

impl Operation for RevokeAllKeys {
    type Output = RevokedKeys;
    const NAME: &'static str = "revoke_all_keys";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        self.user.map(Target::User)
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<RevokedKeys> {
        let at = tx.now().at;
        let (caller, access) = authenticate::caller_and_access(tx).await?;
        let account = caller.account.id;
        let named = match self.user {
            None => None,
            Some(id) => Some(tx.user(account, id).await?.map_or(Named::Missing, Named::Found)),
        };
        let user = decide::revoke_all(&caller, &access, named)?.id;
        let is_own = user == caller.user.id;
        let kept = (is_own && !self.include_current).then_some(caller.key.id);
        let revoked = tx.revoke_user_keys(account, user, kept, at).await?;
        let count = u32::try_from(revoked.len()).unwrap_or(u32::MAX);
        let secrets = tx.delete_shown_ways_back(account, user).await?;
        if count > 0 {
            let difference = i32::try_from(count).unwrap_or(i32::MAX);
            tx.count_user_keys(account, user, -difference).await?;
        }
        if count > 0 || secrets > 0 {
            let mut details = json!({
                "deleted_sign_in_secrets": secrets,
                "kept_key": kept.map(ApiKeyId::number),
            });
            note_revoked(&mut details, "revoked_user_keys", &revoked);
            tx.audit(&caller, Action::ApiKeyRevokeAll, Target::User(user), details).await?;
        }
        Ok(RevokedKeys { count, kept })
    }
}

/// Ends a live key.
pub(super) async fn end<D: Driver>(
    tx: &mut Transaction<'_, D>,
    key: &ApiKey,
    at: Timestamp,
) -> RowResult<()> {
    tx.revoke_key(key.account, key.id, at).await?;
    if key.key_type == KeyType::User {
        tx.count_user_keys(key.account, key.acts_for, -1).await?;
    }
    Ok(())
}
