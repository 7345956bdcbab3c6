//! Configuration of a client: address, key and connection (docs/client.md#configuration).

mod address;
mod deserialize;
mod environment;
mod headers;
mod proxy;
mod region;
mod resolved;
mod setting;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

pub(crate) use self::deserialize::span;
pub(crate) use self::proxy::Route;
pub use self::region::{Region, UnknownRegion};
pub use self::resolved::ResolvedConfig;

pub use self::setting::Setting;
use crate::secret::Secret;
use crate::transport::Retries;

/// Every variable that is read.
pub(crate) const VARIABLES: [&str; 14] = [
    "ARIZE_API_KEY",
    "ARIZE_BASE_URL",
    "ARIZE_API_HOST",
    "ARIZE_API_SCHEME",
    "ARIZE_API_PORT",
    "ARIZE_REGION",
    "ARIZE_SINGLE_HOST",
    "ARIZE_SINGLE_PORT",
    "ARIZE_BASE_DOMAIN",
    "ARIZE_REQUEST_VERIFY",
    "ARIZE_SSL_CA_CERT",
    "SSL_CERT_FILE",
    "ARIZE_PROXY_URL",
    "DISABLE_PRERELEASE_WARNING",
];

/// What a client can be told.
///
/// Each setting is read from its environment variable unless it is given here; [`Setting::Off`] takes the default whatever the
/// environment says. End the struct with `..Config::default()`: a new setting is a minor version.
///
/// The address is named as a whole: by `base_url`, or by a host with scheme and port. A scheme or a port without a host is refused, and so
/// are settings that name different servers. At most one of `region`, `single_host` (with `single_port`) and `base_domain` may be set; what
/// is set overrides `api_host`.
///
/// ```no_run
/// # fn main() -> Result<(), arize::Error> {
/// use arize::{Client, Config};
///
/// let client = Client::new(Config {
///     api_key: "ak-…".into(),
///     base_domain: "arize.example.com".into(),
///     ..Config::default()
/// })?;
/// assert_eq!(client.config().base_url(), "https://api.arize.example.com");
/// # Ok(())
/// # }
/// ```
///
/// It can be a part of a program's own configuration file. What is missing comes from the environment, null is [`Setting::Off`], and
/// a member that is not known is an error.
///
/// ```
/// let config: arize::Config = serde_json::from_str(
///     r#"{
///         "api_key": "ak-not-a-real-key",
///         "base_url": "https://keys.example.com",
///         "proxy_url": null,
///         "timeout": "10s",
///         "retries": { "max": 5 },
///         "default_headers": { "X-Team": "billing" }
///     }"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The key to authenticate with. `ARIZE_API_KEY`, taken as it is, blanks included. Required.
    pub api_key: Setting<Secret>,
    /// The whole address in one: `https://keys.example.com:8443`. `ARIZE_BASE_URL`. Other settings of the address must agree with it.
    pub base_url: Setting<String>,
    /// The host of the REST API, with a port if need be: `localhost:8080`. `ARIZE_API_HOST`; `api.arize.com` by default, if nothing
    /// else names a part of an address.
    pub api_host: Setting<String>,
    /// `https` or `http`. `ARIZE_API_SCHEME`; `https` by default.
    pub api_scheme: Setting<String>,
    /// The port of the REST API, in place of one in `api_host`; 0 for the scheme's own. `ARIZE_API_PORT`.
    pub api_port: Setting<u16>,
    /// A region of Arize's own service. `ARIZE_REGION`.
    pub region: Setting<Region>,
    /// One host for everything, as in self-hosted installations behind one gateway. `ARIZE_SINGLE_HOST`.
    pub single_host: Setting<String>,
    /// The port of that one host, 1 to 65535. `ARIZE_SINGLE_PORT`.
    pub single_port: Setting<u16>,
    /// The domain under which the host is `api.<domain>`. `ARIZE_BASE_DOMAIN`.
    pub base_domain: Setting<String>,
    /// Whether to verify the server's certificate. `ARIZE_REQUEST_VERIFY`; true by default.
    pub verify_tls: Setting<bool>,
    /// A PEM file with certificates to trust, besides those the system trusts. `ARIZE_SSL_CA_CERT`, then `SSL_CERT_FILE`.
    pub ca_certificate: Setting<PathBuf>,
    /// A proxy for every request but those that `NO_PROXY` names. `ARIZE_PROXY_URL`; without one, `HTTPS_PROXY`, `HTTP_PROXY` and
    /// `ALL_PROXY` apply, except to a server on this machine. [`Setting::Off`] goes through none at all.
    pub proxy_url: Setting<String>,
    /// How long a call may take, with its retries and the pauses between them. 30 seconds by default; [`Setting::Off`] for no limit.
    #[serde(deserialize_with = "deserialize::setting_of_span")]
    pub timeout: Setting<Duration>,
    /// What is tried again, and how often. [`Retries::NONE`] switches it off.
    pub retries: Retries,
    /// Further headers for every request. They cannot replace those the client sends itself.
    #[serde(deserialize_with = "deserialize::headers")]
    pub default_headers: Vec<(String, String)>,
    /// Whether to log one warning the first time an early-stage method is used. Inverse of `DISABLE_PRERELEASE_WARNING`; true by
    /// default.
    pub prerelease_warnings: Setting<bool>,
}

impl Config {
    /// A configuration that asks the environment for nothing.
    pub fn without_environment() -> Self {
        Self {
            api_key: Setting::Off,
            base_url: Setting::Off,
            api_host: Setting::Off,
            api_scheme: Setting::Off,
            api_port: Setting::Off,
            region: Setting::Off,
            single_host: Setting::Off,
            single_port: Setting::Off,
            base_domain: Setting::Off,
            verify_tls: Setting::Off,
            ca_certificate: Setting::Off,
            proxy_url: Setting::Off,
            timeout: Setting::FromEnvironment,
            retries: Retries::default(),
            default_headers: Vec::new(),
            prerelease_warnings: Setting::Off,
        }
    }
}

impl fmt::Debug for Config {
    /// Masks what may hold a secret: the key, the users and passwords of URLs, the values of headers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.default_headers.iter().map(|(name, _)| name).collect();
        formatter
            .debug_struct("Config")
            .field("api_key", &self.api_key)
            .field("base_url", &masked(&self.base_url))
            .field("api_host", &masked(&self.api_host))
            .field("api_scheme", &self.api_scheme)
            .field("api_port", &self.api_port)
            .field("region", &self.region)
            .field("single_host", &masked(&self.single_host))
            .field("single_port", &self.single_port)
            .field("base_domain", &masked(&self.base_domain))
            .field("verify_tls", &self.verify_tls)
            .field("ca_certificate", &self.ca_certificate)
            .field("proxy_url", &masked(&self.proxy_url))
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("default_headers", &names)
            .field("prerelease_warnings", &self.prerelease_warnings)
            .finish()
    }
}

/// A setting without what may be a user, a password or a token in it.
fn masked(setting: &Setting<String>) -> Setting<String> {
    match setting {
        Setting::To(text) => Setting::To(match text.rsplit_once('@') {
            Some((_, host)) => format!("***@{}", host.split(['/', '?', '#']).next().unwrap_or("")),
            None => text.split(['?', '#']).next().unwrap_or("").to_owned(),
        }),
        other => other.clone(),
    }
}
