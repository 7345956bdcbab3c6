//! Finding the key that took the place of one that was refreshed. Servers do not tell, so only a single candidate counts.

use futures_util::TryStreamExt as _;
use jiff::SignedDuration;

use super::{ApiKey, ApiKeys, KeyType, ListRequest};
use crate::error::Result;
use crate::page::LARGEST_LIMIT;

/// The longest grace that a server gives.
const LONGEST_GRACE: SignedDuration = SignedDuration::from_hours(24);

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
    pub(super) async fn successor_of(&self, id: &str) -> Result<Successor> {
        for key_type in [KeyType::User, KeyType::Service] {
            let request = ListRequest {
                key_type: Some(key_type),
                limit: Some(LARGEST_LIMIT),
                ..ListRequest::default()
            };
            let keys: Vec<ApiKey> = self.list_all(request).try_collect().await?;
            let Some(old) = keys.iter().find(|key| key.id == id) else { continue };
            let mut candidates = keys.iter().filter(|key| may_succeed(key, old));
            return Ok(match (candidates.next(), candidates.next()) {
                (Some(key), None) if key.last_used_at.is_none() => {
                    Successor::Unused(key.id.clone())
                }
                (Some(key), None) => Successor::InUse(Box::new(key.clone())),
                _ => Successor::Unknown,
            });
        }
        Ok(Successor::Unknown)
    }
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
