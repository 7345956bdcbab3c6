//! Checks that a file contains the key to be replaced: it may have the only copy of another key.

use arize::Client;
use arize::api_keys::ApiKey;

use super::super::http::failure::Refused;
use super::destination::{Destination, Present};

/// What a destination holds.
pub(super) enum Holds {
    /// The key that is to be replaced, or nothing that could be lost.
    TheKey,
    /// A key that took its place in an earlier rotation.
    Successor(Box<ApiKey>),
}

/// Looks up the key that is to be replaced, if that takes knowing more than its id: what it looks like or when it ends.
pub(super) async fn look_up(
    client: &Client,
    id: &str,
    destination: &Destination,
    keeps_expiry: bool,
    force: bool,
) -> anyhow::Result<Option<ApiKey>> {
    let is_compared = !force && !matches!(destination.present(), Present::Nothing);
    if !is_compared && !keeps_expiry {
        return Ok(None);
    }
    let message = if is_compared {
        format!(
            "nothing was done: the key could not be looked up to compare it with the content of {}; use `--force` to replace it anyway",
            destination.place()
        )
    } else {
        "nothing was done: when the key expires could not be looked up; `--expires-in`, `--expires-at` or `--never-expires` say when \
         the new secret does"
            .to_owned()
    };
    let key = client.api_keys().get(id).await;
    key.map(Some).map_err(|error| anyhow::Error::from(error).context(message))
}

/// Compares what a destination holds with what the server shows of the key. Anything else than the key is refused.
pub(super) async fn check(
    client: &Client,
    key: &ApiKey,
    grace_seconds: u32,
    destination: &Destination,
) -> anyhow::Result<Holds> {
    let place = destination.place();
    let present = match destination.present() {
        Present::Nothing => return Ok(Holds::TheKey),
        Present::Key(secret) => Some(secret),
        Present::NoKey => None,
    };
    let fits = |key: &ApiKey| present.as_ref().is_some_and(|secret| key.matches(secret));
    if fits(key) {
        return Ok(Holds::TheKey);
    }
    if present.is_some() {
        let successor = client.api_keys().successor(&key.id, grace_seconds).await;
        let successor = successor.map_err(|error| {
            anyhow::Error::from(error).context("nothing was done: the keys could not be listed")
        })?;
        if let Some(successor) = successor.filter(fits) {
            return Ok(Holds::Successor(Box::new(successor)));
        }
    }
    let what = if key.redacted_key.is_none() {
        "cannot be compared with the key, since the server does not show its beginning and end"
    } else if present.is_some() {
        "holds another key"
    } else {
        "does not hold a key"
    };
    let message = format!("nothing was done: {place} {what}; use `--force` to replace it anyway");
    Err(Refused(message).into())
}
