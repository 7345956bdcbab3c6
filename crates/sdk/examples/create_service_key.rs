//! Makes a key for a bot user in a space: `create_service_key <name> <space>`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use arize::api_keys::CreateServiceKeyRequest;
use arize::{Client, PredefinedRole};

#[tokio::main]
async fn main() -> arize::Result<()> {
    let client = Client::from_environment()?;
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "example".into());
    let space = arguments.next().unwrap_or_default();
    // Roles that are not given are the server's defaults.
    let request =
        CreateServiceKeyRequest::in_space(name, space).space_role(PredefinedRole::ReadOnly);
    let created = client.api_keys().create_service_key(request).await?;
    println!("{} {}", created.id, created.key.reveal());
    if let Some(bot) = &created.bot_user {
        println!("acts for {}", bot.name);
    }
    Ok(())
}
