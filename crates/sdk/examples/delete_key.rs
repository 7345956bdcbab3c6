//! Revokes a key: `delete_key <id>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::Client;

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    match client.api_keys().delete(&std::env::args().nth(1).unwrap_or_default()).await {
        Ok(()) => println!("deleted"),
        Err(error) if error.is_not_found() => println!("there is no such key"),
        Err(error) => return Err(error),
    }
    Ok(())
}
