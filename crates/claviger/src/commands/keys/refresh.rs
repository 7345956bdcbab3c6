//! `claviger keys refresh`.

use arize::Client;
use arize::api_keys::RefreshRequest;

use super::super::http::failure;
use super::destination::Destination;
use crate::args::Refresh;
use crate::output::keys;

const NOT_DONE: &str = "the key was not refreshed";
const IN_DOUBT: &str = "it is not known whether the key was refreshed: `claviger keys list` shows whether it has a successor; \
     `claviger keys rotate` takes up what was begun";

pub(super) async fn run(args: Refresh, client: &Client) -> anyhow::Result<()> {
    let destination = Destination::of_new_key(&args.new_file, args.json)?;
    let request = RefreshRequest {
        api_key_id: args.id.clone(),
        expires_at: super::expires_at(&args.expiry)?,
        grace_period_seconds: Some(super::grace_seconds(args.grace)),
    };
    let created = client.api_keys().refresh(request).await;
    let created = created.map_err(|error| failure::outcome(error, NOT_DONE, IN_DOUBT))?;
    let kept = destination.keep_or_revoke(client, &created).await?;
    keys::refreshed(&args.id, &created.api_key, args.grace, kept.as_deref());
    Ok(())
}
