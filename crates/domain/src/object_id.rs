//! Ids on the wire: padded standard base64 of `Type:number:check` (docs/contract/README.md#object-ids).
//!
//! `check` is a keyed checksum of 64 bits, so ids cannot be guessed by counting. Whatever has the word of the wanted kind and was not
//! assigned names nothing: it is answered exactly as an id of somebody else's object. What an id looks like is therefore a matter of
//! its first characters, which a pattern can say.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::{base62, mac};

const CONTEXT: &[u8] = b"clv-object-id-v1\0";

/// What kind of object an id names: the first word of its decoded form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// An API key.
    ApiKey,
    /// A record of the audit log.
    AuditLog,
    /// An organization.
    Organization,
    /// A user's place in an organization.
    OrganizationMember,
    /// A project. Its word is `Model`, as clients have always seen it (docs/contract/README.md#object-ids).
    Project,
    /// A role, predefined or custom.
    Role,
    /// A role binding.
    RoleBinding,
    /// A space.
    Space,
    /// A user's place in a space.
    SpaceMember,
    /// A person or a bot user.
    User,
}

impl ObjectKind {
    /// The word in decoded ids.
    pub fn word(self) -> &'static str {
        match self {
            Self::ApiKey => "ApiKey",
            Self::AuditLog => "AuditLog",
            Self::Organization => "Organization",
            Self::OrganizationMember => "OrganizationMember",
            Self::Project => "Model",
            Self::Role => "Role",
            Self::RoleBinding => "RoleBinding",
            Self::Space => "Space",
            Self::SpaceMember => "SpaceMember",
            Self::User => "User",
        }
    }

    /// Checks that a text has the form of an id of this kind. Whether it was handed out, only the installation's codec can tell.
    ///
    /// # Errors
    ///
    /// [`MalformedObjectId`] if the text is not an id of this kind.
    pub fn check_form(self, text: &str) -> Result<(), MalformedObjectId> {
        self.parse(text).map(drop)
    }

    /// Returns what follows the word in the decoded text.
    fn parse(self, text: &str) -> Result<Vec<u8>, MalformedObjectId> {
        if text.len() > ObjectIdCodec::MAX_LEN {
            return Err(MalformedObjectId::Malformed);
        }
        let mut word = data_encoding::BASE64
            .decode(text.as_bytes())
            .map_err(|_| MalformedObjectId::Malformed)?;
        let end = word.iter().position(|byte| *byte == b':');
        let rest = word.split_off(end.ok_or(MalformedObjectId::Malformed)? + 1);
        word.pop();
        if word.is_empty() || !word.iter().all(u8::is_ascii_alphabetic) {
            return Err(MalformedObjectId::Malformed);
        }
        if word == self.word().as_bytes() {
            Ok(rest)
        } else {
            Err(MalformedObjectId::WrongKind(self.word()))
        }
    }
}

/// A text that cannot be an id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedObjectId {
    /// Not padded standard base64 of a text that starts with `Type:`.
    #[error("it is not an id: ids are padded base64 text, as other calls answer them")]
    Malformed,
    /// An id, but of another kind of object.
    #[error("it is an id of another kind: a {0} id is wanted")]
    WrongKind(&'static str),
}

/// Writes and reads ids. The key belongs to the installation.
#[derive(Clone)]
pub struct ObjectIdCodec {
    mac: Hmac<Sha256>,
}

impl ObjectIdCodec {
    /// The longest text that is read as an id.
    pub const MAX_LEN: usize = 128;

    /// A codec under the installation's id key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self { mac: mac::keyed(key) }
    }

    /// The wire form of an id.
    pub fn encode(&self, kind: ObjectKind, number: i64) -> String {
        let check = self.check(kind, number);
        let check = std::str::from_utf8(&check).unwrap_or_default();
        data_encoding::BASE64.encode(format!("{}:{number}:{check}", kind.word()).as_bytes())
    }

    /// Reads an id of the wanted kind. It is 0, which no object has, if it is of that kind but was never assigned.
    ///
    /// # Errors
    ///
    /// [`MalformedObjectId`] if the text is not an id of this kind. There is exactly one spelling for each id.
    pub fn decode(&self, kind: ObjectKind, text: &str) -> Result<i64, MalformedObjectId> {
        let rest = kind.parse(text)?;
        let mut parts = rest.splitn(2, |byte| *byte == b':');
        let digits = parts.next().and_then(|digits| std::str::from_utf8(digits).ok());
        let (digits, check) = (digits.unwrap_or_default(), parts.next().unwrap_or_default());
        let number = digits.parse().ok().filter(|number: &i64| *number >= 0);
        let number = number.filter(|number| number.to_string() == digits).unwrap_or(0);
        let right: bool = self.check(kind, number)[..].ct_eq(check).into();
        Ok(if right { number } else { 0 })
    }

    fn check(&self, kind: ObjectKind, number: i64) -> [u8; 11] {
        let mut mac = self.mac.clone();
        mac.update(CONTEXT);
        mac.update(kind.word().as_bytes());
        mac.update(&[0]);
        mac.update(&number.to_be_bytes());
        let bytes = mac.finalize().into_bytes();
        let mut head = [0; 8];
        head.copy_from_slice(&bytes[..8]);
        base62::encode(u64::from_be_bytes(head))
    }
}

impl std::fmt::Debug for ObjectIdCodec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObjectIdCodec(…)")
    }
}
