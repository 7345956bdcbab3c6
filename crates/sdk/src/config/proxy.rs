//! Which proxy requests go through, if any: the one that was given, or the one of `HTTPS_PROXY` and its like, and for which servers
//! `NO_PROXY` switches it off.
//!
//! Rule: a server on this machine is reached directly unless a proxy was given for this client. The key would cross the network twice.

use std::net::IpAddr;

use reqwest::Url;

use super::Setting;
use super::environment::Environment;
use crate::error::Error;

/// How requests leave.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// Directly.
    Direct,
    /// Through this proxy.
    Proxy(Url),
}

/// Decides how the server is reached.
pub(super) fn route(
    setting: Setting<String>,
    environment: &Environment<'_>,
    server: &Url,
) -> Result<Route, Error> {
    let (name, text) = match setting {
        Setting::Off => return Ok(Route::Direct),
        Setting::To(text) => ("proxy_url", text),
        Setting::FromEnvironment => match environment.text("ARIZE_PROXY_URL") {
            Some(text) => ("ARIZE_PROXY_URL", text),
            None if is_loopback(server) => return Ok(Route::Direct),
            None => match of_environment(environment, server) {
                Some(found) => found,
                None => return Ok(Route::Direct),
            },
        },
    };
    let exceptions = environment.text("NO_PROXY").or_else(|| environment.text("no_proxy"));
    if exceptions.is_some_and(|exceptions| excepts(&exceptions, server)) {
        return Ok(Route::Direct);
    }
    let is_given = matches!(name, "proxy_url" | "ARIZE_PROXY_URL");
    parse(name, &text, is_given).map(Route::Proxy)
}

/// The variable that names a proxy for servers of this scheme.
fn of_environment(environment: &Environment<'_>, server: &Url) -> Option<(&'static str, String)> {
    let names = match server.scheme() {
        "https" => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    // In a CGI program `HTTP_PROXY` is a header of the request, so anybody can set it.
    let is_cgi = environment.text("REQUEST_METHOD").is_some();
    let mut names = names.into_iter().filter(|name| !(is_cgi && *name == "HTTP_PROXY"));
    names.find_map(|name| Some((name, environment.text(name)?)))
}

/// Reads the URL of a proxy. The text is not repeated in an error: it may hold a password.
fn parse(name: &str, text: &str, is_given: bool) -> Result<Url, Error> {
    // Elsewhere, the scheme of such a variable may be left out.
    let text =
        if is_given || text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&text).ok();
    let scheme = url.as_ref().map_or("", Url::scheme);
    if scheme.starts_with("socks") {
        let message =
            "SOCKS proxies are not supported: give an HTTP proxy, or name the server in `NO_PROXY`";
        return Err(Error::configuration(name, message));
    }
    let is_http = matches!(scheme, "http" | "https");
    let message = "it must be the URL of an HTTP proxy, such as `http://proxy.example.com:3128`";
    url.filter(|url| is_http && url.has_host()).ok_or_else(|| Error::configuration(name, message))
}

/// Whether a server is on this machine.
pub(crate) fn is_loopback(server: &Url) -> bool {
    let host = host(server);
    let name = host.strip_suffix('.').unwrap_or(&host);
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

/// The host, without the brackets of an IPv6 address.
fn host(server: &Url) -> String {
    server.host_str().unwrap_or("").trim_matches(['[', ']']).to_ascii_lowercase()
}

/// Whether a list of exceptions names the server: `*`, a domain with all below it, an address, a network, each with a port or without.
fn excepts(exceptions: &str, server: &Url) -> bool {
    let host = host(server);
    let port = server.port_or_known_default();
    exceptions.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let (pattern, wanted) = split_port(entry);
        wanted.is_none_or(|wanted| Some(wanted) == port) && names(pattern, &host)
    })
}

/// Takes the port off an entry. A bare IPv6 address has none.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some((address, rest)) = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn names(pattern: &str, host: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return match pattern.split_once('/') {
            Some((network, length)) => match (network.parse(), length.parse()) {
                (Ok(network), Ok(length)) => is_in(address, network, length),
                _ => false,
            },
            None => pattern.parse() == Ok(address),
        };
    }
    let pattern = pattern.to_ascii_lowercase();
    let pattern = pattern.trim_start_matches('*').trim_matches('.');
    let host = host.trim_end_matches('.');
    let above = host.strip_suffix(pattern);
    !pattern.is_empty() && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

/// Whether an address is in a network, by the first bits of both.
fn is_in(address: IpAddr, network: IpAddr, length: u32) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (u128::from(address.to_bits()), u128::from(network.to_bits()), 32_u32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    let Some(shift) = width.checked_sub(length) else { return false };
    (address ^ network).checked_shr(shift).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// The proxy for a server, by variables of the environment.
    fn chosen(server: &str, variables: &[(&str, &str)]) -> Result<Option<String>, Error> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(candidate, _)| *candidate == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let route = route(Setting::FromEnvironment, &Environment(&lookup), &url(server))?;
        Ok(match route {
            Route::Direct => None,
            Route::Proxy(url) => Some(url.to_string()),
        })
    }

    /// (fault R27)
    #[test]
    fn a_server_on_this_machine_is_reached_directly() {
        let everywhere = [
            ("HTTP_PROXY", "http://p:1"),
            ("HTTPS_PROXY", "http://p:1"),
            ("ALL_PROXY", "http://p:1"),
        ];
        for server in [
            "http://127.0.0.1:8080",
            "https://127.3.2.1",
            "http://localhost",
            "https://keys.localhost:8443",
            "http://LOCALHOST.:80",
            "http://[::1]:8080",
            "http://[::ffff:127.0.0.1]:8080",
            "http://2130706433",
        ] {
            assert_eq!(chosen(server, &everywhere).unwrap(), None, "{server}");
            let given = [&everywhere[..], &[("ARIZE_PROXY_URL", "http://given:1")]].concat();
            assert_eq!(chosen(server, &given).unwrap().unwrap(), "http://given:1/", "{server}");
        }
        for server in ["http://10.0.0.1", "https://localhost.example.com", "http://0.0.0.0:8080"] {
            assert!(chosen(server, &everywhere).unwrap().is_some(), "{server}");
        }
    }

    #[test]
    fn the_scheme_of_the_server_chooses_the_variable() {
        let variables =
            [("HTTP_PROXY", "plain:1"), ("https_proxy", "tls:2"), ("HTTPS_PROXY", "x:3")];
        assert_eq!(chosen("http://a", &variables).unwrap().unwrap(), "http://plain:1/");
        assert_eq!(chosen("https://a", &variables).unwrap().unwrap(), "http://tls:2/");
        assert_eq!(
            chosen("https://a", &[("ALL_PROXY", "http://b")]).unwrap().unwrap(),
            "http://b/"
        );
        assert_eq!(chosen("https://a", &[]).unwrap(), None);
        let cgi = [("HTTP_PROXY", "plain:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(chosen("http://a", &cgi).unwrap(), None);
    }

    /// (fault C11)
    #[test]
    fn no_proxy_names_domains_addresses_and_networks_with_ports() {
        for (exceptions, server, is_named) in [
            ("a.example.com:8443", "https://a.example.com:8443", true),
            ("a.example.com:8443", "https://a.example.com", false),
            ("a.example.com:443", "https://a.example.com", true),
            ("example.com", "https://a.example.com", true),
            (".example.com", "https://a.example.com", true),
            ("*.example.com", "https://a.example.com", true),
            ("example.com", "https://badexample.com", false),
            ("EXAMPLE.com", "https://example.COM", true),
            ("b, a.example.com:1 ,example.com:8443", "https://a.example.com:8443", true),
            ("b example.com", "https://example.com", true),
            ("*", "https://a", true),
            ("10.1.2.3", "http://10.1.2.3:80", true),
            ("10.1.2.3:81", "http://10.1.2.3:80", false),
            ("10.0.0.0/8", "http://10.1.2.3", true),
            ("10.0.0.0/8", "http://11.1.2.3", false),
            ("0.0.0.0/0", "http://11.1.2.3", true),
            ("10.0.0.0/33", "http://10.0.0.0", false),
            ("2001:db8::1", "http://[2001:db8::1]:8080", true),
            ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080", true),
            ("[2001:db8::1]:8081", "http://[2001:db8::1]:8080", false),
            ("2001:db8::/32", "http://[2001:db8:1::1]", true),
            ("1", "http://10.0.0.1", false),
            ("", "http://10.0.0.1", false),
            (",.,", "https://a", false),
        ] {
            let variables = [("ALL_PROXY", "http://p:1"), ("NO_PROXY", exceptions)];
            let proxy = chosen(server, &variables).unwrap();
            assert_eq!(proxy.is_none(), is_named, "{exceptions:?} {server}");
        }
    }

    /// (fault C11)
    #[test]
    fn a_socks_proxy_is_a_clear_error_and_only_where_it_would_be_used() {
        for text in ["socks5://me:s3cret@p:1080", "socks5h://p", "socks4://p", "SOCKS://p"] {
            let error = chosen("https://a", &[("ALL_PROXY", text)]).unwrap_err();
            assert_eq!(error.setting(), Some("ALL_PROXY"));
            let said = error.to_string();
            assert!(said.contains("SOCKS") && !said.contains("s3cret"), "{said}");
            let excepted = [("ALL_PROXY", text), ("NO_PROXY", "a")];
            assert_eq!(chosen("https://a", &excepted).unwrap(), None);
            assert_eq!(chosen("http://127.0.0.1", &[("ALL_PROXY", text)]).unwrap(), None);
        }
        assert!(chosen("https://a", &[("HTTPS_PROXY", "http://")]).is_err());
    }
}
