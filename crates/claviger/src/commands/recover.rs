//! `claviger recover`: a key for an administrator without a working one. Access to the files is enough, and the audit log records it.

use anyhow::{Context as _, bail};
use arize::jiff::{SignedDuration, Timestamp};
use claviger_domain::{
    ApiKey, Clock as _, KeyName, KeyType, MintedKey, Refusal, SystemClock, SystemEntropy,
};
use claviger_store::{CallError, HostKey, RecoverAdministrator, Request, RevokeKey, Store};

use crate::args::Recover;
use crate::database::Database;
use crate::key_place::KeyPlace;
use crate::{data_dir, output};

pub(crate) async fn run(args: Recover) -> anyhow::Result<()> {
    data_dir::is_outside(
        "--admin-key-file",
        args.admin_key.admin_key_file.as_deref(),
        &args.data_dir,
    )?;
    let place = KeyPlace::prove(&args.admin_key)?;
    let database = Database::of(&args.data_dir, &args.database)?;
    let store = database.open_stopped(&args.data_dir, args.pepper_file.as_deref()).await?;
    let made = make(&store, &args, place).await;
    store.close().await;
    output::recovered(&args.admin_email, made?.expires_at.unwrap_or(Timestamp::MAX));
    Ok(())
}

/// Makes a key and puts it in its place, or revokes it, since nobody would ever have it.
async fn make(store: &Store, args: &Recover, place: KeyPlace) -> anyhow::Result<ApiKey> {
    let lifetime = SignedDuration::try_from(args.expires_in)
        .ok()
        .filter(|lifetime| {
            lifetime.is_positive() && SystemClock.now().checked_add(*lifetime).is_ok()
        })
        .context("`--expires-in` must be a span above zero that ends before the year 10000")?;
    let minted = MintedKey::generate(KeyType::User, store.installation().tag, &SystemEntropy)?;
    let (secret, text) = (minted.reveal(), minted.text.clone());
    let key = HostKey { minted, name: KeyName::parse("Recovery")? };
    let email = args.admin_email.clone();
    let key = match store
        .execute(Request::host(), RecoverAdministrator { email, key, lifetime })
        .await
    {
        Ok(key) => key,
        Err(CallError::Refused(Refusal::NotFound(_))) => bail!(
            "`--admin-email` must be the address of an active administrator: somebody else becomes one only in an account that has none"
        ),
        Err(error) => return Err(error).context("the key cannot be made"),
    };
    let failure = match place.put(&secret) {
        Ok(put) => {
            put.keep();
            return Ok(key);
        }
        Err(failure) => failure,
    };
    let own = Request::with_key(text);
    Err(failure.context(match store.execute(own, RevokeKey { id: key.id }).await {
        Ok(()) => "the new key could not be saved; it was revoked".to_owned(),
        Err(error) => format!(
            "the new key could not be saved, and revoking it failed ({error}): it expires at {}",
            key.expires_at.unwrap_or(Timestamp::MAX)
        ),
    }))
}
