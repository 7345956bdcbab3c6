//! From hosts, ports, domains and regions to one base URL. Base domain, single host, single port and region override the host, in
//! this order; more than one of them is refused before any is applied.

use reqwest::Url;

use super::region::Region;
use crate::error::Error;

/// The settings that an address is made of, the environment already consulted.
#[derive(Debug, Default)]
pub(crate) struct Address {
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
    /// The base URL, without a path.
    pub(crate) fn base_url(self) -> Result<Url, Error> {
        self.refuse_conflicts()?;
        if self.single_port == Some(0) {
            return Err(Error::configuration("single_port", "it must be 1 to 65535"));
        }
        let scheme = self.scheme.as_deref().unwrap_or("https").to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(Error::configuration("api_scheme", "it must be `https` or `http`"));
        }
        let (setting, host) = self.host();
        let port = self.port.filter(|port| *port != 0).or(self.single_port);
        assemble(setting, &scheme, &host, port)
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
    fn host(&self) -> (&'static str, String) {
        if let Some(region) = self.region {
            ("region", region.api_host())
        } else if let Some(host) = &self.single_host {
            ("single_host", host.clone())
        } else if let Some(domain) = &self.base_domain {
            ("base_domain", format!("api.{domain}"))
        } else {
            ("api_host", self.host.clone().unwrap_or_else(|| DEFAULT_HOST.to_owned()))
        }
    }
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
