//! Makes a key for yourself that lasts thirty days: `create_key <name>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::CreateRequest;
use arize::jiff::{SignedDuration, Timestamp};

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    #[expect(clippy::disallowed_methods, reason = "a program of its own, with the system's clock")]
    let in_thirty_days = Timestamp::now() + SignedDuration::from_hours(24 * 30);
    let request = CreateRequest::new(std::env::args().nth(1).unwrap_or_else(|| "example".into()))
        .description("made by an example")
        .expires_at(in_thirty_days);
    let created = client.api_keys().create(request).await?;
    // The one time that it is shown: put it where it is kept.
    println!("{} {}", created.id, created.key.reveal());
    Ok(())
}
