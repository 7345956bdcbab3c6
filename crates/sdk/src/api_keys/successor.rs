//! Finding the key that took the place of one that was refreshed. Servers do not tell, so only a single candidate counts.

use futures_util::TryStreamExt as _;
use jiff::SignedDuration;

use super::{ApiKey, ApiKeys, KeyType, ListRequest};
use crate::error::Result;
use crate::page::LARGEST_LIMIT;

/// The longest grace that a server gives.
const LONGEST_GRACE: SignedDuration = SignedDuration::from_hours(24);

/// How far the end of a grace may be from where the grace that is asked for would end it.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

/// What took the place of a key.
pub(super) enum Successor {
    /// This one, and nobody has used it.
    Unused(String),
    /// This one, and somebody uses it.
    InUse(Box<ApiKey>),
    /// Nothing, or it cannot be told which.
    Unknown,
}

impl ApiKeys {
    pub(super) async fn successor_of(&self, id: &str, grace: SignedDuration) -> Result<Successor> {
        for key_type in [KeyType::User, KeyType::Service] {
            let request = ListRequest {
                key_type: Some(key_type),
                limit: Some(LARGEST_LIMIT),
                ..ListRequest::default()
            };
            let keys: Vec<ApiKey> = self.list_all(request).try_collect().await?;
            let Some(old) = keys.iter().find(|key| key.id == id) else { continue };
            return Ok(match last_successor(&keys, old, grace) {
                Some(key) if key.last_used_at.is_none() => Successor::Unused(key.id.clone()),
                Some(key) => Successor::InUse(Box::new(key.clone())),
                None => Successor::Unknown,
            });
        }
        Ok(Successor::Unknown)
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
    is_alike && made >= old_made && !grace.is_negative() && grace <= LONGEST_GRACE
}
