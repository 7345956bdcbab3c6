//! Parses stored keys: bare, or as a `secret-token:` URI (RFC 8959), with a line end.
//!
//! Rule: no error shows any part of what was read.

use anyhow::bail;
use arize::Secret;
use percent_encoding::percent_decode_str;

const SCHEME: &str = "secret-token:";

/// Reads a key.
pub(crate) fn read(text: &str) -> anyhow::Result<Secret> {
    // Some editors put a byte order mark in front.
    let text = text.trim_start_matches('\u{feff}').trim();
    let is_uri = text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME));
    let key = if is_uri { decode(&text[SCHEME.len()..])? } else { text.to_owned() };
    if key.is_empty() {
        bail!("there is no key in it");
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!("what is in it is not a key: a key is one word of printable ASCII");
    }
    Ok(key.into())
}

fn decode(text: &str) -> anyhow::Result<String> {
    let is_escape = |rest: &str| {
        rest.get(..2).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    if !text.split('%').skip(1).all(is_escape) {
        bail!("it is a `secret-token:` URI with an invalid percent-encoding");
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(key) => Ok(key.into_owned()),
        Err(_) => bail!("it is a `secret-token:` URI that does not encode UTF-8"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cli_accepts_secret_token_uri() {
        for (text, key) in [
            ("ak-abc", "ak-abc"),
            ("ak-abc\n", "ak-abc"),
            // (fault C16)
            ("\u{feff}ak-abc\r\n", "ak-abc"),
            ("ak-abc%41\r\n", "ak-abc%41"),
            ("secret-token:ak-abc", "ak-abc"),
            ("Secret-Token:ak-abc\n", "ak-abc"),
            ("secret-token:E92FB7EB-D882-47A4-A265-A0B6135DC842%20foo", ""),
            ("secret-token:ak%2Dab%63%2f", "ak-abc/"),
        ] {
            match read(text) {
                Ok(read) => assert_eq!(read.reveal(), key, "{text}"),
                Err(error) => assert!(key.is_empty(), "{text}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        for text in [
            "",
            " \n",
            "secret-token:",
            "ak abc",
            "ak-é",
            "secret-token:ak-%",
            "secret-token:ak-%4",
            "secret-token:%FFak-",
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(!error.contains("ak-"), "{text}: {error}");
        }
    }
}
