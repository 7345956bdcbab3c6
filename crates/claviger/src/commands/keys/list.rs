//! `claviger keys list`, `get` and `whoami`.

use arize::Client;
use arize::api_keys::{ApiKey, KeyStatus, KeyType, ListRequest};
use claviger_domain::{Clock as _, SystemClock};

use super::super::http::failure::Misuse;
use crate::args::{Get, List, StatusFilter, Whoami};
use crate::output::keys;

/// The largest page that servers give.
const LARGEST_PAGE: u32 = 100;

pub(super) async fn run(args: List, client: &Client) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let most =
        if args.all { usize::MAX } else { usize::try_from(args.limit).unwrap_or(usize::MAX) };
    let user_id = match &args.user {
        Some(email) if email.contains('@') => Some(client.users().get(email).await?.id),
        other => other.clone(),
    };
    let name = args.name.as_deref().map(str::to_lowercase);
    let is_wanted = |key: &ApiKey| {
        let has_name = name.as_ref().is_none_or(|name| key.name.to_lowercase().contains(name));
        has_name
            && match args.status {
                Some(StatusFilter::Expired) => key.is_expired(now),
                Some(StatusFilter::Active) => !key.is_expired(now),
                Some(StatusFilter::Revoked) | None => true,
            }
    };
    // One more than wanted tells whether there are more.
    let page = if args.all { LARGEST_PAGE } else { args.limit.saturating_add(1).min(LARGEST_PAGE) };
    let mut found: Vec<ApiKey> = Vec::new();
    for key_type in types(&args) {
        let mut request = ListRequest::new();
        request.key_type = key_type.clone();
        request.status = args.status.map(Into::into);
        request.space = args.space.clone();
        request.user_id = user_id.clone();
        request.limit = u16::try_from(page).ok();
        let mut pages = client.api_keys().list_all(request);
        while found.len() <= most {
            let key = match pages.try_next().await {
                // `--all` lists what the key may list.
                Err(error)
                    if args.key_type.is_none() && !found.is_empty() && error.is_forbidden() =>
                {
                    break;
                }
                next => next?,
            };
            let Some(key) = key else { break };
            if is_wanted(&key) && found.iter().all(|other| other.id != key.id) {
                found.push(key);
            }
        }
    }
    let has_more = found.len() > most;
    found.truncate(most);
    keys::list(&found, has_more, args.json, now)
}

/// The types to list, one after the other. A space has service keys only.
fn types(args: &List) -> Vec<Option<KeyType>> {
    match (args.key_type, &args.space) {
        (Some(key_type), _) => vec![Some(key_type.into())],
        (None, Some(_)) => vec![None],
        (None, None) => vec![Some(KeyType::User), Some(KeyType::Service)],
    }
}

/// Shows one key.
pub(super) async fn get(args: Get, client: &Client) -> anyhow::Result<()> {
    let key = match client.api_keys().get(&args.which).await {
        Err(error) if error.is_not_found() || error.field().is_some() => {
            match by_name(&args.which, client).await? {
                Some(key) => key,
                None => return Err(error.into()),
            }
        }
        key => key?,
    };
    keys::one(&key, args.json, SystemClock.now())
}

/// Shows the key that is used.
pub(super) async fn whoami(args: Whoami, client: &Client) -> anyhow::Result<()> {
    keys::one(&client.api_keys().current().await?, args.json, SystemClock.now())
}

/// The one active key of a name.
async fn by_name(name: &str, client: &Client) -> anyhow::Result<Option<ApiKey>> {
    let mut found: Vec<ApiKey> = Vec::new();
    for key_type in [KeyType::User, KeyType::Service] {
        let request = ListRequest::new().key_type(key_type).status(KeyStatus::Active).limit(100);
        let mut pages = client.api_keys().list_all(request);
        while let Some(key) = pages.try_next().await? {
            if key.name == name && found.iter().all(|other| other.id != key.id) {
                found.push(key);
            }
        }
    }
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|key| key.id.as_str()).collect();
        let message =
            format!("more than one key has this name: use an id, one of {}", ids.join(", "));
        return Err(Misuse(message).into());
    }
    Ok(found.pop())
}
