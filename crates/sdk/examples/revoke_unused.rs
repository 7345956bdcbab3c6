//! Finds keys that nobody has used for 90 days, and revokes them with `--revoke`: `revoke_unused [--revoke] [space]`.
//!
//! Without a space these are your own user keys; with one, its service keys. `last_used_at` tells when a key was last used; one that
//! never was counts from the day that it was made. The key that this program uses stays.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::process::ExitCode;

use arize::Client;
use arize::api_keys::{ApiKey, KeyStatus, ListRequest};
use arize::jiff::{SignedDuration, Timestamp};

const UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);

#[tokio::main]
async fn main() -> arize::Result<ExitCode> {
    let (flags, names): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let revoke = flags.iter().any(|flag| flag == "--revoke");

    let client = Client::from_environment()?;
    let keys = client.api_keys();
    let mut request = ListRequest::new().status(KeyStatus::Active).limit(100);
    request.space = names.into_iter().next();
    // All of them before the first is revoked: pages move when keys go.
    let found = keys.list_all(request).collect().await?;

    #[expect(clippy::disallowed_methods, reason = "a program of its own, with the system's clock")]
    let now = Timestamp::now();
    let mut failed = 0;
    for key in found.iter().filter(|key| is_unused(key, now) && !keys.is_current(key)) {
        let since = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        println!("{} {}, last used: {since}", key.id, key.name);
        if !revoke {
            continue;
        }
        match keys.revoke(&key.id).await {
            Ok(()) => println!("  revoked"),
            Err(error) => {
                failed += 1;
                println!("  not revoked: {error}");
            }
        }
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether a key has not been used for so long. A server that tells nothing of a key says nothing against it.
fn is_unused(key: &ApiKey, now: Timestamp) -> bool {
    let last = key.last_used_at.or(key.created_at);
    last.is_some_and(|last| now.duration_since(last) >= UNUSED)
}
