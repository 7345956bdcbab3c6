//! Makes a key for a bot user in a space: `create_service_key <name> <space>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::api_keys::CreateServiceKeyRequest;
use arize::{Client, PredefinedRole};

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    let mut arguments = std::env::args().skip(1);
    let request = CreateServiceKeyRequest {
        name: arguments.next().unwrap_or_else(|| "example".into()),
        space: arguments.next(),
        // Roles that are not given are the server's defaults.
        space_role: Some(PredefinedRole::ReadOnly.into()),
        ..CreateServiceKeyRequest::default()
    };
    let created = client.api_keys().create_service_key(request).await?;
    println!("{} {}", created.api_key.id, created.key.reveal());
    if let Some(bot) = created.api_key.bot_user {
        println!("acts for {}", bot.name);
    }
    Ok(())
}
