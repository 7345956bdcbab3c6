//! Gives a key a new secret, while the old one works for five minutes more: `refresh_key <id>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::RefreshRequest;

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    // Without `expires_at` the new secret never expires.
    let request = RefreshRequest::new(std::env::args().nth(1).unwrap_or_default());
    let refreshed = client.api_keys().refresh(request).await?;
    println!("{} {}", refreshed.id, refreshed.key.reveal());
    Ok(())
}
