//! `claviger keys rotate`: the client's `rotate`, with a file or the standard output as the place where the key is kept.

use arize::api_keys::{ApiKey, ListRequest, RotateError, RotateRequest};
use arize::{Client, Error, Secret};

use super::super::http::failure::{self, Misuse, Refused};
use super::destination::{Destination, Kept};
use crate::args::Rotate;
use crate::key_text;
use crate::output::keys;

const NOT_DONE: &str = "the key was not rotated";
const IN_DOUBT: &str = "it is not known whether the key was refreshed: the old secret works, for a while at least; run the same \
     command again, it takes up what was begun";

pub(super) async fn run(args: Rotate, client: &Client) -> anyhow::Result<()> {
    let request = RotateRequest {
        api_key_id: args.id.clone(),
        expires_at: super::expires_at(&args.expiry)?,
        grace_period_seconds: Some(super::grace_seconds(args.grace)),
    };
    let destination = destination(&args)?;
    let present = destination.present().and_then(|text| key_text::read(&text).ok());
    let mut kept: Option<Kept> = None;
    keys::refreshing(&args.id);
    let rotated = client
        .api_keys()
        .rotate(request, async |created| {
            let stored = destination.keep(&created)?;
            keys::stored(stored.at.as_deref());
            kept = Some(stored);
            Ok::<_, anyhow::Error>(())
        })
        .await;
    match rotated {
        Ok(api_key) => {
            keys::rotated(&args.id, &api_key, args.grace);
            Ok(())
        }
        Err(RotateError::Refresh(error)) => Err(failure::outcome(error, NOT_DONE, IN_DOUBT)),
        Err(RotateError::AlreadyRotated { successor }) => {
            already_rotated(client, &args.id, &successor, present).await
        }
        Err(RotateError::Store { source, api_key, revoke }) => {
            Err(source.context(not_stored(&api_key.id, revoke)))
        }
        Err(RotateError::Proof { source, api_key }) => Err(not_proven(source, &api_key.id, kept)),
        Err(error) => Err(anyhow::anyhow!("{error}").context(NOT_DONE)),
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
        _ => Destination::of_new_key(&args.new_file, false),
    }
}

/// Somebody has rotated it before: that is what was asked for, if the secret is where it is to be.
async fn already_rotated(
    client: &Client,
    id: &str,
    successor: &ApiKey,
    present: Option<Secret>,
) -> anyhow::Result<()> {
    let is_successor = |key: &Secret| {
        successor.redacted_key.as_deref().is_some_and(|redacted| fits(key.reveal(), redacted))
    };
    if let Some(key) = present.filter(is_successor) {
        let request = ListRequest { limit: Some(1), ..ListRequest::default() };
        match client.with_key(key)?.api_keys().list(request).await {
            Err(error) if !error.is_forbidden() => {
                let message = "the key was rotated before, and what is stored could not be tried";
                return Err(anyhow::Error::from(error).context(message));
            }
            _ => {
                keys::already_rotated(id, successor);
                return Ok(());
            }
        }
    }
    let successor = &successor.id;
    Err(Refused(format!(
        "the key was rotated before, and its successor `{successor}` is in use somewhere else: rotate that, or make a new key"
    ))
    .into())
}

/// Whether a key can be the one that a server shows as `clvu_9zXg...guLM`: its beginning and its end, or the end of its public part.
fn fits(key: &str, redacted: &str) -> bool {
    let Some((start, end)) = redacted.split_once("...") else { return false };
    let is_there = |rest: &str| rest.ends_with(end) || rest.contains(&format!("{end}_"));
    !start.is_empty() && !end.is_empty() && key.strip_prefix(start).is_some_and(is_there)
}

fn not_stored(id: &str, revoke: Result<(), Error>) -> String {
    let fate = match revoke {
        Ok(()) => "it has been revoked".to_owned(),
        Err(error) => {
            format!("revoking it failed ({error}): revoke it with `claviger keys revoke {id}`")
        }
    };
    format!(
        "the secret of the new key `{id}` could not be stored; {fate}; the old secret works until its grace is over, make another key before that"
    )
}

/// Takes the new secret back if the server does not know it. If it is not known whether it does, the new one stays: the old one runs out.
fn not_proven(error: Error, id: &str, kept: Option<Kept>) -> anyhow::Error {
    let message = if error.is_unauthorized() {
        let old = match kept.map(Kept::undo) {
            Some(Ok(())) => "the old one is back in its place".to_owned(),
            Some(Err(why)) => format!("it could not be taken back ({why:#})"),
            None => "it was not stored".to_owned(),
        };
        format!(
            "the server does not accept the secret of the new key `{id}`; {old}, and works until its grace is over"
        )
    } else {
        format!(
            "the secret of the new key `{id}` is stored, and could not be tried; the old one works until its grace is over"
        )
    };
    anyhow::Error::from(error).context(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_what_servers_show_of_it() {
        let key = "clvu_9zXg32LPP2okydw0guLM_NaSHCmkEy6WWgO9HJQimsRiEDAZBoye48oEUV4W2unW2oIiAY";
        assert!(fits(key, "clvu_9zXg...guLM"));
        assert!(fits("ak-abcdefxyz", "ak-abc...xyz"));
        for redacted in ["clvu_9zXg...guLN", "clvs_9zXg...guLM", "...", "clvu_...", "...oIiAY", ""]
        {
            assert!(!fits(key, redacted), "{redacted}");
        }
    }
}
