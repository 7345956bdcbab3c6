//! Chooses the key, and the address that it goes to.
//!
//! Rule: `--host` and `--region` come first. Otherwise the source that the key comes from names the address, as a whole: a file's key
//! never goes to an address from the environment, nor the reverse, and no key from a file goes to a default address. What cannot be
//! read is an error and never "not set".

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use arize::{Client, Config, Secret, Setting};

use super::connection::EnvFileUse;
use super::failure::Misuse;
use crate::args::Connection;
use crate::data_dir::warn_if_open_to_others;
use crate::env_file::EnvFile;
use crate::{key_text, profile};

const KEY: &str = "ARIZE_API_KEY";

/// Names the profile to use.
const PROFILE: &str = "CLAVIGER_PROFILE";

/// What together says where a server is.
const ADDRESS: [&str; 8] = [
    "ARIZE_BASE_URL",
    "ARIZE_API_HOST",
    "ARIZE_API_SCHEME",
    "ARIZE_API_PORT",
    "ARIZE_REGION",
    "ARIZE_SINGLE_HOST",
    "ARIZE_SINGLE_PORT",
    "ARIZE_BASE_DOMAIN",
];

/// What says how to get there. A file of variables comes before the environment.
const OTHERS: [&str; 4] =
    ["ARIZE_REQUEST_VERIFY", "ARIZE_SSL_CA_CERT", "SSL_CERT_FILE", "ARIZE_PROXY_URL"];

/// Proxies of the environment. No file of variables sets these.
const PROXIES: [&str; 9] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "REQUEST_METHOD",
];

type Variables = HashMap<&'static str, String>;

/// A key, and the variables that say where it goes.
pub(in crate::commands) struct Source {
    pub key: Option<Secret>,
    pub variables: Variables,
}

/// What a file of variables sets.
struct File {
    key: Option<Secret>,
    address: Variables,
    others: Variables,
}

/// Decides where the key and the address come from.
pub(super) fn choose(connection: &Connection, env_file: EnvFileUse) -> anyhow::Result<Source> {
    let file = connection.env_file.as_ref();
    let file = file.map(|path| Ok::<_, anyhow::Error>((path.clone(), read_file(path)?)));
    let file = file.transpose()?;
    let key_of_flag = from_flag(connection)?;
    let is_explicit = connection.host.is_some() || connection.region.is_some();
    let profile = profile(connection, key_of_flag.is_some() || file.is_some())?;
    if profile.is_some() && file.is_some() && env_file == EnvFileUse::Caller {
        let message = "a key comes from `--profile` or from `--env-file`, not from both";
        return Err(Misuse(message.to_owned()).into());
    }
    let (key, mut variables) = match (key_of_flag, &file) {
        _ if profile.is_some() => of_profile(profile.as_ref(), is_explicit)?,
        (Some(key), Some((path, file))) => (Some(key), address_of_file(path, file, is_explicit)?),
        (Some(key), None) => (Some(key), address_for_key_file(connection, is_explicit)?),
        (None, Some((path, file))) => match &file.key {
            Some(key) => (Some(key.clone()), address_of_file(path, file, is_explicit)?),
            None if env_file == EnvFileUse::Destination => {
                (key_of_environment()?, address_beside_file(path, file, is_explicit)?)
            }
            None => {
                let message = format!(
                    "{} does not set `{KEY}`: add it, or name the key's file with `--key-file`",
                    path.display()
                );
                return Err(Misuse(message).into());
            }
        },
        (None, None) => (key_of_environment()?, of_environment(&ADDRESS)?),
    };
    if is_explicit {
        variables.clear();
    }
    variables.extend(of_environment(&OTHERS)?);
    variables.extend(of_environment(&PROXIES)?);
    for (_, file) in file.into_iter().chain(profile) {
        variables.extend(file.others);
    }
    Ok(Source { key, variables })
}

/// A key that was just given. Flags name its server.
pub(in crate::commands) fn given(key: Secret) -> anyhow::Result<Source> {
    let mut variables = of_environment(&OTHERS)?;
    variables.extend(of_environment(&PROXIES)?);
    Ok(Source { key: Some(key), variables })
}

/// The name of the profile that a flag or the environment asks for.
pub(in crate::commands) fn profile_name(connection: &Connection) -> anyhow::Result<Option<String>> {
    match &connection.profile {
        Some(name) => Ok(Some(name.clone())),
        None => profile_of_environment(),
    }
}

/// The name of the profile that the environment asks for.
pub(in crate::commands) fn profile_of_environment() -> anyhow::Result<Option<String>> {
    let name = variable(PROFILE)?.filter(|name| !name.is_empty());
    let name = name.map(|name| profile::name(&name)).transpose();
    name.map_err(|reason| Misuse(format!("`{PROFILE}`: {reason}")).into())
}

/// The file of the profile that is used: the one that is asked for, or without any other key `default`, if there is one.
pub(in crate::commands) fn profile_path(
    connection: &Connection,
    has_other_key: bool,
) -> anyhow::Result<Option<PathBuf>> {
    if let Some(name) = &connection.profile {
        return profile::path(name).map(Some);
    }
    if has_other_key {
        return Ok(None);
    }
    let has_key = variable(KEY)?.is_some_and(|key| !key.trim().is_empty());
    match profile_of_environment()? {
        Some(_) if has_key => {
            let message =
                format!("`{KEY}` and `{PROFILE}` are both set: unset one, or use `--profile`");
            Err(Misuse(message).into())
        }
        Some(name) => profile::path(&name).map(Some),
        None if has_key => Ok(None),
        // Without a home there are no profiles.
        None => Ok(profile::path(profile::DEFAULT).ok().filter(|path| path.exists())),
    }
}

fn profile(
    connection: &Connection,
    has_other_key: bool,
) -> anyhow::Result<Option<(PathBuf, File)>> {
    let Some(path) = profile_path(connection, has_other_key)? else { return Ok(None) };
    if !path.exists() {
        let name = path.file_stem().unwrap_or_default().display();
        let message = format!("there is no profile `{name}`: `claviger login` makes one");
        return Err(Misuse(message).into());
    }
    let file = read_file(&path)?;
    Ok(Some((path, file)))
}

/// The key of a profile, and the address that is stored beside it.
fn of_profile(
    profile: Option<&(PathBuf, File)>,
    is_explicit: bool,
) -> anyhow::Result<(Option<Secret>, Variables)> {
    let Some((path, file)) = profile else { return Ok((None, Variables::new())) };
    let Some(key) = &file.key else {
        let message = format!("{} does not set `{KEY}`: log in again", path.display());
        return Err(Misuse(message).into());
    };
    Ok((Some(key.clone()), address_of_file(path, file, is_explicit)?))
}

/// The address that a file names. Without one, its key goes nowhere.
fn address_of_file(path: &Path, file: &File, is_explicit: bool) -> anyhow::Result<Variables> {
    if file.address.is_empty() && !is_explicit {
        let message = format!(
            "{} names no server: add `ARIZE_BASE_URL` to it, or name the server with `--host`",
            path.display()
        );
        return Err(Misuse(message).into());
    }
    Ok(file.address.clone())
}

/// The address for a key from a file of its own, which cannot name one: never the default.
fn address_for_key_file(connection: &Connection, is_explicit: bool) -> anyhow::Result<Variables> {
    let address = of_environment(&ADDRESS)?;
    if address.is_empty() && !is_explicit {
        let from = match &connection.key_file {
            Some(path) => format!("the key comes from {}", path.display()),
            None => "the key comes from the keyring".to_owned(),
        };
        let message =
            format!("{from}, and nothing names the server: use `--host`, or set `ARIZE_BASE_URL`");
        return Err(Misuse(message).into());
    }
    Ok(address)
}

/// The address for the environment's key while a file is there to be changed. If the file names an address, it must be the same.
fn address_beside_file(path: &Path, file: &File, is_explicit: bool) -> anyhow::Result<Variables> {
    let address = of_environment(&ADDRESS)?;
    if is_explicit {
        return Ok(address);
    }
    if address.is_empty() {
        let message = format!(
            "the key comes from the environment, which names no server, and {} sets no `{KEY}`: use `--host`, or set `ARIZE_BASE_URL`",
            path.display()
        );
        return Err(Misuse(message).into());
    }
    if !file.address.is_empty() && base_url(&address)? != base_url(&file.address)? {
        let message = format!(
            "the key comes from the environment, and {} names another server than the environment: use `--host`",
            path.display()
        );
        return Err(Misuse(message).into());
    }
    Ok(address)
}

/// What the variables of an address come to.
fn base_url(address: &Variables) -> Result<String, arize::Error> {
    // No key is needed to work out an address, and making a client sends nothing.
    let config = Config { api_key: Setting::To("none".into()), ..Config::default() };
    let client = Client::with_environment(config, &|name| address.get(name).cloned())?;
    Ok(client.config().base_url().to_owned())
}

/// The key from where a flag says it is.
pub(in crate::commands) fn from_flag(connection: &Connection) -> anyhow::Result<Option<Secret>> {
    #[cfg(feature = "keyring")]
    if let Some(name) = &connection.keyring {
        let cannot = || format!("the entry `{name}` of the keyring cannot be read");
        let text = keyring::Entry::new("claviger", name).and_then(|entry| entry.get_password());
        return key_text::read(&text.with_context(cannot)?).with_context(cannot).map(Some);
    }
    let Some(path) = &connection.key_file else { return Ok(None) };
    if path == Path::new("-") {
        let cannot = "the key on the standard input cannot be used";
        let text = std::io::read_to_string(std::io::stdin()).context(cannot)?;
        return key_text::read(&text).context(cannot).map(Some);
    }
    let cannot = || format!("the key file {} cannot be used", path.display());
    let text = std::fs::read_to_string(path).with_context(cannot)?;
    let key = key_text::read(&text).with_context(cannot)?;
    warn_if_open_to_others(path);
    Ok(Some(key))
}

/// Reads the settings that a file of variables has, and the key in it. Blank ones are not set.
fn read_file(path: &Path) -> anyhow::Result<File> {
    let cannot = || format!("{} cannot be used", path.display());
    let file = std::fs::read(path).map_err(anyhow::Error::from).and_then(EnvFile::parse);
    let file = file.with_context(cannot)?;
    let set = |names: &[&'static str]| -> anyhow::Result<Variables> {
        let mut variables = Variables::new();
        for name in names {
            let value = file.get(name).with_context(cannot)?;
            variables
                .extend(value.filter(|value| !value.trim().is_empty()).map(|value| (*name, value)));
        }
        Ok(variables)
    };
    let (address, others) = (set(&ADDRESS)?, set(&OTHERS)?);
    let text = file.get(KEY).with_context(cannot)?.filter(|text| !text.trim().is_empty());
    let key = text.map(|text| key_text::read(&text).with_context(|| format!("`{KEY}`")));
    let key = key.transpose().with_context(cannot)?;
    if key.is_some() {
        warn_if_open_to_others(path);
    }
    Ok(File { key, address, others })
}

fn key_of_environment() -> anyhow::Result<Option<Secret>> {
    let text = variable(KEY)?.filter(|text| !text.trim().is_empty());
    text.map(|text| key_text::read(&text).with_context(|| format!("`{KEY}` cannot be used")))
        .transpose()
}

/// The variables of the environment that are set and not blank.
fn of_environment(names: &[&'static str]) -> anyhow::Result<Variables> {
    let mut variables = Variables::new();
    for name in names {
        let value = variable(name)?.filter(|value| !value.trim().is_empty());
        variables.extend(value.map(|value| (*name, value)));
    }
    Ok(variables)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the variables of Arize's SDKs are read as they read them, and the key must not be an argument"
)]
fn variable(name: &str) -> anyhow::Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(anyhow!(Misuse(format!("the environment variable `{name}` is not UTF-8"))))
        }
    }
}
