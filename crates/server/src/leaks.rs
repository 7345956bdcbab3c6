//! Reports of leaked keys from GitHub's secret scanning: who signs them, and whether one is signed (BAR T53).
//!
//! Rule: a report counts only if its bytes are signed by a key that GitHub's list calls current; and even then a key of ours dies only by
//! its whole secret, which the report has to hold. The list is asked for again when it is fifteen minutes old, or when it does not know
//! who signed, but not twice within a minute, whatever is sent here.
//!
//! Source of the format: GitHub's documentation of its secret scanning partner program.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use data_encoding::BASE64;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::sync::Mutex;

/// How old the list may be.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// How long the list is not asked for again.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// A key that reports are signed with.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// How a report names it.
    pub id: String,
    /// The public key on the curve P-256, as PEM (RFC 7468 §13).
    pub pem: String,
    /// Whether reports are signed with it now.
    pub is_current: bool,
}

/// Why the list could not be had.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct SigningKeysError(pub String);

/// Where the list of signing keys is.
pub trait SigningKeys: fmt::Debug + Send + Sync {
    /// Asks for the list. This ends within seconds.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<SigningKey>, SigningKeysError>>;
}

/// What tells GitHub's reports from anybody's.
#[derive(Debug)]
pub struct GithubReports {
    source: Arc<dyn SigningKeys>,
    list: Mutex<List>,
}

/// The list as it was when it was asked for last.
#[derive(Debug)]
struct List {
    /// By the uptime, which does not jump with the wall clock.
    asked_at: Option<SignedDuration>,
    keys: Result<Vec<SigningKey>, SigningKeysError>,
}

impl List {
    /// The current key of this id.
    fn key(&self, id: &str) -> Option<&SigningKey> {
        self.keys.as_ref().ok()?.iter().find(|key| key.is_current && key.id == id)
    }

    fn has_to_be_asked_for(&self, id: &str, uptime: SignedDuration) -> bool {
        let Some(asked_at) = self.asked_at else {
            return true;
        };
        let age = uptime - asked_at;
        age >= FRESH || (age >= PAUSE && self.key(id).is_none())
    }
}

impl GithubReports {
    /// Reports that are signed by the keys that are to be had there. Nothing is asked for yet.
    pub fn signed_by(source: Arc<dyn SigningKeys>) -> Self {
        let keys = Ok(Vec::new());
        Self { source, list: Mutex::new(List { asked_at: None, keys }) }
    }

    /// Whether these bytes were signed by the current key of this id.
    ///
    /// # Errors
    ///
    /// [`SigningKeysError`] if the list of keys cannot be had: then nobody knows.
    pub(crate) async fn are_signed(
        &self,
        bytes: &[u8],
        key_id: &str,
        signature: &str,
        uptime: SignedDuration,
    ) -> Result<bool, SigningKeysError> {
        let mut list = self.list.lock().await;
        if list.has_to_be_asked_for(key_id, uptime) {
            *list = List { asked_at: Some(uptime), keys: self.source.fetch().await };
        }
        if let Err(error) = &list.keys {
            return Err(error.clone());
        }
        Ok(list.key(key_id).is_some_and(|key| is_signed(bytes, &key.pem, signature)))
    }
}

/// Whether this is the signature of the bytes: ECDSA over SHA-256 on P-256, in ASN.1 and base64.
pub(crate) fn is_signed(bytes: &[u8], pem: &str, signature: &str) -> bool {
    let Ok(key) = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()) else {
        return false;
    };
    let Ok(signature) = BASE64.decode(signature.as_bytes()) else {
        return false;
    };
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &*key).verify(bytes, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's documentation, with the test key that it names.
    #[test]
    fn the_documented_example_is_signed() {
        let bytes =
            br#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\n\
                   HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n\
                   -----END PUBLIC KEY-----";
        let signature = "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=";
        assert!(is_signed(bytes, pem, signature));
        assert!(!is_signed(&bytes[1..], pem, signature));
        assert!(!is_signed(bytes, pem, &signature.replace("LZze", "LZzf")));
        assert!(!is_signed(bytes, &pem.replace("sz9u", "sz9v"), signature));
        for nonsense in ["", "=", "AAAA", &signature[1..]] {
            assert!(!is_signed(bytes, pem, nonsense), "{nonsense}");
            assert!(!is_signed(bytes, nonsense, signature), "{nonsense}");
        }
    }
}
