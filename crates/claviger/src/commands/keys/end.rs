//! `claviger keys revoke` and `delete`.

use std::process::ExitCode;

use arize::Client;
use arize::api_keys::{ApiKey, KeyStatus, KeyType, ListRequest};
use claviger_domain::{Clock as _, SystemClock};

use super::super::http::confirm::{self, WithoutTerminal};
use super::super::http::failure;
use super::which;
use crate::output::keys;

/// What is asked before keys end.
pub(super) const QUESTION: &str = "Revoke them permanently?";

/// Which call ends the key.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// `PUT …/revoke`.
    Revoke,
    /// `DELETE`.
    Delete,
}

/// Ends one key after the other, whatever becomes of those before.
pub(super) async fn run(
    keys: &[String],
    yes: bool,
    client: &Client,
    how: How,
) -> anyhow::Result<ExitCode> {
    let mut code = None;
    let mut ids = Vec::new();
    for key in keys {
        match which::id(key, client).await {
            Ok(id) => ids.push(id),
            Err(error) => {
                let error = error.context(format!("{} was not revoked", keys::typed(key)));
                code.get_or_insert(failure::report(&error, Some(client), false));
            }
        }
    }
    if !yes && !ids.is_empty() {
        confirm(&ids, client).await?;
    }
    for id in &ids {
        let ended = match how {
            How::Revoke => client.api_keys().revoke(id).await,
            How::Delete => client.api_keys().delete(id).await,
        };
        match ended {
            Ok(()) => keys::ended(id),
            Err(error) => {
                let not_done = format!("{} was not revoked", keys::typed(id));
                let in_doubt = format!(
                    "it is unknown whether {} was revoked: run `claviger keys revoke` again",
                    keys::typed(id)
                );
                let error = failure::outcome(error, &not_done, &in_doubt);
                code.get_or_insert(failure::report(&error, Some(client), false));
            }
        }
    }
    Ok(code.unwrap_or(ExitCode::SUCCESS))
}

/// Says what will stop, and asks. Without a terminal, keys whose end locks somebody out need `--yes`.
async fn confirm(ids: &[String], client: &Client) -> anyhow::Result<()> {
    let is_asked = confirm::is_terminal();
    let mut locks_out = false;
    for id in ids {
        // What cannot be looked up may be ended all the same: the server decides.
        let Some(key) = which::look_up(id, client).await else { continue };
        let danger = danger(&key, client).await;
        if is_asked || danger.is_some() {
            keys::will_end(&key, danger);
        }
        locks_out |= danger.is_some();
    }
    let without_terminal =
        if locks_out { WithoutTerminal::Refuse } else { WithoutTerminal::Proceed };
    confirm::ask(QUESTION, without_terminal)
}

/// Why ending a key may lock somebody out.
async fn danger(key: &ApiKey, client: &Client) -> Option<&'static str> {
    let keys = client.api_keys();
    if key.status != KeyStatus::Active {
        return None;
    }
    if keys.is_current(key) {
        return Some("it is the key in use");
    }
    let now = SystemClock.now();
    if key.key_type != KeyType::User {
        return None;
    }
    let mut request =
        ListRequest::new().key_type(KeyType::User).status(KeyStatus::Active).limit(100);
    // The keys of the person whose key it is, who need not be the caller.
    request.user_id.clone_from(&key.created_by_user_id);
    let theirs = keys.list_all(request).collect().await.ok()?;
    let mut working = theirs.iter().filter(|key| !key.is_expired(now));
    let is_last =
        working.next().is_some_and(|other| other.id == key.id) && working.next().is_none();
    is_last.then_some("it is the last working key of its user")
}
