//! `claviger keys revoke --all`.

use arize::Client;
use arize::api_keys::{KeyStatus, KeyType, ListRequest, RevokeAllRequest};

use super::super::http::confirm::{self, WithoutTerminal};
use super::end;
use crate::args::Revoke;
use crate::output::{self, keys};

/// How many keys are shown before it is asked.
const SHOWN: usize = 20;

/// Ends all user keys of a person.
pub(super) async fn run(args: &Revoke, client: &Client) -> anyhow::Result<()> {
    let user = match &args.user {
        Some(user) => Some(client.users().get(user).await?.id),
        None => None,
    };
    if !args.yes {
        preview(args, user.clone(), client).await;
        confirm::ask(end::QUESTION, WithoutTerminal::Refuse)?;
    }
    let mut request = RevokeAllRequest::new().include_current_key(args.include_current);
    request.user = user;
    let revoked = client.api_keys().revoke_all(request).await?;
    keys::ended_all(&revoked);
    Ok(())
}

/// Shows what will be revoked. A user who may not list keys can still revoke their own.
async fn preview(args: &Revoke, user_id: Option<String>, client: &Client) {
    let mut request =
        ListRequest::new().key_type(KeyType::User).status(KeyStatus::Active).limit(100);
    request.user_id = user_id;
    let calls = client.api_keys();
    let mut pages = calls.list_all(request);
    let mut count = 0;
    while let Ok(Some(key)) = pages.try_next().await {
        if calls.is_current(&key) && !args.include_current {
            continue;
        }
        count += 1;
        if count <= SHOWN {
            keys::will_end(&key, None);
        }
    }
    output::note(&format!("These are {count} keys, expired ones among them"));
}
