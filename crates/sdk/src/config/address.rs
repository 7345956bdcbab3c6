//! From a base URL, hosts, ports, domains and regions to one base URL. Base domain, single host, single port and region override the
//! host, in this order; more than one of them is refused before any is applied.
//!
//! Rule: half an address is an error. A scheme or a port without a host would take the key to the default host.

use reqwest::Url;

use super::region::Region;
use crate::error::Error;

/// The settings that an address is made of, the environment already consulted.
#[derive(Debug, Default)]
pub(crate) struct Address {
    pub base_url: Option<String>,
    pub host: Option<String>,
    pub scheme: Option<String>,
    pub port: Option<u16>,
    pub region: Option<Region>,
    pub single_host: Option<String>,
    pub single_port: Option<u16>,
    pub base_domain: Option<String>,
}

const DEFAULT_HOST: &str = "api.arize.com";

impl Address {
    /// The base URL, without a path; nothing if no setting names a server.
    pub(crate) fn base_url(self) -> Result<Option<Url>, Error> {
        self.refuse_conflicts()?;
        if self.single_port == Some(0) {
            return Err(Error::configuration("single_port", "it must be 1 to 65535"));
        }
        let scheme = self.scheme.as_deref().map(str::to_ascii_lowercase);
        if scheme.as_deref().is_some_and(|scheme| scheme != "https" && scheme != "http") {
            return Err(Error::configuration("api_scheme", "it must be `https` or `http`"));
        }
        let whole = self.base_url.as_deref().map(parse_base_url).transpose()?;
        let host = self.host();
        let port = self.port.filter(|port| *port != 0).or(self.single_port);
        let Some((setting, host)) = host else {
            return self.without_host(whole, scheme.as_deref(), port);
        };
        let default_scheme = whole.as_ref().map_or("https", Url::scheme);
        let url = assemble(setting, scheme.as_deref().unwrap_or(default_scheme), &host, port)?;
        match whole {
            Some(whole) if whole != url => Err(disagree(setting)),
            _ => Ok(Some(url)),
        }
    }

    /// The address if no setting names a host by itself.
    fn without_host(
        &self,
        whole: Option<Url>,
        scheme: Option<&str>,
        port: Option<u16>,
    ) -> Result<Option<Url>, Error> {
        if let Some(whole) = whole {
            if scheme.is_some_and(|scheme| scheme != whole.scheme()) {
                return Err(disagree("api_scheme"));
            }
            if port.is_some() && port != whole.port_or_known_default() {
                return Err(disagree(if self.port.is_some() { "api_port" } else { "single_port" }));
            }
            return Ok(Some(whole));
        }
        let half = match (scheme, self.port.filter(|port| *port != 0), self.single_port) {
            (Some(_), _, _) => Some("api_scheme"),
            (None, Some(_), _) => Some("api_port"),
            (None, None, Some(_)) => Some("single_port"),
            (None, None, None) => None,
        };
        match half {
            Some(setting) => {
                let message = "it is set and no host is: set ARIZE_BASE_URL or ARIZE_API_HOST too";
                Err(Error::configuration(setting, message))
            }
            None => Ok(None),
        }
    }

    /// The address of Arize's own service.
    pub(crate) fn default_url() -> Result<Url, Error> {
        assemble("api_host", "https", DEFAULT_HOST, None)
    }

    fn refuse_conflicts(&self) -> Result<(), Error> {
        let single = self.single_host.is_some() || self.single_port.is_some();
        let set: Vec<_> = [
            ("region", self.region.is_some()),
            ("single_host/single_port", single),
            ("base_domain", self.base_domain.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_set)| is_set.then_some(name))
        .collect();
        if set.len() < 2 {
            return Ok(());
        }
        let message =
            "only one of them may be set, here or in the environment; switch the others off";
        Err(Error::configuration(&set.join(", "), message))
    }

    /// The host, and the setting that it comes from.
    fn host(&self) -> Option<(&'static str, String)> {
        if let Some(region) = self.region {
            Some(("region", region.api_host()))
        } else if let Some(host) = &self.single_host {
            Some(("single_host", host.clone()))
        } else if let Some(domain) = &self.base_domain {
            Some(("base_domain", format!("api.{domain}")))
        } else {
            self.host.as_ref().map(|host| ("api_host", host.clone()))
        }
    }
}

fn disagree(setting: &str) -> Error {
    let message = "they name different servers: set one of them only, here or in the environment";
    Error::configuration(&format!("base_url, {setting}"), message)
}

/// Reads a base URL. What is in it besides scheme, host and port is refused: paths are the client's own, and a user or a query may hold
/// a secret.
fn parse_base_url(text: &str) -> Result<Url, Error> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    // What the URL parser passes over in silence is not what was meant.
    let is_clean =
        text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && text.contains("://");
    let url = Url::parse(text).ok().filter(|url| is_clean && is_plain(url));
    url.ok_or_else(|| {
        let message =
            "it must be scheme, host and port alone, such as `https://keys.example.com:8443`";
        Error::configuration("base_url", message)
    })
}

fn assemble(setting: &str, scheme: &str, host: &str, port: Option<u16>) -> Result<Url, Error> {
    let refuse = || {
        let message =
            format!("{host:?} is not a host, such as `api.arize.com` or `localhost:8080`");
        Error::configuration(setting, message)
    };
    let is_plain = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    if !is_plain {
        return Err(refuse());
    }
    let mut url = Url::parse(&format!("{scheme}://{host}")).map_err(|_| refuse())?;
    if !url.has_host() || url.path() != "/" {
        return Err(refuse());
    }
    if port.is_some() {
        url.set_port(port).map_err(|()| refuse())?;
    }
    Ok(url)
}
