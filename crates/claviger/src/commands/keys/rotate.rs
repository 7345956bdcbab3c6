//! `claviger keys rotate`: the client's `rotate`, with a file or standard output as destination.

use arize::api_keys::{ApiKey, ListRequest, RotateError, RotateRequest};
use arize::{Client, Error};

use super::super::http::failure::{self, Misuse, Refused};
use super::super::http::source;
use super::destination::{Destination, Kept, Present};
use super::holds::{self, Holds};
use super::journal::Journal;
use super::which;
use crate::args::{Connection, Rotate};
use crate::output::keys;

const NO_GRACE: &str = "`--grace`: without a grace period there is a moment in which no key works: use `claviger keys refresh`";
const NOT_DONE: &str = "the key was not rotated";
const IN_DOUBT: &str = "it is unknown whether the key was refreshed: the old secret works, for a while at least; run the same \
     command again, it takes up what was begun";

pub(super) async fn run(args: Rotate, client: &Client) -> anyhow::Result<()> {
    let grace = super::grace_seconds(args.grace);
    if grace == 0 {
        return Err(Misuse(NO_GRACE.to_owned()).into());
    }
    let expires_at = super::expires_at(args.expiry.expires_in, args.expiry.expires_at)?;
    let keeps_expiry = super::keeps_expiry(&args.expiry);
    let destination = destination(&args)?;
    let id = match &args.id {
        Some(key) => which::id(key, client).await?,
        None => client.api_keys().current().await?.id,
    };
    let key = holds::look_up(client, &id, &destination, keeps_expiry, args.force).await?;
    if let Some(key) = &key
        && !args.force
        && let Holds::Successor(successor) = holds::check(client, key, grace, &destination).await?
    {
        already_rotated(client, &id, &successor, &destination).await?;
        // The note of a run that was interrupted behind the last step. The draft goes first, so that one sync covers both.
        let target = destination.target().map(std::path::Path::to_path_buf);
        drop(destination);
        if let Some(target) = target {
            Journal::begin(&target, &id)?.end();
        }
        return Ok(());
    }
    let journal = destination.target().map(|target| Journal::begin(target, &id)).transpose()?;
    let was_interrupted = journal.as_ref().is_some_and(Journal::was_interrupted);
    let mut request = RotateRequest::new(&id)
        .grace_period_seconds(grace)
        // The key's own end may be that of its grace by now.
        .keep_expiry(keeps_expiry && was_interrupted)
        .resume(was_interrupted);
    request.expires_at = if keeps_expiry { key.and_then(|key| key.expires_at) } else { expires_at };
    let mut kept: Option<Kept> = None;
    keys::refreshing(&id);
    let rotated = client
        .api_keys()
        .rotate(request, async |created| {
            let stored = destination.keep(&created)?;
            keys::stored(stored.at.as_deref());
            kept = Some(stored);
            Ok::<_, anyhow::Error>(())
        })
        .await;
    if let Some(journal) = journal
        && is_over(&rotated, was_interrupted)
    {
        journal.end();
    }
    match rotated {
        Ok(api_key) => {
            keys::rotated(&id, &api_key, args.grace);
            Ok(())
        }
        Err(RotateError::Refresh(error)) => Err(failure::outcome(error, NOT_DONE, IN_DOUBT)),
        Err(RotateError::AlreadyRotated { successor }) => Err(rotated_elsewhere(&successor)),
        Err(RotateError::Store { source, api_key, revoke }) => {
            Err(source.context(not_stored(&api_key.id, revoke)))
        }
        Err(RotateError::Proof { source, api_key, .. }) => {
            Err(not_proven(source, &api_key.id, kept))
        }
        Err(error) => Err(anyhow::anyhow!("{error}").context(NOT_DONE)),
    }
}

/// Whether there is nothing left that another run would have to take up.
fn is_over(rotated: &Result<ApiKey, RotateError<anyhow::Error>>, was_interrupted: bool) -> bool {
    match rotated {
        // What an earlier run began is still open, unless the server says that there is nothing to take up.
        Err(RotateError::Refresh(error)) if was_interrupted => {
            error.is_not_found() || error.is_unprocessable_entity()
        }
        Err(RotateError::Refresh(error)) => error.was_not_done(),
        Err(RotateError::Store { revoke, .. }) => revoke.is_ok(),
        _ => true,
    }
}

fn destination(args: &Rotate) -> anyhow::Result<Destination> {
    match (&args.connection.env_file, &args.name) {
        (Some(file), Some(name)) => Destination::variable(file, name),
        // Without this, the file would go on holding a key that runs out in minutes, or one that nobody meant would be overwritten.
        (Some(_), None) if args.new_file.output_file.is_none() && !args.stdout => Err(Misuse(
            "with `--env-file`, say where the new secret goes: `--name NAME` replaces that variable in the file, `--output-file FILE` \
             writes it to a file, `--stdout` prints it"
                .to_owned(),
        )
        .into()),
        _ if args.new_file.output_file.is_none() && !args.stdout => {
            let has_other_key = args.connection.key_file.is_some() || has_keyring(&args.connection);
            match source::profile_path(&args.connection, has_other_key)? {
                // A profile goes on with the key that it rotates.
                Some(profile) if args.self_ => Destination::variable(&profile, "ARIZE_API_KEY"),
                _ => Destination::of_new_key(&args.new_file, false),
            }
        }
        _ => Destination::of_new_key(&args.new_file, false),
    }
}

#[cfg(feature = "keyring")]
fn has_keyring(connection: &Connection) -> bool {
    connection.keyring.is_some()
}

#[cfg(not(feature = "keyring"))]
fn has_keyring(_connection: &Connection) -> bool {
    false
}

/// The key was rotated before, and the successor is where it is to be: that is done, if it works.
async fn already_rotated(
    client: &Client,
    id: &str,
    successor: &ApiKey,
    destination: &Destination,
) -> anyhow::Result<()> {
    let Present::Key(key) = destination.present() else { return Err(rotated_elsewhere(successor)) };
    let request = ListRequest::new().limit(1);
    match client.with_key(key)?.api_keys().list(request).await {
        Err(error) if !error.is_forbidden() => {
            let message = "the key was rotated before, and what is stored could not be tried";
            Err(anyhow::Error::from(error).context(message))
        }
        _ => {
            keys::already_rotated(id, successor);
            Ok(())
        }
    }
}

/// Somebody else has rotated the key. Revoking the new one would stop programs that use it.
fn rotated_elsewhere(successor: &ApiKey) -> anyhow::Error {
    let id = &successor.id;
    Refused(format!(
        "the key was rotated before, somewhere else, and neither it nor its successor `{id}` was changed: copy the new secret from \
         where that was done; if it is lost, rotate `{id}` with `--force`"
    ))
    .into()
}

fn not_stored(id: &str, revoke: Result<(), Error>) -> String {
    let fate = match revoke {
        Ok(()) => "it was revoked".to_owned(),
        Err(error) => {
            format!("revoking it failed ({error}): revoke it with `claviger keys revoke {id}`")
        }
    };
    format!(
        "the secret of the new key `{id}` could not be stored; {fate}. The old secret works until its grace period ends: create another key before that"
    )
}

/// Takes the new secret back if the server does not know it. If it is unknown whether it does, the new one stays: the old one runs out.
fn not_proven(error: Error, id: &str, kept: Option<Kept>) -> anyhow::Error {
    let message = if error.is_unauthorized() {
        let old = match kept.map(Kept::undo) {
            Some(Ok(())) => "the old one was restored".to_owned(),
            Some(Err(why)) => format!("it could not be taken back ({why:#})"),
            None => "it was not stored".to_owned(),
        };
        format!(
            "the server does not accept the secret of the new key `{id}`; {old}, and works until its grace period ends"
        )
    } else {
        format!(
            "the secret of the new key `{id}` is stored, and could not be tested; the old one works until its grace period ends"
        )
    };
    anyhow::Error::from(error).context(message)
}
