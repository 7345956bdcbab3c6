//! Finding keys: one by its id, and the one that took the place of one that was refreshed. Servers have a call for neither, so lists
//! are searched; of successors only a single candidate counts.

use jiff::SignedDuration;

use super::{ApiKey, ApiKeys, KeyStatus, KeyType, ListRequest};
use crate::error::{Error, Repr, Result};
use crate::id::require_id;
use crate::page::LARGEST_LIMIT;
use crate::stage::Stage;

/// The longest grace that a server gives.
const MAX_GRACE: SignedDuration = SignedDuration::from_hours(24);

/// How far the end of a grace may be from where the grace that is asked for would end it.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

impl ApiKeys {
    /// Finds a key by its id, among the user keys and service keys that the caller may list, also revoked ones.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if it is in none of the lists, and as [`list`](Self::list).
    pub async fn get(&self, api_key_id: &str) -> Result<ApiKey> {
        let this = self.begin(Stage::Alpha, "api_keys.get");
        require_id("api_key_id", api_key_id)?;
        for status in [KeyStatus::Active, KeyStatus::Revoked] {
            for key_type in [KeyType::User, KeyType::Service] {
                let keys = this.all_of(key_type, status.clone()).await?;
                if let Some(key) = keys.into_iter().find(|key| key.id == api_key_id) {
                    return Ok(key);
                }
            }
        }
        let name = api_key_id.to_owned();
        Err(Error::new(Repr::NameNotFound { resource: "API key", name, available: Vec::new() }))
    }

    /// Finds the client's own key, by the beginning and end that the server shows of it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the key may not see itself, and as [`list`](Self::list).
    pub async fn current(&self) -> Result<ApiKey> {
        let this = self.begin(Stage::Alpha, "api_keys.current");
        for key_type in [KeyType::User, KeyType::Service] {
            let keys = this.all_of(key_type, KeyStatus::Active).await?;
            if let Some(key) = keys.into_iter().find(|key| self.is_current(key)) {
                return Ok(key);
            }
        }
        let name = "the one that the client uses".to_owned();
        Err(Error::new(Repr::NameNotFound { resource: "API key", name, available: Vec::new() }))
    }

    /// Whether this can be the client's own key.
    pub fn is_current(&self, key: &ApiKey) -> bool {
        key.matches(&self.client.config().api_key)
    }

    /// Finds the key that took the place of one that was refreshed with this grace period; nothing if it cannot be told which.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub async fn successor(
        &self,
        api_key_id: &str,
        grace_period_seconds: u32,
    ) -> Result<Option<ApiKey>> {
        let this = self.begin(Stage::Alpha, "api_keys.successor");
        require_id("api_key_id", api_key_id)?;
        let grace = SignedDuration::from_secs(grace_period_seconds.into());
        for key_type in [KeyType::User, KeyType::Service] {
            let keys = this.all_of(key_type, KeyStatus::Active).await?;
            let Some(old) = keys.iter().find(|key| key.id == api_key_id) else { continue };
            return Ok(last_successor(&keys, old, grace).cloned());
        }
        Ok(None)
    }

    /// All keys of a type. Service keys that may not be listed are none.
    async fn all_of(&self, key_type: KeyType, status: KeyStatus) -> Result<Vec<ApiKey>> {
        let is_service = key_type == KeyType::Service;
        let request = ListRequest {
            key_type: Some(key_type),
            status: Some(status),
            limit: Some(LARGEST_LIMIT),
            ..ListRequest::default()
        };
        match self.list_all(request).collect().await {
            Err(error) if is_service && error.is_forbidden() => Ok(Vec::new()),
            keys => keys,
        }
    }
}

/// The one key that the old one led to. Several candidates count only as a chain, each with the grace of the one before: what is left
/// of this call having been interrupted more than once.
fn last_successor<'a>(
    keys: &'a [ApiKey],
    old: &ApiKey,
    grace: SignedDuration,
) -> Option<&'a ApiKey> {
    let mut candidates: Vec<&ApiKey> = keys.iter().filter(|key| may_succeed(key, old)).collect();
    candidates.sort_by_key(|key| key.created_at);
    let is_chain = candidates.windows(2).all(|pair| is_next(pair[1], pair[0], grace));
    let mut last = *candidates.last().filter(|_| is_chain)?;
    // Each is made later than the one before, so this ends.
    while let Some(next) = keys.iter().find(|key| is_next(key, last, grace)) {
        last = next;
    }
    Some(last)
}

/// Whether a key came of refreshing another with this grace.
fn is_next(key: &ApiKey, old: &ApiKey, grace: SignedDuration) -> bool {
    let Some((made, old_end)) = key.created_at.zip(old.expires_at) else { return false };
    let is_later = key.created_at > old.created_at;
    is_later && may_succeed(key, old) && (old_end.duration_since(made) - grace).abs() <= LEEWAY
}

/// Whether a key can have come of refreshing the old one: alike in all that is carried over, and made when the old one's grace began.
fn may_succeed(key: &ApiKey, old: &ApiKey) -> bool {
    let bot = |key: &ApiKey| key.bot_user.as_ref().map(|bot| bot.id.clone());
    let is_alike = key.id != old.id
        && key.name == old.name
        && key.description == old.description
        && key.created_by_user_id == old.created_by_user_id
        && bot(key) == bot(old);
    let (Some(made), Some(old_made), Some(old_end)) =
        (key.created_at, old.created_at, old.expires_at)
    else {
        return false;
    };
    let grace = old_end.duration_since(made);
    is_alike && made >= old_made && !grace.is_negative() && grace <= MAX_GRACE
}
