//! `claviger keys revoke` and `delete`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use arize::Client;
use arize::api_keys::{ApiKey, KeyStatus, KeyType, ListRequest};
use claviger_domain::{Clock as _, SystemClock};

use super::super::http::failure::{self, Misuse};
use crate::output::{self, keys};

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
    ids: &[String],
    yes: bool,
    client: &Client,
    how: How,
) -> anyhow::Result<ExitCode> {
    if !yes {
        confirm(ids, client).await?;
    }
    let mut code = ExitCode::SUCCESS;
    for id in ids {
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
                let failed = failure::report(
                    &failure::outcome(error, &not_done, &in_doubt),
                    Some(client),
                    false,
                );
                if code == ExitCode::SUCCESS {
                    code = failed;
                }
            }
        }
    }
    Ok(code)
}

/// Says what will stop. On a terminal it asks; without one, keys whose end locks somebody out need `--yes`.
async fn confirm(ids: &[String], client: &Client) -> anyhow::Result<()> {
    let is_asked = is_terminal();
    let mut locks_out = false;
    for id in ids {
        // What cannot be looked up may be ended all the same: the server decides.
        let Ok(key) = client.api_keys().get(id).await else { continue };
        let danger = danger(&key, client).await;
        if is_asked || danger.is_some() {
            keys::will_end(&key, danger);
        }
        locks_out |= danger.is_some();
    }
    if is_asked {
        ask()?;
    } else if locks_out {
        return Err(Misuse("nothing was done: use `--yes` to revoke them anyway".to_owned()).into());
    }
    Ok(())
}

/// Whether somebody is there who can be asked.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for confirmation on the terminal. Fails unless the answer is yes.
pub(super) fn ask() -> anyhow::Result<()> {
    output::note("Revoke them permanently? [y/N]");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Err(Misuse("nothing was done".to_owned()).into());
    }
    Ok(())
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
    let request = ListRequest::new().key_type(KeyType::User).status(KeyStatus::Active).limit(100);
    let own = keys.list_all(request).collect().await.ok()?;
    let mut working = own.iter().filter(|own| !own.is_expired(now));
    let is_last = working.next().is_some_and(|own| own.id == key.id) && working.next().is_none();
    is_last.then_some("it is the last working key of its user")
}
