//! `claviger recover`: a key for an administrator who has none left that works. Whoever has the files may have it, and the audit says so.

use anyhow::{Context as _, bail};
use arize::jiff::{SignedDuration, Timestamp};
use claviger_domain::{
    Clock as _, KeyName, KeyType, MintedKey, Refusal, SystemClock, SystemEntropy,
};
use claviger_store::{CallError, FoundingKey, Recovery, SqliteStore, Store as _};

use crate::args::Recover;
use crate::{data_dir, output};

pub(crate) async fn run(args: Recover) -> anyhow::Result<()> {
    if let Some(file) = &args.admin_key.admin_key_file
        && file.exists()
    {
        bail!("{} is there already: the key goes to a new file", file.display());
    }
    let store = data_dir::open_stopped(&args.data_dir, args.pepper_file.as_deref())?;
    let made = make(&store, &args).await;
    store.close().await;
    let key = made?;
    match &args.admin_key.admin_key_file {
        Some(file) => data_dir::write_secret(file, &format!("{key}\n"))?,
        None => output::key(&key)?,
    }
    Ok(())
}

async fn make(store: &SqliteStore, args: &Recover) -> anyhow::Result<String> {
    let lifetime = SignedDuration::try_from(args.expires_in)
        .ok()
        .filter(|lifetime| {
            lifetime.is_positive() && SystemClock.now().checked_add(*lifetime).is_ok()
        })
        .context("`--expires-in` must be a span above zero that ends before the year 10000")?;
    let minted = MintedKey::generate(KeyType::User, store.installation().tag, &SystemEntropy)?;
    let text = minted.reveal();
    let key = FoundingKey { minted, name: KeyName::parse("Recovery")? };
    let email = args.admin_email.clone();
    match store.recover(Recovery { email, key, lifetime }).await {
        Ok(key) => {
            output::recovered(&args.admin_email, key.expires_at.unwrap_or(Timestamp::MAX));
            Ok(text)
        }
        Err(CallError::Refused(Refusal::NotFound(_))) => bail!(
            "`--admin-email` must be the address of an active administrator: somebody else becomes one only in an account that has none"
        ),
        Err(error) => Err(error).context("the key cannot be made"),
    }
}
