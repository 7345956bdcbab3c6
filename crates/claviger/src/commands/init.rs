//! `claviger init`: makes a data directory, and shows nothing that was not asked for.

use anyhow::{Context as _, bail};

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
        admin_email: address(args.admin_email)?,
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

fn named(flag: &str, name: &str) -> anyhow::Result<String> {
    let length = name.trim().chars().count();
    if (1..=255).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name.trim().to_owned())
    } else {
        bail!("`{flag}` must be a name of 1 to 255 characters")
    }
}

/// Official clients fail on a user without a valid address, so one is demanded here (DIALECTS §4.1).
fn address(text: String) -> anyhow::Result<String> {
    let valid = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c));
    if valid && plain && text.matches('@').count() == 1 {
        Ok(text)
    } else {
        bail!("`--admin-email` must be a mail address, such as admin@example.com")
    }
}
