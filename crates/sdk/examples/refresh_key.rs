//! Gives a key a new text, while the old one goes on working for five minutes: `refresh_key <id>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::RefreshRequest;

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    let request = RefreshRequest {
        api_key_id: std::env::args().nth(1).unwrap_or_default(),
        // Without `expires_at` the new text never expires.
        grace_period_seconds: Some(300),
        ..RefreshRequest::default()
    };
    let refreshed = client.api_keys().refresh(request).await?;
    println!("{} {}", refreshed.api_key.id, refreshed.key.reveal());
    Ok(())
}
