//! Stores new secrets: the only place that inserts a digest, and only from a [`Mint`].

use claviger_domain::{
    ApiKey, ApiKeyId, Caller, Description, KeyName, KeyText, KeyType, Mint, SignInPurpose, SpaceId,
};
use jiff::Timestamp;
use serde_json::Value;

use super::shares;
use crate::CallResult;
use crate::tables::{NewKey, NewSignInSecret};
use crate::transaction::{Driver, RowResult, Transaction};

/// What a new key is called, and what it replaces.
#[derive(Debug)]
pub(super) struct Label {
    pub name: KeyName,
    pub description: Option<Description>,
    pub replaces: Option<ApiKeyId>,
}

impl From<KeyName> for Label {
    fn from(name: KeyName) -> Self {
        Self { name, description: None, replaces: None }
    }
}

/// Keeps a new key, and counts it if it is a user key.
pub(super) async fn insert_key<D: Driver>(
    tx: &mut Transaction<'_, D>,
    mint: &Mint,
    text: &KeyText,
    label: Label,
) -> RowResult<ApiKey> {
    let key = ApiKey {
        id: ApiKeyId::UNASSIGNED,
        account: mint.account(),
        key_type: text.key_type,
        name: label.name,
        description: label.description,
        handle: text.handle,
        created_by: mint.created_by(),
        minted_by: mint.minted_by(),
        acts_for: mint.acts_for(),
        created_at: tx.now().at,
        expires_at: mint.expires_at(),
        revoked_at: None,
        last_used_at: None,
        replaces: label.replaces,
    };
    let new = NewKey { key, digest: tx.authority().keyring.digest(text, mint) };
    let id = tx.insert_key(&new).await?;
    if text.key_type == KeyType::User {
        tx.count_user_keys(mint.account(), mint.acts_for(), 1).await?;
    }
    Ok(ApiKey { id, ..new.key })
}

/// How many spaces of a key count as one change of its creator.
const SPACES_PER_CHANGE: usize = 100;

/// Keeps which spaces a service key is bound to. Large keys count as more than their one mint, since they are as many rows.
pub(super) async fn insert_key_spaces<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    key: &ApiKey,
    spaces: &[SpaceId],
) -> CallResult<()> {
    for _ in 0..spaces.len() / SPACES_PER_CHANGE {
        shares::admit_change(tx, caller.account.id, caller).await?;
    }
    Ok(tx.insert_key_spaces(key, spaces).await?)
}

/// Keeps a sign-in secret of a person, and returns until when it is good.
pub(super) async fn set_sign_in_secret<D: Driver>(
    tx: &mut Transaction<'_, D>,
    mint: &Mint,
    text: &KeyText,
    purpose: SignInPurpose,
) -> RowResult<Timestamp> {
    let expires_at = mint.expires_at().unwrap_or(Timestamp::MAX);
    let secret = NewSignInSecret {
        purpose,
        handle: text.handle,
        digest: tx.authority().keyring.digest(text, mint),
        expires_at,
        mint: *mint,
    };
    tx.add_sign_in_secret(&secret).await?;
    Ok(expires_at)
}

/// What the record says of a new credential: also that it outlives the key that it was made with
/// (docs/threat-model.md#keys-that-outlive-their-creator-key), that it acts for another person (docs/threat-model.md#impersonation), and
/// who was shown it if that is not the actor.
pub(super) fn flagged(mut details: Value, mint: &Mint) -> Value {
    if mint.outlives() {
        details["outlives_creating_key"] = true.into();
    }
    if mint.impersonates() {
        details["impersonation"] = true.into();
    }
    details
}
