//! Creates a client from flags, an env file and the environment. `source` decides where key and address come from.

use arize::{Client, Config, Retries, Secret, Setting};

use super::source::{self, Source};
use crate::args::Connection;
use crate::output;

/// What a command takes a file of variables for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum EnvFileUse {
    /// It holds the caller's key and the address.
    Caller,
    /// A variable in it is to be replaced. The caller's key may come from the environment.
    Destination,
}

/// Makes the client. Nothing is sent yet.
pub(in crate::commands) fn connect(
    connection: &Connection,
    env_file: EnvFileUse,
) -> anyhow::Result<Client> {
    with_source(connection, &source::choose(connection, env_file)?)
}

/// Makes the client for a key that was just given, and a server that a flag names.
pub(in crate::commands) fn connect_with(
    connection: &Connection,
    key: Secret,
) -> anyhow::Result<Client> {
    with_source(connection, &source::given(key)?)
}

fn with_source(connection: &Connection, source: &Source) -> anyhow::Result<Client> {
    let lookup = |name: &str| source.variables.get(name).cloned();
    let client = Client::with_environment(config(connection, source), &lookup)?;
    if is_readable_on_the_way(client.config().base_url()) {
        output::warning("the key and all answers go over the network unencrypted");
    }
    Ok(client)
}

fn config(connection: &Connection, source: &Source) -> Config {
    let mut config = Config {
        api_key: source.key.clone().map_or(Setting::Off, Setting::To),
        prerelease_warnings: Setting::Off,
        ..Config::default()
    };
    if let Some(host) = &connection.host {
        config.api_host = host.as_str().into();
    }
    if let Some(region) = connection.region {
        config.region = region.into();
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
