//! The secret of a key. It is shown only by a method that says so.

use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};

/// The longest secret that is taken from a server.
const MAX_LEN: usize = 1024;

/// The text of an API key.
///
/// There is no `Display` and no `Serialize`, and `Debug` prints a placeholder, so the one way to get at the text is to ask for it by
/// name with [`reveal`](Self::reveal), which is easy to search for. The memory is overwritten when the last copy goes.
///
/// ```
/// let key = arize::Secret::from("ak-not-a-real-key");
/// assert_eq!(format!("{key:?}"), "Secret(***)");
/// assert_eq!(key.reveal(), "ak-not-a-real-key");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Reads a secret from a file that holds it alone, as [`store_file`](crate::api_keys::store_file) writes it. Blanks and line ends
    /// around it are left out.
    ///
    /// # Errors
    ///
    /// What the system says; [`InvalidData`](std::io::ErrorKind::InvalidData) if the file is not UTF-8 or there is nothing in it.
    pub fn from_file(path: impl AsRef<Path>) -> std::io::Result<Self> {
        let text = zeroize::Zeroizing::new(std::fs::read_to_string(path)?);
        match text.trim() {
            "" => Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "there is no secret in it",
            )),
            secret => Ok(Self::from(secret)),
        }
    }

    /// The text itself. Keep it out of logs, error messages and URLs.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(***)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(SecretString::from(text))
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Reads what a server sent. It is written into files and to terminals, so it must be one word of printable ASCII.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        let is_graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.is_empty() || text.len() > MAX_LEN || !is_graphic {
            return Err(serde::de::Error::custom(
                "a secret is 1 to 1024 printable ASCII characters",
            ));
        }
        Ok(Self::from(text.as_str()))
    }
}
