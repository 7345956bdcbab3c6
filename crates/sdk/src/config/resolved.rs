//! Resolved configuration. It can be printed, and shows no secret.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::address::Address;
use super::environment::Environment;
use super::proxy::{Route, route};
use super::{Config, Setting, headers};
use crate::client::Options;
use crate::error::Error;
use crate::secret::Secret;
use crate::transport::Retries;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The configuration of a client, with every setting decided.
#[derive(Clone)]
pub struct ResolvedConfig {
    pub(crate) api_key: Secret,
    pub(crate) base_url: Url,
    pub(crate) verify_tls: bool,
    pub(crate) ca_certificate: Option<PathBuf>,
    pub(crate) route: Route,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Retries,
    pub(crate) headers: HeaderMap,
    pub(crate) prerelease_warnings: bool,
}

impl Config {
    /// Decides every setting, looking variables up with `environment`. What is wrong first is what is reported; nothing touches the
    /// network or a file.
    pub(crate) fn resolve(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ResolvedConfig, Error> {
        let environment = Environment(environment);
        let api_key = self
            .api_key
            .clone()
            .or_else(|| Ok::<_, Error>(environment.verbatim("ARIZE_API_KEY").map(Secret::from)))?;
        let api_key = present(api_key)?;
        let base_url = match self.address(&environment)?.base_url()? {
            Some(url) => url,
            None => default_url(&api_key)?,
        };
        let verify_tls = self.verify_tls.or_else(|| environment.flag("ARIZE_REQUEST_VERIFY"))?;
        let verify_tls = verify_tls.unwrap_or(true);
        let ca_certificate = self.ca_certificate.or_else(|| {
            let own = environment.path("ARIZE_SSL_CA_CERT");
            Ok::<_, Error>(own.or_else(|| environment.path("SSL_CERT_FILE")))
        })?;
        if ca_certificate.is_some() && !verify_tls {
            let message = "a certificate to trust makes no sense while `verify_tls` is off";
            return Err(Error::configuration("ca_certificate", message));
        }
        Ok(ResolvedConfig {
            headers: headers::all(&api_key, &self.default_headers)?,
            api_key,
            route: route(self.proxy_url, &environment, &base_url)?,
            base_url,
            verify_tls,
            ca_certificate,
            timeout: match self.timeout {
                Setting::FromEnvironment => Some(DEFAULT_TIMEOUT),
                Setting::Off => None,
                Setting::To(timeout) => Some(timeout),
            },
            retries: self.retries,
            prerelease_warnings: self
                .prerelease_warnings
                .or_else(|| Ok(environment.flag("DISABLE_PRERELEASE_WARNING")?.map(|off| !off)))?
                .unwrap_or(true),
        })
    }
}

impl Config {
    /// The settings of the address. What the program names counts before what the environment names, as a whole where that is an
    /// address of its own.
    fn address(&self, environment: &Environment<'_>) -> Result<Address, Error> {
        let nothing = |_: &str| None;
        let nothing = Environment(&nothing);
        let names_all = matches!(self.base_url, Setting::To(_));
        let names_host = names_all
            || matches!(self.api_host, Setting::To(_))
            || matches!(self.region, Setting::To(_))
            || matches!(self.single_host, Setting::To(_))
            || matches!(self.base_domain, Setting::To(_));
        let parts = if names_all { &nothing } else { environment };
        let text = |setting: &Setting<String>, from: &Environment<'_>, name: &str| {
            setting.clone().or_else(|| Ok::<_, Error>(from.text(name)))
        };
        let whole = if names_host { &nothing } else { environment };
        let address = Address {
            base_url: text(&self.base_url, whole, "ARIZE_BASE_URL")?,
            host: text(&self.api_host, parts, "ARIZE_API_HOST")?,
            scheme: text(&self.api_scheme, parts, "ARIZE_API_SCHEME")?,
            port: self.api_port.or_else(|| parts.port("ARIZE_API_PORT"))?,
            region: self.region.or_else(|| parts.parsed("ARIZE_REGION"))?,
            single_host: text(&self.single_host, parts, "ARIZE_SINGLE_HOST")?,
            single_port: self.single_port.or_else(|| single_port(parts))?,
            base_domain: text(&self.base_domain, parts, "ARIZE_BASE_DOMAIN")?,
        };
        self.refuse_override(&address)?;
        Ok(address)
    }

    /// Refuses a host of the program that a variable would override in silence.
    fn refuse_override(&self, address: &Address) -> Result<(), Error> {
        if !matches!(self.api_host, Setting::To(_)) {
            return Ok(());
        }
        let overrides = [
            ("region", address.region.is_some() && !matches!(self.region, Setting::To(_))),
            (
                "single_host",
                address.single_host.is_some() && !matches!(self.single_host, Setting::To(_)),
            ),
            (
                "base_domain",
                address.base_domain.is_some() && !matches!(self.base_domain, Setting::To(_)),
            ),
        ];
        let Some((name, _)) = overrides.into_iter().find(|(_, is_set)| *is_set) else {
            return Ok(());
        };
        let message = format!(
            "the environment sets `{name}`, which would override the host: set `{name}` to `Setting::Off`"
        );
        Err(Error::configuration(&format!("api_host, {name}"), message))
    }
}

/// The address if no setting names one. Keys that Claviger made never belong to Arize's own service.
fn default_url(api_key: &Secret) -> Result<Url, Error> {
    if ["clvu_", "clvs_"].iter().any(|prefix| api_key.reveal().trim_start().starts_with(prefix)) {
        let message = "the key is one of a Claviger server, and no setting says where that is: set ARIZE_BASE_URL";
        return Err(Error::configuration("base_url", message));
    }
    Address::default_url()
}

fn present(api_key: Option<Secret>) -> Result<Secret, Error> {
    api_key.filter(|key| !key.reveal().trim().is_empty()).ok_or_else(|| {
        Error::configuration("api_key", "it is missing: give it, or set ARIZE_API_KEY")
    })
}

/// 0 in the environment has always meant "none".
fn single_port(environment: &Environment<'_>) -> Result<Option<u16>, Error> {
    Ok(environment.port("ARIZE_SINGLE_PORT")?.filter(|port| *port != 0))
}

impl ResolvedConfig {
    /// The same with other options.
    pub(crate) fn with_options(&self, options: Options) -> Result<Self, Error> {
        let mut config = self.clone();
        for (name, value) in &options.headers {
            let (name, value) = headers::program_header(name, value)?;
            config.headers.insert(name, value);
        }
        if let Some(key) = options.key {
            config.api_key = present(Some(key))?;
            config.headers.insert(AUTHORIZATION, headers::authorization(&config.api_key)?);
        }
        match options.timeout {
            Setting::FromEnvironment => {}
            Setting::Off => config.timeout = None,
            Setting::To(timeout) => config.timeout = Some(timeout),
        }
        config.retries = options.retries.unwrap_or(config.retries);
        Ok(config)
    }

    /// The key that requests are authenticated with.
    pub fn api_key(&self) -> &Secret {
        &self.api_key
    }

    /// Where requests go: scheme, host, and the port unless it is the scheme's own.
    pub fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &str {
        self.base_url.scheme()
    }

    /// The host that requests go to, without the port; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.base_url.host_str().unwrap_or_default()
    }

    /// The port that requests go to.
    pub fn port(&self) -> u16 {
        self.base_url.port_or_known_default().unwrap_or_default()
    }

    /// The file with certificates to trust besides those the system trusts.
    pub fn ca_certificate(&self) -> Option<&Path> {
        self.ca_certificate.as_deref()
    }

    /// The names of the headers that go along with every request, those of the client among them.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.keys().map(|name| name.as_str())
    }

    /// Whether the first use of an early-stage method logs a warning.
    pub fn prerelease_warnings(&self) -> bool {
        self.prerelease_warnings
    }

    /// The proxy that requests go through, its password masked; nothing if they go directly.
    pub fn proxy(&self) -> Option<String> {
        match &self.route {
            Route::Direct => None,
            Route::Proxy(url) => Some(without_password(url)),
        }
    }

    /// Whether the server's certificate is verified.
    pub fn verifies_tls(&self) -> bool {
        self.verify_tls
    }

    /// How long a call may take, if there is a limit.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// What is tried again, and how often.
    pub fn retries(&self) -> Retries {
        self.retries
    }
}

impl fmt::Debug for ResolvedConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = self.proxy().unwrap_or_else(|| "none".to_owned());
        formatter
            .debug_struct("ResolvedConfig")
            .field("api_key", &self.api_key)
            .field("base_url", &self.base_url())
            .field("verify_tls", &self.verify_tls)
            .field("ca_certificate", &self.ca_certificate)
            .field("proxy", &proxy)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field("default_headers", &self.header_names().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A URL with its password masked, or its user if there is no password: that is a token then.
pub(super) fn without_password(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_none() && !url.username().is_empty() && url.set_username("***").is_err() {
        return "***".to_owned();
    }
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    url.into()
}
