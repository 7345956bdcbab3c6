//! The address that a request came from, also through proxies.
//!
//! Rule: the client is the rightmost address that is not a trusted proxy. Only what a trusted proxy has appended counts, so the chain is
//! read from its end, and from one header only. The first hop that is no address ends it: the last good address is the client.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

/// The address that limits, audit and log go by; an extension of every request whose peer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The header in which proxies name the addresses that a request passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies in front of the server. By default there are none.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    /// Their addresses.
    pub networks: Vec<ProxyNetwork>,
    /// The one header of theirs that is read.
    pub header: ForwardedHeader,
}

/// An address or a network of trusted proxies, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

/// A text that names no network of proxies.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyNetworkError {
    /// Neither an address nor a network.
    #[error("it must be an address or a network, such as 10.0.0.0/8 or 2001:db8::/32")]
    Malformed,
    /// An address inside a network, where the network's first one is expected.
    #[error("there are bits behind the prefix: write {0}")]
    HostBits(IpNet),
}

impl FromStr for ProxyNetwork {
    type Err = ProxyNetworkError;

    fn from_str(text: &str) -> Result<Self, ProxyNetworkError> {
        let network = match IpAddr::from_str(text) {
            Ok(address) => address.into(),
            Err(_) => IpNet::from_str(text).map_err(|_| ProxyNetworkError::Malformed)?,
        };
        if network.addr() != network.network() {
            return Err(ProxyNetworkError::HostBits(network.trunc()));
        }
        Ok(Self(canonical(network)))
    }
}

/// An IPv4 network that is written as IPv6 (RFC 4291 §2.5.5.2), as IPv4: peers are compared in that form.
fn canonical(network: IpNet) -> IpNet {
    match (network.addr().to_canonical(), network.prefix_len().checked_sub(96)) {
        (address @ IpAddr::V4(_), Some(prefix)) if network.addr().is_ipv6() => {
            IpNet::new(address, prefix).unwrap_or(network)
        }
        _ => network,
    }
}

impl TrustedProxies {
    /// Whether the address is one of a trusted proxy.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.0.contains(&address))
    }

    /// The client of a request that came from a peer with these headers.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer;
        for line in headers.get_all(self.header.name()).iter().rev() {
            // Bytes that are no text make one element junk, and not what a proxy has appended to it.
            let line = String::from_utf8_lossy(line.as_bytes());
            for element in (Elements { rest: Some(&line) }) {
                if !self.contain(client) {
                    return client;
                }
                let Some(hop) = self.header.address(element) else { return client };
                client = hop;
            }
        }
        client
    }
}

impl ForwardedHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => header::FORWARDED,
        }
    }

    /// The address in an element of the list.
    fn address(self, element: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => node(element),
            Self::Forwarded => node(&forwarded_for(element)?),
        }
    }
}

/// The elements of a list, from its end. Empty ones are passed over (RFC 9110 §5.6.1.2).
struct Elements<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let rest = self.rest?;
            let element = if let Some(comma) = last_comma(rest) {
                self.rest = Some(&rest[..comma]);
                &rest[comma + 1..]
            } else {
                self.rest = None;
                rest
            };
            let element = element.trim_matches([' ', '\t']);
            if !element.is_empty() {
                return Some(element);
            }
        }
    }
}

/// The last comma that is not in a quoted text. Read from the end, since what an attacker has put in front of it may open a quote.
fn last_comma(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut is_quoted = false;
    for (place, byte) in bytes.iter().enumerate().rev() {
        match byte {
            b'"' => {
                let escapes = bytes[..place].iter().rev().take_while(|byte| **byte == b'\\');
                // Outside of a quoted text, the quote that ends one cannot be escaped.
                is_quoted = if is_quoted { escapes.count() % 2 == 1 } else { true };
            }
            b',' if !is_quoted => return Some(place),
            _ => {}
        }
    }
    None
}

/// The `for` of an element of `Forwarded`, if the element is well-formed and has exactly one (RFC 7239 §4).
fn forwarded_for(element: &str) -> Option<String> {
    let mut found = None;
    let mut rest = element;
    loop {
        let (name, behind) = rest.split_once('=')?;
        let name = name.trim_matches([' ', '\t']);
        let (value, behind) = value(behind)?;
        if name.eq_ignore_ascii_case("for") && found.replace(value).is_some() {
            return None;
        }
        match behind.trim_matches([' ', '\t']) {
            "" => return found,
            behind => rest = behind.strip_prefix(';')?,
        }
    }
}

/// A value, plain or quoted, and what is behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t', '"']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[place + 1..])),
            '\\' => value.push(letters.next()?.1),
            letter => value.push(letter),
        }
    }
    None
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`, `[::ffff:192.0.2.1]`.
fn node(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (address, port) = bracketed.split_once(']')?;
            let is_whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            IpAddr::V6(address.parse().ok().filter(|_| is_whole)?)
        }
        None => match text.split_once(':') {
            Some((address, port)) if !port.contains(':') => {
                IpAddr::V4(address.parse().ok().filter(|_| is_port(port))?)
            }
            _ => text.parse().ok()?,
        },
    };
    Some(address.to_canonical())
}

/// Whether this is a port, or a name in its place (RFC 7239 §6.2).
fn is_port(text: &str) -> bool {
    let is_number =
        || text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    text.strip_prefix('_').map_or_else(is_number, is_name)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn proxies(networks: &[&str], header: ForwardedHeader) -> TrustedProxies {
        let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
        TrustedProxies { networks, header }
    }

    /// The client behind the proxies `10.0.0.0/8` and `::1`, for the lines of a header.
    fn client(header: ForwardedHeader, peer: &str, lines: &[&str]) -> String {
        let proxies = proxies(&["10.0.0.0/8", "::1", "2001:db8:1::/48"], header);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_client_is_the_rightmost_address_that_is_not_trusted() {
        for (lines, expected) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1,203.0.113.9,10.1.2.3"], "203.0.113.9"),
            (&["203.0.113.9\t,\t10.1.2.3 , 10.0.0.2"], "203.0.113.9"),
            // Lines are one list, in their order.
            (&["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9", "10.1.2.3", "10.1.2.4"], "203.0.113.9"),
            // If all are trusted, the first of them is the client.
            (&["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
            (&[], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&[" , ,"], "10.0.0.1"),
            (&["203.0.113.9,, ,"], "203.0.113.9"),
            // What a client puts in front cannot spoil what the proxy appends.
            (&["\u{e9}\u{fffd}\", 203.0.113.9"], "203.0.113.9"),
            // Ports, brackets, IPv4 in IPv6.
            (&["203.0.113.9:4711"], "203.0.113.9"),
            (&["2001:db8::9"], "2001:db8::9"),
            (&["[2001:db8::9]"], "2001:db8::9"),
            (&["[2001:db8::9]:443"], "2001:db8::9"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            (&["[::ffff:203.0.113.9]:80, [2001:db8:1::5]:80, ::ffff:10.0.0.7"], "203.0.113.9"),
        ] {
            assert_eq!(
                client(ForwardedHeader::XForwardedFor, "10.0.0.1", lines),
                expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn a_hop_that_is_no_address_ends_the_chain() {
        for junk in [
            "unknown",
            "localhost",
            "203.0.113",
            "203.0.113.9.1",
            "203.0.113.09",
            "256.1.1.1",
            "203.0.113.9:",
            "203.0.113.9:x",
            "203.0.113.9:65536",
            "203.0.113.9:+80",
            "[203.0.113.9]",
            "[2001:db8::9",
            "2001:db8::9]",
            "[2001:db8::9]80",
            "[2001:db8::9]:",
            "fe80::1%eth0",
            "203.0.113.9/32",
            "203.0.113.9 203.0.113.8",
            "\"203.0.113.9\"",
            "é",
            "?",
            ";",
        ] {
            let line = format!("198.51.100.1, {junk}");
            assert_eq!(
                client(ForwardedHeader::XForwardedFor, "10.0.0.1", &[&line]),
                "10.0.0.1",
                "{junk}"
            );
            let line = format!("198.51.100.1, {junk}, 10.0.0.8");
            assert_eq!(
                client(ForwardedHeader::XForwardedFor, "10.0.0.1", &[&line]),
                "10.0.0.8",
                "{junk}"
            );
        }
    }

    #[test]
    fn forwarded_is_read_by_its_grammar() {
        for (lines, expected) in [
            (&["for=203.0.113.9"][..], "203.0.113.9"),
            (&["for=198.51.100.1, For=203.0.113.9;proto=https;by=10.0.0.1"], "203.0.113.9"),
            (&["proto=http;FOR=\"203.0.113.9:80\", for=10.0.0.3"], "203.0.113.9"),
            (&["for=\"[2001:db8::9]:4711\""], "2001:db8::9"),
            (&["for=\"[2001:db8::9]:_obfuscated\";host=\"a, for=1.2.3.4\""], "2001:db8::9"),
            (&["for=203.0.113.9;host=\"a\\\", for=1.2.3.4\""], "203.0.113.9"),
            (&["for=198.51.100.1", "for=203.0.113.9", "for=10.0.0.4"], "203.0.113.9"),
            // What a client sends in front opens no quote around what the proxy appends.
            (&["for=\"1.2.3.4, for=203.0.113.9"], "203.0.113.9"),
            (&["for=\"1.2.3.4", "for=\"[2001:db8::9]\""], "2001:db8::9"),
            (&["for=\"1.2.3.4\\, for=\"203.0.113.9\""], "203.0.113.9"),
            // No address: the last good one counts.
            (&["for=unknown"], "10.0.0.1"),
            (&["for=198.51.100.1, for=_hidden, for=10.0.0.8"], "10.0.0.8"),
            (&["for=198.51.100.1, proto=https"], "10.0.0.1"),
            (&["for=198.51.100.1, for=203.0.113.9;for=203.0.113.8"], "10.0.0.1"),
            (&["for=198.51.100.1, for=\"203.0.113.9"], "10.0.0.1"),
            (&["for=198.51.100.1, for=203.0.113.9 x"], "10.0.0.1"),
            (&["198.51.100.1"], "10.0.0.1"),
        ] {
            assert_eq!(
                client(ForwardedHeader::Forwarded, "10.0.0.1", lines),
                expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn networks_are_read_strictly() {
        let network =
            |text: &str| text.parse::<ProxyNetwork>().map(|network| network.0.to_string());
        for (text, expected) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.0.0.1", "10.0.0.1/32"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(network(text).unwrap(), expected);
        }
        for text in
            ["", " ", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "10.0.0.0/8 ", "[::1]"]
        {
            assert_eq!(network(text), Err(ProxyNetworkError::Malformed), "{text:?}");
        }
        let error = network("10.1.2.3/8").unwrap_err().to_string();
        assert_eq!(error, "there are bits behind the prefix: write 10.0.0.0/8");
    }
}
