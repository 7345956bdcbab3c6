//! What came out of the settings and the environment. It can be read, and shows no secret.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};

use super::address::Address;
use super::environment::Environment;
use super::{Config, Setting, headers};
use crate::error::Error;
use crate::secret::Secret;
use crate::transport::Retries;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// How requests leave.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// As `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say.
    Environment,
    /// Directly.
    Direct,
    /// Through this proxy, except where `NO_PROXY` names the host.
    Proxy(Url),
}

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
            .or_else(|| Ok::<_, Error>(environment.verbatim("ARIZE_API_KEY").map(Secret::from)))?;
        let api_key = present(api_key)?;
        let text = |setting: Setting<String>, name| {
            setting.or_else(|| Ok::<_, Error>(environment.text(name)))
        };
        let address = Address {
            host: text(self.api_host, "ARIZE_API_HOST")?,
            scheme: text(self.api_scheme, "ARIZE_API_SCHEME")?,
            port: self.api_port.or_else(|| environment.port("ARIZE_API_PORT"))?,
            region: self.region.or_else(|| environment.parsed("ARIZE_REGION"))?,
            single_host: text(self.single_host, "ARIZE_SINGLE_HOST")?,
            single_port: self.single_port.or_else(|| single_port(&environment))?,
            base_domain: text(self.base_domain, "ARIZE_BASE_DOMAIN")?,
        };
        let base_url = address.base_url()?;
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
            base_url,
            verify_tls,
            ca_certificate,
            route: route(self.proxy_url, &environment)?,
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

fn present(api_key: Option<Secret>) -> Result<Secret, Error> {
    api_key.filter(|key| !key.reveal().trim().is_empty()).ok_or_else(|| {
        Error::configuration("api_key", "it is missing: give it, or set ARIZE_API_KEY")
    })
}

/// 0 in the environment has always meant "none".
fn single_port(environment: &Environment<'_>) -> Result<Option<u16>, Error> {
    Ok(environment.port("ARIZE_SINGLE_PORT")?.filter(|port| *port != 0))
}

fn route(setting: Setting<String>, environment: &Environment<'_>) -> Result<Route, Error> {
    let text = match setting {
        Setting::Off => return Ok(Route::Direct),
        Setting::To(text) => text,
        Setting::FromEnvironment => match environment.text("ARIZE_PROXY_URL") {
            Some(text) => text,
            None => return Ok(Route::Environment),
        },
    };
    // The text is not repeated: it may hold a password.
    let url = Url::parse(&text).ok().filter(|url| url.has_host());
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let message = "it must be the URL of an HTTP proxy, such as `http://proxy.example.com:3128`";
    url.map(Route::Proxy).ok_or_else(|| Error::configuration("proxy_url", message))
}

impl ResolvedConfig {
    /// The same with another key.
    pub(crate) fn with_key(&self, key: Secret) -> Result<Self, Error> {
        let api_key = present(Some(key))?;
        let mut headers = self.headers.clone();
        headers.insert(AUTHORIZATION, headers::authorization(&api_key)?);
        Ok(Self { api_key, headers, ..self.clone() })
    }

    /// Where requests go: scheme, host, and the port unless it is the scheme's own.
    pub fn base_url(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
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
        let proxy = match &self.route {
            Route::Environment => "from the environment".to_owned(),
            Route::Direct => "none".to_owned(),
            Route::Proxy(url) => without_password(url),
        };
        formatter
            .debug_struct("ResolvedConfig")
            .field("api_key", &self.api_key)
            .field("base_url", &self.base_url())
            .field("verify_tls", &self.verify_tls)
            .field("ca_certificate", &self.ca_certificate)
            .field("proxy", &proxy)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .field(
                "default_headers",
                &self.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

fn without_password(url: &Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "***".to_owned();
    }
    url.into()
}
