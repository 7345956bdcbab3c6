//! Judges request targets and hosts: stricter than the HTTP library's own parser, so that it never has to refuse one.

use crate::rejection::Rejection;

/// Judges a target (RFC 9112 §3.2), and answers the authority that it names, if it names one.
///
/// The authority form belongs to CONNECT, which is not served.
pub(crate) fn check<'t>(method: &[u8], target: &'t [u8]) -> Result<Option<&'t [u8]>, Rejection> {
    if target == b"*" {
        return if method == b"OPTIONS" { Ok(None) } else { Err(Rejection::Target) };
    }
    if target.first() == Some(&b'/') {
        return if is_path_and_query(target) { Ok(None) } else { Err(Rejection::Target) };
    }
    let after_scheme = strip_scheme(target).ok_or(Rejection::Target)?;
    let authority_len = after_scheme
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?'))
        .unwrap_or(after_scheme.len());
    let (authority, rest) = after_scheme.split_at(authority_len);
    if is_host(authority) && is_path_and_query(rest) {
        Ok(Some(authority))
    } else {
        Err(Rejection::Target)
    }
}

/// The part after `http://` or `https://`.
fn strip_scheme(target: &[u8]) -> Option<&[u8]> {
    [b"http://".as_slice(), b"https://"].into_iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// Whether every byte is one of RFC 3986 §3.3 and §3.4, and every percent sign has its two digits.
fn is_path_and_query(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                after
            }
            (b'%', _) => return false,
            _ if is_path_byte(*byte) => after,
            _ => return false,
        };
    }
    true
}

/// What stands for itself in a path or query.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

/// Whether a value is a name or address with an optional port.
///
/// Narrower than RFC 3986 §3.2.2: no percent-encoding and no sub-delimiters, which no real host name has.
pub(crate) fn is_host(value: &[u8]) -> bool {
    let host_len = match value.first() {
        Some(b'[') => value.iter().position(|byte| *byte == b']').map_or(0, |end| end + 1),
        _ => value.iter().position(|byte| *byte == b':').unwrap_or(value.len()),
    };
    let (host, port) = value.split_at(host_len);
    is_address_or_name(host) && is_port(port)
}

fn is_address_or_name(host: &[u8]) -> bool {
    match host {
        [] => false,
        [b'[', address @ .., b']'] => {
            str::from_utf8(address).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
        }
        name => name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(byte)),
    }
}

fn is_port(port: &[u8]) -> bool {
    match port {
        [] => true,
        [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => {
            str::from_utf8(digits).is_ok_and(|text| text.parse::<u16>().is_ok())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for good in ["a", "a.example:80", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "my_host"]
        {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in
            ["", ":80", "a:", "a:b", "a:99999", "a:+80", "u@a", "a/b", "[::1", "[x]", "a b", "a,b"]
        {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn whatever_is_accepted_the_http_library_reads_too() {
        for byte in 0..=u8::MAX {
            for text in [vec![b'/', byte], vec![b'/', b'?', byte], vec![b'/', b'%', b'4', byte]] {
                if check(b"GET", &text).is_ok() {
                    let target = http::Uri::try_from(text.as_slice()).unwrap();
                    let same = target.path_and_query().unwrap().as_str();
                    assert_eq!(same.as_bytes(), text, "nothing is dropped or changed");
                }
            }
        }
    }
}
