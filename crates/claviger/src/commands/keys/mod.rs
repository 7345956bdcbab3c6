//! `claviger keys`: API keys over HTTP, on any server of the API.
//!
//! Rule: where the secret goes is made ready before the request, and a secret that could not be kept is revoked.

mod create;
mod destination;
mod end;
mod end_all;
mod holds;
mod journal;
mod list;
mod refresh;
mod rotate;
mod which;

use std::process::ExitCode;

use arize::Client;
use arize::jiff::{SignedDuration, Timestamp};
use claviger_domain::{Clock as _, SystemClock};

use super::http::connection::{self, EnvFileUse};
use super::http::failure::{self, Misuse};
use super::http::interruptible;
use crate::args::{Connection, Keys, NewExpiry};

pub(crate) fn run(keys: Keys) -> anyhow::Result<ExitCode> {
    let connection: &Connection = match &keys {
        Keys::List(args) => &args.connection,
        Keys::Get(args) => &args.connection,
        Keys::Whoami(args) => &args.connection,
        Keys::Create(args) => &args.connection,
        Keys::CreateService(args) => &args.connection,
        Keys::Refresh(args) => &args.connection,
        Keys::Rotate(args) => &args.connection,
        Keys::Revoke(args) => &args.connection,
        Keys::Delete(args) => &args.connection,
    };
    // The file that a rotation changes need not hold the caller's key.
    let env_file = match &keys {
        Keys::Rotate(args) if args.name.is_some() => EnvFileUse::Destination,
        _ => EnvFileUse::Caller,
    };
    let json = match &keys {
        Keys::List(args) => args.json,
        Keys::Get(args) => args.json,
        Keys::Whoami(args) => args.json,
        Keys::Create(args) => args.json,
        Keys::CreateService(args) => args.json,
        Keys::Refresh(args) => args.json,
        Keys::Rotate(_) | Keys::Revoke(_) | Keys::Delete(_) => false,
    };
    let client = match connection::connect(connection, env_file) {
        Ok(client) => client,
        Err(error) => return Ok(failure::report(&error, None, json)),
    };
    interruptible::run(async {
        let outcome = carry_out(keys, &client).await;
        outcome.unwrap_or_else(|error| failure::report(&error, Some(&client), json))
    })
}

async fn carry_out(keys: Keys, client: &Client) -> anyhow::Result<ExitCode> {
    match keys {
        Keys::List(args) => list::run(args, client).await?,
        Keys::Get(args) => list::get(args, client).await?,
        Keys::Whoami(args) => list::whoami(args, client).await?,
        Keys::Create(args) => create::run(args, client).await?,
        Keys::CreateService(args) => create::run_service(args, client).await?,
        Keys::Refresh(args) => refresh::run(args, client).await?,
        Keys::Rotate(args) => rotate::run(args, client).await?,
        Keys::Revoke(args) if args.all => end_all::run(&args, client).await?,
        Keys::Revoke(args) => {
            return end::run(&args.ids, args.yes, client, end::How::Revoke).await;
        }
        Keys::Delete(args) => {
            return end::run(&args.ids, args.yes, client, end::How::Delete).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// When the key is to expire, by the clock of this machine.
fn expires_at(
    expires_in: Option<std::time::Duration>,
    expires_at: Option<Timestamp>,
) -> anyhow::Result<Option<Timestamp>> {
    let Some(span) = expires_in else { return Ok(expires_at) };
    let span = SignedDuration::try_from(span).ok();
    let instant = span.and_then(|span| SystemClock.now().checked_add(span).ok());
    instant.map(Some).ok_or_else(|| Misuse("`--expires-in` is too far away".to_owned()).into())
}

/// Whether a new secret ends when the old one would have.
fn keeps_expiry(expiry: &NewExpiry) -> bool {
    expiry.expires_in.is_none() && expiry.expires_at.is_none() && !expiry.never_expires
}

/// A grace as it goes over the wire. What is too long for a server is for it to refuse.
fn grace_seconds(grace: std::time::Duration) -> u32 {
    u32::try_from(grace.as_secs()).unwrap_or(u32::MAX)
}
