//! Whether a file holds the key that is to be replaced in it. What it holds may be the only copy of another key.

use arize::api_keys::ApiKey;
use arize::{Client, Secret};

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
            "nothing was done: the key could not be looked up, to compare it with what {} holds; `--force` replaces that all the same",
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
    let fits = |key: &ApiKey| present.as_ref().is_some_and(|secret| is_shown_as(secret, key));
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
    let message = format!("nothing was done: {place} {what}; `--force` replaces it all the same");
    Err(Refused(message).into())
}

/// Whether a secret can be the one of a key, by what servers show of it: `clvu_9zXg...guLM`.
pub(super) fn is_shown_as(secret: &Secret, key: &ApiKey) -> bool {
    key.redacted_key.as_deref().is_some_and(|redacted| fits(secret.reveal(), redacted))
}

/// Compares the beginning, and the end or the end of the public part.
fn fits(secret: &str, redacted: &str) -> bool {
    let Some((start, end)) = redacted.split_once("...") else { return false };
    let is_there = |rest: &str| rest.ends_with(end) || rest.contains(&format!("{end}_"));
    !start.is_empty() && !end.is_empty() && secret.strip_prefix(start).is_some_and(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_what_servers_show_of_it() {
        let key = "clvu_9zXg32LPP2okydw0guLM_NaSHCmkEy6WWgO9HJQimsRiEDAZBoye48oEUV4W2unW2oIiAY";
        assert!(fits(key, "clvu_9zXg...guLM"));
        assert!(fits("ak-abcdefxyz", "ak-abc...xyz"));
        for redacted in ["clvu_9zXg...guLN", "clvs_9zXg...guLM", "...", "clvu_...", "...oIiAY", ""]
        {
            assert!(!fits(key, redacted), "{redacted}");
        }
    }
}
