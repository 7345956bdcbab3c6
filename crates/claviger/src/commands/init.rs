//! `claviger init`: creates a data directory, and prints secrets only on request.

use anyhow::Context as _;
use claviger_domain::{Email, Name};

use crate::args::Init;
use crate::data_dir::{self, Beginning, FirstKey};
use crate::database::Database;
use crate::key_place::KeyPlace;
use crate::output;

pub(crate) async fn run(args: Init) -> anyhow::Result<()> {
    let beginning = Beginning {
        account: named("--account", &args.account)?,
        organization: named("--organization", &args.organization)?,
        space: named("--space", &args.space)?,
        admin_name: Name::of_person(args.admin_name.trim())
            .map(String::from)
            .context("`--admin-name` cannot be used")?,
        admin_email: address(&args.admin_email)?,
    };
    data_dir::is_outside(
        "--admin-key-file",
        args.admin_key.admin_key_file.as_deref(),
        &args.data_dir,
    )?;
    data_dir::is_outside("--pepper-file", args.pepper_file.as_deref(), &args.data_dir)?;
    let first_key = FirstKey::To(KeyPlace::prove(&args.admin_key)?);
    let database = Database::of(&args.data_dir, &args.database)?;
    let pepper = args.pepper_file.as_deref();
    let made = data_dir::make(&args.data_dir, &database, pepper, beginning, first_key)
        .await
        .with_context(|| format!("{} cannot be initialised", args.data_dir.display()))?;
    output::initialised(&args.data_dir, &made.organization_id, &made.space_id);
    Ok(())
}

/// What is written at the host is held to the same rules as what comes over HTTP.
fn named(flag: &str, name: &str) -> anyhow::Result<String> {
    Name::parse(name.trim()).map(String::from).with_context(|| format!("`{flag}` cannot be used"))
}

fn address(text: &str) -> anyhow::Result<String> {
    Email::parse(text.trim()).map(String::from).context("`--admin-email` cannot be used")
}
