//! `claviger keys list`.

use arize::Client;
use arize::api_keys::{ApiKey, ListRequest};
use futures_util::TryStreamExt as _;

use crate::args::List;
use crate::output::keys;

/// The largest page that servers give.
const LARGEST_PAGE: u32 = 100;

pub(super) async fn run(args: List, client: &Client) -> anyhow::Result<()> {
    let most =
        if args.all { usize::MAX } else { usize::try_from(args.limit).unwrap_or(usize::MAX) };
    // One more than wanted tells whether there are more.
    let page = if args.all { LARGEST_PAGE } else { args.limit.saturating_add(1).min(LARGEST_PAGE) };
    let request = ListRequest {
        key_type: args.key_type.map(Into::into),
        status: args.status.map(Into::into),
        space: args.space,
        user_id: args.user,
        limit: u16::try_from(page).ok(),
        cursor: None,
    };
    let mut pages = client.api_keys().list_all(request);
    let mut found: Vec<ApiKey> = Vec::new();
    let mut has_more = false;
    while let Some(key) = pages.try_next().await? {
        if found.len() == most {
            has_more = true;
            break;
        }
        found.push(key);
    }
    keys::list(&found, has_more, args.json)
}
