//! Address of a listener.

use std::fmt;
use std::str::FromStr;

/// Where to listen: a host by name or address, or all addresses, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    /// Nothing is all addresses.
    pub host: Option<String>,
    pub port: u16,
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("unix:") || text.starts_with('/') {
            return Err("Unix sockets are not supported: listen on 127.0.0.1".to_owned());
        }
        let refuse = || "it must be `host:port`, `:port` or `[address]:port`".to_owned();
        let (host, port) = text.rsplit_once(':').ok_or_else(refuse)?;
        let port = match port.parse() {
            Ok(number) if port.bytes().all(|byte| byte.is_ascii_digit()) => number,
            _ => return Err("the port must be a number from 0 to 65535".to_owned()),
        };
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').ok_or_else(refuse)?,
            // An IPv6 address without brackets, or an address with a scheme.
            None if host.contains([':', '/']) => return Err(refuse()),
            None => host,
        };
        let is_odd = |letter: char| letter.is_whitespace() || "[]/@".contains(letter);
        if host.contains(is_odd) {
            return Err(refuse());
        }
        let host = Some(host).filter(|host| !host.is_empty() && *host != "*").map(str::to_owned);
        Ok(Self { host, port })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        match host.as_deref() {
            Some(host) if host.contains(':') => write!(formatter, "[{host}]:{port}"),
            host => write!(formatter, "{}:{port}", host.unwrap_or("")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (fault H9)
    #[test]
    fn hosts_ports_and_all_addresses_are_taken() {
        for (text, host, port) in [
            ("127.0.0.1:8080", Some("127.0.0.1"), 8080),
            ("localhost:8080", Some("localhost"), 8080),
            (":8080", None, 8080),
            ("*:8080", None, 8080),
            ("0.0.0.0:0", Some("0.0.0.0"), 0),
            ("[::1]:80", Some("::1"), 80),
            ("[fe80::1%eth0]:80", Some("fe80::1%eth0"), 80),
            ("keys.internal:65535", Some("keys.internal"), 65535),
        ] {
            let address: ListenAddress = text.parse().unwrap();
            assert_eq!((address.host.as_deref(), address.port), (host, port), "{text}");
        }
        for text in [
            "",
            "8080",
            "localhost",
            "localhost:",
            "localhost:http",
            "localhost:65536",
            "a:+1",
            "::1:80",
            "[::1:80",
            "http://localhost:80",
            "a b:80",
            "unix:/run/claviger.sock",
            "/run/claviger.sock",
        ] {
            text.parse::<ListenAddress>().unwrap_err();
        }
    }
}
