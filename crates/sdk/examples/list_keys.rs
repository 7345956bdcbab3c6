//! Lists the service keys of a space: `list_keys [space]`. Without a space, your own keys.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::{KeyStatus, ListRequest};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    let request = ListRequest {
        status: Some(KeyStatus::Active),
        space: std::env::args().nth(1),
        ..ListRequest::default()
    };
    let mut keys = client.api_keys().list_all(request);
    while let Some(key) = keys.try_next().await? {
        println!("{} {} {} {}", key.id, key.key_type, key.status, key.name);
    }
    Ok(())
}
