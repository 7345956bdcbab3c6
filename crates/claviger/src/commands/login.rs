//! `claviger login` and `logout`: stores a server and a key for it, and removes them.

use std::fs;
use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Context as _;
use arize::api_keys::ListRequest;
use arize::{Client, Secret};

use super::http::connection;
use super::http::failure::{self, Misuse};
use super::http::interruptible;
use super::http::source;
use crate::args::{Connection, Login, Logout};
use crate::profile::{self, Place};
use crate::{key_text, output, prompt};

/// Asks for a key, tries it, and stores it. The file is proven before anything is asked.
pub(crate) fn run(args: &Login) -> anyhow::Result<ExitCode> {
    let connection = &args.connection;
    let prepared = prepare(connection);
    let (name, place, key, client) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Ok(failure::report(&error, None, false)),
    };
    interruptible::run(async {
        match save(connection, &name, place, &key, &client).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failure::report(&error, Some(&client), false),
        }
    })
}

fn prepare(connection: &Connection) -> anyhow::Result<(String, Place, Secret, Client)> {
    if connection.env_file.is_some() {
        let message = "`--env-file` has a server of its own: use it instead of a profile";
        return Err(Misuse(message.to_owned()).into());
    }
    if connection.host.is_none() && connection.region.is_none() {
        let message = "name the server that the key is for with `--host`";
        return Err(Misuse(message.to_owned()).into());
    }
    let name = source::profile_name(connection)?.unwrap_or_else(|| profile::DEFAULT.to_owned());
    let place = Place::prepare(&profile::path(&name)?)?;
    let key = match source::from_flag(connection)? {
        Some(key) => key,
        None => key_text::read(&typed()?)?,
    };
    let client = connection::connect_with(connection, key.clone())?;
    Ok((name, place, key, client))
}

/// Reads the key from the terminal or from the standard input.
fn typed() -> anyhow::Result<String> {
    if super::http::confirm::is_terminal() {
        return prompt::secret("API key, which is not shown:");
    }
    std::io::read_to_string(std::io::stdin())
        .context("the key on the standard input cannot be read")
}

async fn save(
    connection: &Connection,
    name: &str,
    place: Place,
    key: &Secret,
    client: &Client,
) -> anyhow::Result<()> {
    // A key that may not list keys is a key all the same.
    match client.api_keys().list(ListRequest::new().limit(1)).await {
        Err(error) if !error.is_forbidden() => {
            return Err(anyhow::Error::from(error).context("nothing was saved"));
        }
        _ => {}
    }
    let certificate = match &connection.ca_certificate {
        Some(file) => Some(std::path::absolute(file)?),
        None => None,
    };
    let certificate = certificate.map(|file| file.to_string_lossy().into_owned());
    let base_url = client.config().base_url();
    place.save(key, base_url, certificate.as_deref())?;
    output::note(&format!("Saved profile `{name}`: a key for {base_url}"));
    Ok(())
}

/// Removes a profile. Its key goes on working.
pub(crate) fn log_out(args: &Logout) -> anyhow::Result<ExitCode> {
    let name = match &args.profile {
        Some(name) => name.clone(),
        None => source::profile_of_environment()?.unwrap_or_else(|| profile::DEFAULT.to_owned()),
    };
    let path = profile::path(&name)?;
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let error = Misuse(format!("there is no profile `{name}`")).into();
            return Ok(failure::report(&error, None, false));
        }
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
        }
    }
    output::note(&format!(
        "Removed profile `{name}`. Its key still works: `claviger keys revoke` ends a key"
    ));
    Ok(ExitCode::SUCCESS)
}
