//! `claviger keys list`, `get` and `whoami`.

use arize::Client;
use arize::api_keys::{ApiKey, KeyType, ListRequest};
use claviger_domain::{Clock as _, SystemClock};

use super::which;
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
    let key = which::key(&args.which, client).await?;
    keys::one(&key, args.json, SystemClock.now())
}

/// Shows the key that is used.
pub(super) async fn whoami(args: Whoami, client: &Client) -> anyhow::Result<()> {
    keys::one(&client.api_keys().current().await?, args.json, SystemClock.now())
}
