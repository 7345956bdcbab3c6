//! Cursors: encrypted positions in lists.
//!
//! A cursor is encrypted and authenticated, and bound to the list it came from: resource, filters and format in its associated data,
//! the reader inside. A cursor of another list does not open (docs/threat-model.md#cursors).

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _};
use claviger_domain::{Entropy, EntropyUnavailable, UserId};
use claviger_store::After;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};

const NONCE: usize = 12;
const MAX_LEN: usize = 256;

/// Seals and opens cursors.
#[derive(Clone)]
pub(crate) struct CursorCodec {
    cipher: ChaCha20Poly1305,
}

impl std::fmt::Debug for CursorCodec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorCodec(…)")
    }
}

impl CursorCodec {
    /// A codec under a key derived from the installation's.
    pub(crate) fn new(id_key: &[u8; 32]) -> Self {
        let key = Sha256::new().chain_update(b"clv-cursor-v1\0").chain_update(id_key).finalize();
        Self { cipher: ChaCha20Poly1305::new(&key) }
    }

    /// The cursor behind this thing in this list.
    pub(crate) fn seal(
        &self,
        list: &str,
        after: After<i64>,
        entropy: &dyn Entropy,
    ) -> Result<String, EntropyUnavailable> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce)?;
        let mut place = [0; 16];
        place[..8].copy_from_slice(&after.reader.number().to_be_bytes());
        place[8..].copy_from_slice(&after.id.to_be_bytes());
        let payload = Payload { msg: &place, aad: list.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce.into(), payload).map_err(|_| EntropyUnavailable)?;
        Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    /// Where this list goes on, or nothing if the cursor is not one of it.
    pub(crate) fn open(&self, list: &str, cursor: &str) -> Option<After<i64>> {
        if cursor.len() > MAX_LEN {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: list.as_bytes() };
        let place = self.cipher.decrypt(nonce.into(), payload).ok()?;
        let (reader, id) = place.split_first_chunk::<8>()?;
        Some(After {
            reader: UserId::new(i64::from_be_bytes(*reader)),
            id: i64::from_be_bytes(id.try_into().ok()?),
        })
    }
}
