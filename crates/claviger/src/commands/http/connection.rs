//! From flags, a file of variables and the environment to a client.
//!
//! Rule: settings of the address are taken from one place as a whole. A host from a file together with a region from the environment
//! would take the key to a server that nobody named.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use arize::{Client, Config, Retries, Secret, Setting};

use crate::args::Connection;
use crate::env_file::EnvFile;
use crate::{key_text, output};

const KEY: &str = "ARIZE_API_KEY";

/// What together says where a server is.
const ADDRESS: [&str; 7] = [
    "ARIZE_API_HOST",
    "ARIZE_API_SCHEME",
    "ARIZE_API_PORT",
    "ARIZE_REGION",
    "ARIZE_SINGLE_HOST",
    "ARIZE_SINGLE_PORT",
    "ARIZE_BASE_DOMAIN",
];

/// What else a file of variables can set.
const OTHERS: [&str; 4] =
    ["ARIZE_REQUEST_VERIFY", "ARIZE_SSL_CA_CERT", "SSL_CERT_FILE", "ARIZE_PROXY_URL"];

/// Makes the client. Nothing is sent yet.
pub(in crate::commands) fn connect(connection: &Connection) -> anyhow::Result<Client> {
    let (file, key_in_file) = match &connection.env_file {
        Some(path) => read_variables(path)?,
        None => (HashMap::new(), None),
    };
    let key = match from_flag(connection)? {
        Some(key) => Some(key),
        None => match key_in_file {
            Some(key) => Some(key),
            None => from_environment()?,
        },
    };
    let has_address = ADDRESS.iter().any(|name| file.contains_key(*name));
    let lookup = |name: &str| match file.get(name) {
        Some(value) => Some(value.clone()),
        None if has_address && ADDRESS.contains(&name) => None,
        None => variable(name),
    };
    let client = Client::with_environment(config(connection, key), &lookup)?;
    if is_readable_on_the_way(client.config().base_url()) {
        output::warning("the key and all answers go over the network unencrypted");
    }
    Ok(client)
}

fn config(connection: &Connection, key: Option<Secret>) -> Config {
    let mut config = Config {
        api_key: key.map_or(Setting::Off, Setting::To),
        prerelease_warnings: Setting::Off,
        ..Config::default()
    };
    if connection.host.is_some() || connection.region.is_some() {
        config = Config {
            api_host: connection.host.clone().map_or(Setting::Off, Setting::To),
            region: connection.region.map_or(Setting::Off, Setting::To),
            api_scheme: Setting::Off,
            api_port: Setting::Off,
            single_host: Setting::Off,
            single_port: Setting::Off,
            base_domain: Setting::Off,
            ..config
        };
    }
    if let Some(scheme) = &connection.scheme {
        config.api_scheme = scheme.as_str().into();
    }
    if let Some(file) = &connection.ca_certificate {
        config.ca_certificate = file.clone().into();
    }
    if let Some(timeout) = connection.timeout {
        config.timeout = timeout.into();
    }
    if connection.no_retries {
        config.retries = Retries::NONE;
    }
    config
}

/// The key from where a flag says it is.
fn from_flag(connection: &Connection) -> anyhow::Result<Option<Secret>> {
    #[cfg(feature = "keyring")]
    if let Some(name) = &connection.keyring {
        let cannot = || format!("the entry `{name}` of the keyring cannot be read");
        let text = keyring::Entry::new("claviger", name).and_then(|entry| entry.get_password());
        return key_text::read(&text.with_context(cannot)?).with_context(cannot).map(Some);
    }
    let Some(path) = &connection.key_file else { return Ok(None) };
    let cannot = || format!("the key file {} cannot be used", path.display());
    let text = std::fs::read_to_string(path).with_context(cannot)?;
    let key = key_text::read(&text).with_context(cannot)?;
    warn_if_open_to_others(path);
    Ok(Some(key))
}

/// The settings that a file of variables has, and the key in it.
fn read_variables(path: &Path) -> anyhow::Result<(HashMap<&'static str, String>, Option<Secret>)> {
    let cannot = || format!("{} cannot be used", path.display());
    let file = std::fs::read(path).map_err(anyhow::Error::from).and_then(EnvFile::parse);
    let file = file.with_context(cannot)?;
    let mut variables = HashMap::new();
    for name in ADDRESS.into_iter().chain(OTHERS) {
        if let Some(value) = file.get(name).with_context(cannot)? {
            variables.insert(name, value);
        }
    }
    let text = file.get(KEY).with_context(cannot)?.filter(|text| !text.is_empty());
    let key = text.map(|text| key_text::read(&text).with_context(|| format!("`{KEY}`")));
    let key = key.transpose().with_context(cannot)?;
    if key.is_some() {
        warn_if_open_to_others(path);
    }
    Ok((variables, key))
}

fn from_environment() -> anyhow::Result<Option<Secret>> {
    let text = variable(KEY).filter(|text| !text.is_empty());
    text.map(|text| key_text::read(&text).with_context(|| format!("`{KEY}` cannot be used")))
        .transpose()
}

/// A warning and not an error: secrets that are mounted into containers are readable by all in there.
fn warn_if_open_to_others(path: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0) {
        output::warning(&format!(
            "{} can be read by others: `chmod 600` it if they should not",
            path.display()
        ));
    }
}

/// Whether an address is plain HTTP to another machine.
fn is_readable_on_the_way(base_url: &str) -> bool {
    let Some(rest) = base_url.strip_prefix("http://") else { return false };
    let host = rest.split('/').next().unwrap_or(rest);
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    let is_loopback = name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_loopback && name != "localhost" && !name.ends_with(".localhost")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the variables of Arize's SDKs are read as they read them, and the key must not be an argument"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for url in [
            "https://api.arize.com",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:8080/",
        ] {
            assert!(!is_readable_on_the_way(url), "{url}");
        }
        for url in [
            "http://api.arize.com",
            "http://10.0.0.1:8080",
            "http://[2001:db8::1]",
            "http://localhost.example.com",
        ] {
            assert!(is_readable_on_the_way(url), "{url}");
        }
    }
}
