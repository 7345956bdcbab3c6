//! Addresses of people.
//!
//! Rule: what is accepted here, official clients accept too; some of them fail on the whole page otherwise (docs/contract/dialects.md#go).
//! Quoted local parts, comments and addresses in other scripts than ASCII are not accepted.

use crate::key_search::holds_secret;

/// Why a text is no address. Says what would be one, never what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// It has another form.
    #[error("it must be an address such as `ada@example.com`")]
    Form,
    /// It holds an API key, or enough of one.
    #[error("it must not contain an API key or a part of one")]
    Key,
}

/// Where mail reaches a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// The longest address (RFC 5321 §4.5.3.1.3, without its brackets), local part (§4.5.3.1.1) and label (RFC 1035 §2.3.4).
const MAX_LEN: usize = 254;
const MAX_LOCAL: usize = 64;
const MAX_LABEL: usize = 63;

impl Email {
    /// Accepts an address: a local part of dot-separated atoms, and a domain of at least two labels.
    ///
    /// # Errors
    ///
    /// [`InvalidEmail`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        if text.len() > MAX_LEN {
            return Err(InvalidEmail::Form);
        }
        if holds_secret(text) {
            return Err(InvalidEmail::Key);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail::Form)?;
        let atoms = local.len() <= MAX_LOCAL && local.split('.').all(is_atom);
        let labels = domain.contains('.') && domain.split('.').all(is_label);
        let named =
            domain.rsplit('.').next().is_some_and(|top| !top.bytes().all(|b| b.is_ascii_digit()));
        if atoms && labels && named { Ok(Self(text.to_owned())) } else { Err(InvalidEmail::Form) }
    }

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

fn is_atom(text: &str) -> bool {
    let special = |byte: u8| b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(byte))
}

fn is_label(text: &str) -> bool {
    let inside = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (1..=MAX_LABEL).contains(&text.len())
        && inside
        && !text.starts_with('-')
        && !text.ends_with('-')
}
