//! Where the operator wants to hear of weaknesses.

use std::str::FromStr;

/// A contact for `security.txt`: an address to write to, or a page (RFC 9116 §2.5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityContact(String);

/// A text that is no contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be mailto:security@example.com, tel:+1-201-555-0123 or an https:// URL")]
pub struct SecurityContactError;

impl SecurityContact {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecurityContact {
    type Err = SecurityContactError;

    fn from_str(text: &str) -> Result<Self, SecurityContactError> {
        let rest =
            ["mailto:", "tel:", "https://"].iter().find_map(|start| text.strip_prefix(start));
        // It is written into a line: nothing in it may end that.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        match rest {
            Some(rest) if is_plain && !rest.is_empty() => Ok(Self(text.to_owned())),
            _ => Err(SecurityContactError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_uri_on_one_line() {
        for text in ["mailto:a@example.com", "https://example.com/report", "tel:+1-201-555-0123"] {
            assert!(text.parse::<SecurityContact>().is_ok(), "{text}");
        }
        for text in [
            "",
            "a@example.com",
            "mailto:",
            "http://example.com",
            "mailto:a@b\nExpires: x",
            "https://é",
        ] {
            assert_eq!(text.parse::<SecurityContact>(), Err(SecurityContactError), "{text}");
        }
    }
}
