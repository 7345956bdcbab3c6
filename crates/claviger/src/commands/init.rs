//! `claviger init`: makes a data directory, and shows nothing that was not asked for.

use anyhow::{Context as _, bail};
use claviger_domain::{Email, Name};

use crate::args::Init;
use crate::data_dir::{self, Beginning};
use crate::output;

pub(crate) async fn run(args: Init) -> anyhow::Result<()> {
    if let Some(file) = &args.admin_key.admin_key_file
        && file.exists()
    {
        bail!("{} is there already: the key goes to a new file", file.display());
    }
    let beginning = Beginning {
        account: named("--account", &args.account)?,
        organization: named("--organization", &args.organization)?,
        space: named("--space", &args.space)?,
        admin_name: named("--admin-name", &args.admin_name)?,
        admin_email: address(&args.admin_email)?,
    };
    let finish = |_: &std::path::Path, made: &data_dir::Made| match &args.admin_key.admin_key_file {
        Some(file) => data_dir::write_secret(file, &format!("{}\n", made.admin_key)),
        None => Ok(()),
    };
    let pepper = args.pepper_file.as_deref();
    let made = data_dir::make(&args.data_dir, pepper, beginning, finish)
        .await
        .with_context(|| format!("{} cannot be initialised", args.data_dir.display()))?;
    if args.admin_key.print_admin_key {
        output::key(&made.admin_key)?;
    }
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
