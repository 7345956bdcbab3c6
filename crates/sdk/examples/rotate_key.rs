//! Replaces the secret of a key in a file: `rotate_key <id> <file>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;
use arize::api_keys::{RotateRequest, store_file};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_environment()?;
    let mut arguments = std::env::args().skip(1);
    let request = RotateRequest::new(arguments.next().unwrap_or_default());
    // The file is shown to be writable here, before anything is sent.
    let store = store_file(arguments.next().unwrap_or_else(|| "arize.key".into()))?;
    let rotated = client.api_keys().rotate(request, store).await?;
    println!("{}", rotated.id);
    Ok(())
}
