//! `claviger keys refresh`.

use arize::Client;
use arize::api_keys::RefreshRequest;

use super::super::http::failure::{self, Refused};
use super::destination::Destination;
use super::holds::{self, Holds};
use super::which;
use crate::args::Refresh;
use crate::output::keys;

const NOT_DONE: &str = "the key was not refreshed";
const IN_DOUBT: &str = "it is unknown whether the key was refreshed: `claviger keys list` shows whether it has a successor; \
     `claviger keys rotate` takes up what was begun";

pub(super) async fn run(args: Refresh, client: &Client) -> anyhow::Result<()> {
    let destination = Destination::of_new_key(&args.new_file, args.json)?;
    let id = which::id(&args.id, client).await?;
    let grace = super::grace_seconds(args.grace);
    let keeps_expiry = super::keeps_expiry(&args.expiry);
    let key = holds::look_up(client, &id, &destination, keeps_expiry, args.force).await?;
    if let Some(key) = &key
        && !args.force
        && let Holds::Successor(successor) = holds::check(client, key, grace, &destination).await?
    {
        let message = format!(
            "nothing was done: the key was refreshed before, and its successor `{}` is in {}: refresh that",
            successor.id,
            destination.place()
        );
        return Err(Refused(message).into());
    }
    let expires_at = if keeps_expiry {
        key.and_then(|key| key.expires_at)
    } else {
        super::expires_at(args.expiry.expires_in, args.expiry.expires_at)?
    };
    let mut request = RefreshRequest::new(&id).grace_period_seconds(grace);
    request.expires_at = expires_at;
    let created = client.api_keys().refresh(request).await;
    let created = created.map_err(|error| failure::outcome(error, NOT_DONE, IN_DOUBT))?;
    let kept = destination.keep_or_revoke(client, &created).await?;
    keys::refreshed(&id, &created.api_key, args.grace, kept.as_deref());
    Ok(())
}
