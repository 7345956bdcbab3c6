//! Replaces the text of a key in a file: `rotate_key <id> <file>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::fs::File;
use std::io::Write as _;

use arize::Client;
use arize::api_keys::RotateRequest;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_environment()?;
    let mut arguments = std::env::args().skip(1);
    let api_key_id = arguments.next().unwrap_or_default();
    let file = arguments.next().unwrap_or_else(|| "key".into());
    let request = RotateRequest { api_key_id, ..RotateRequest::default() };
    let store = async |created: arize::api_keys::ApiKeyCreated| {
        // It returns once the new text is safe.
        let mut file = File::create(&file)?;
        file.write_all(created.key.reveal().as_bytes())?;
        file.sync_all()
    };
    let rotated = client.api_keys().rotate(request, store).await?;
    println!("{}", rotated.id);
    Ok(())
}
