//! Reports of leaked keys from GitHub's secret scanning: who signs them, and whether one is signed (docs/threat-model.md#leaked-keys).
//!
//! Rule: a report counts only if its bytes are signed by a key that GitHub's list calls current; and even then a key of ours dies only by
//! its whole secret, which the report has to hold. The list is asked for again when it is fifteen minutes old, or when it does not know
//! who signed, but not twice within a minute, whatever is sent here, and never twice at once.
//!
//! Source of the format: GitHub's documentation of its secret scanning partner program.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use data_encoding::BASE64;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;
use tokio::sync::watch;

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
    list: Arc<Mutex<List>>,
}

/// The last list that could be had, and what is known of asking for it.
#[derive(Debug, Default)]
struct List {
    /// When it was asked for last. Noted before asking: who asks and goes away has asked all the same.
    /// By the uptime, which does not jump with the wall clock.
    asked_at: Option<SignedDuration>,
    /// Whether somebody is being asked now; closed when that has ended.
    asking: Option<watch::Receiver<()>>,
    keys: Option<Vec<SigningKey>>,
    /// Why asking failed the last time, if it did.
    failure: Option<SigningKeysError>,
}

impl List {
    /// The current key of this id.
    fn key(&self, id: &str) -> Option<&SigningKey> {
        self.keys.as_ref()?.iter().find(|key| key.is_current && key.id == id)
    }

    fn has_to_be_asked_for(&self, id: &str, uptime: SignedDuration) -> bool {
        let Some(asked_at) = self.asked_at else {
            return true;
        };
        let age = uptime - asked_at;
        let is_wanting = self.failure.is_some() || self.key(id).is_none();
        age >= FRESH || (age >= PAUSE && is_wanting)
    }
}

impl GithubReports {
    /// Reports that are signed by the keys that are to be had there. Nothing is asked for yet.
    pub fn signed_by(source: Arc<dyn SigningKeys>) -> Self {
        Self { source, list: Arc::default() }
    }

    /// Whether these bytes were signed by the current key of this id.
    ///
    /// # Errors
    ///
    /// [`SigningKeysError`] if the key is not known and the list of keys cannot be had: then nobody knows.
    pub(crate) async fn are_signed(
        &self,
        bytes: &[u8],
        key_id: &str,
        signature: &str,
        uptime: SignedDuration,
    ) -> Result<bool, SigningKeysError> {
        if let Some(mut asking) = self.ask_if_due(key_id, uptime) {
            // Nothing is ever sent: the channel closing is the signal.
            while asking.changed().await.is_ok() {}
        }
        let list = self.lock();
        match (list.key(key_id), &list.failure) {
            (Some(key), _) => Ok(is_signed(bytes, &key.pem, signature)),
            (None, Some(failure)) => Err(failure.clone()),
            (None, None) => Ok(false),
        }
    }

    /// Asks for the list if it is time to, in a task that does not end with the report. Returns the asking that an answer has to
    /// wait for.
    fn ask_if_due(&self, key_id: &str, uptime: SignedDuration) -> Option<watch::Receiver<()>> {
        let mut list = self.lock();
        if list.asking.as_ref().is_some_and(|asking| asking.has_changed().is_ok()) {
            return list.asking.clone();
        }
        if !list.has_to_be_asked_for(key_id, uptime) {
            return None;
        }
        let (finish, asking) = watch::channel(());
        list.asked_at = Some(uptime);
        list.asking = Some(asking.clone());
        let (source, kept) = (Arc::clone(&self.source), Arc::clone(&self.list));
        tokio::spawn(async move {
            let fetched = source.fetch().await;
            let mut list = kept.lock().unwrap_or_else(PoisonError::into_inner);
            match fetched {
                Ok(keys) => (list.keys, list.failure) = (Some(keys), None),
                // The last good list stays until there is a newer one.
                Err(failure) => list.failure = Some(failure),
            }
            drop(list);
            drop(finish);
        });
        Some(asking)
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
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

    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::FutureExt as _;
    use tokio::sync::Semaphore;

    const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
                       MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP\n\
                       HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==\n\
                       -----END PUBLIC KEY-----";
    const BYTES: &[u8] =
        br#"[{"token":"some_token","type":"some_type","url":"some_url","source":"some_source"}]"#;
    const SIGNATURE: &str = "MEUCIFLZzeK++IhS+y276SRk2Pe5LfDrfvTXu6iwKKcFGCrvAiEAhHN2kDOhy2I6eGkOFmxNkOJ+L2y8oQ9A2T9GGJo6WJY=";

    /// A list that is slow, or cannot be had.
    #[derive(Debug)]
    struct Source {
        asked: AtomicU64,
        answers: Semaphore,
        is_down: bool,
    }

    impl SigningKeys for Source {
        fn fetch(&self) -> BoxFuture<'_, Result<Vec<SigningKey>, SigningKeysError>> {
            Box::pin(async {
                let asked = self.asked.fetch_add(1, Ordering::SeqCst);
                self.answers.acquire().await.unwrap().forget();
                if self.is_down && asked > 0 {
                    return Err(SigningKeysError("down".to_owned()));
                }
                let key = SigningKey { id: "a".to_owned(), pem: PEM.to_owned(), is_current: true };
                Ok(vec![key])
            })
        }
    }

    fn reports(answers: usize, is_down: bool) -> (Arc<Source>, GithubReports) {
        let answers = Semaphore::new(answers);
        let source = Arc::new(Source { asked: AtomicU64::new(0), answers, is_down });
        (Arc::clone(&source), GithubReports::signed_by(source))
    }

    fn at(second: i64) -> SignedDuration {
        SignedDuration::from_secs(second)
    }

    /// A report that is cancelled still counts: one fetch is in flight, whatever is sent (fault S4).
    #[tokio::test]
    async fn reports_that_are_cut_off_ask_for_the_list_once() {
        let (source, reports) = reports(0, false);
        for _ in 0..20 {
            let cut_off = reports.are_signed(BYTES, "a", SIGNATURE, at(0)).now_or_never();
            assert!(cut_off.is_none(), "the list has not come yet");
            tokio::task::yield_now().await;
        }
        // Nor does the pause let a second one through while the first goes on.
        assert!(reports.are_signed(BYTES, "b", SIGNATURE, at(61)).now_or_never().is_none());
        tokio::task::yield_now().await;
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
        source.answers.add_permits(1);
        assert!(reports.are_signed(BYTES, "a", SIGNATURE, at(1)).await.unwrap());
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
    }

    /// A list that cannot be had does not take the place of one that could (fault S4).
    #[tokio::test]
    async fn the_last_good_list_stays_until_there_is_a_newer_one() {
        let (source, reports) = reports(100, true);
        assert!(reports.are_signed(BYTES, "a", SIGNATURE, at(0)).await.unwrap());
        for minute in 1..20 {
            let now = at(minute * 60);
            assert!(reports.are_signed(BYTES, "b", SIGNATURE, now).await.is_err(), "{minute}");
            assert!(reports.are_signed(BYTES, "a", SIGNATURE, now).await.unwrap(), "{minute}");
            assert!(!reports.are_signed(b"[]", "a", SIGNATURE, now).await.unwrap(), "{minute}");
        }
        assert_eq!(source.asked.load(Ordering::SeqCst), 20, "once a minute");
    }

    /// The example of GitHub's documentation, with the test key that it names.
    #[test]
    fn the_documented_example_is_signed() {
        let (bytes, pem, signature) = (BYTES, PEM, SIGNATURE);
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
