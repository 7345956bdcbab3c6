//! Lists the service keys of a space: `list_keys [space]`. Without a space, your own keys.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::{KeyStatus, ListRequest};

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    let mut request = ListRequest::new().status(KeyStatus::Active);
    request.space = std::env::args().nth(1);
    let mut keys = client.api_keys().list_all(request);
    while let Some(key) = keys.try_next().await? {
        println!("{} {} {} {}", key.id, key.key_type, key.status, key.name);
    }
    Ok(())
}
