//! A secret scanning service like GitHub's, which signs what it reports.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use claviger_server::leaks::{SigningKey, SigningKeys, SigningKeysError};
use data_encoding::BASE64;
use futures_util::future::BoxFuture;

/// The service: its keys, and the list of them.
#[derive(Debug)]
pub struct Scanner {
    pairs: Mutex<Vec<EcdsaKeyPair>>,
    list: Mutex<Vec<SigningKey>>,
    asked: AtomicU64,
    is_down: AtomicBool,
}

impl Default for Scanner {
    /// One with a key, which is in the list.
    fn default() -> Self {
        let scanner = Self {
            pairs: Mutex::default(),
            list: Mutex::default(),
            asked: AtomicU64::new(0),
            is_down: AtomicBool::new(false),
        };
        scanner.add_key(true);
        scanner
    }
}

impl Scanner {
    /// Signs with another key from now on, and puts it on the list.
    pub fn add_key(&self, is_current: bool) {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let text = BASE64.encode(der.as_ref());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n");
        let mut pairs = self.pairs.lock().unwrap();
        pairs.push(pair);
        let id = format!("key-{}", pairs.len());
        self.list.lock().unwrap().push(SigningKey { id, pem, is_current });
    }

    /// Calls no key of the list current any more.
    pub fn retire_keys(&self) {
        for key in self.list.lock().unwrap().iter_mut() {
            key.is_current = false;
        }
    }

    /// The id of the key that it signs with now, and the signature of these bytes.
    pub fn sign(&self, bytes: &[u8]) -> (String, String) {
        let pairs = self.pairs.lock().unwrap();
        let pair = pairs.last().unwrap();
        let signature = pair.sign(&SystemRandom::new(), bytes).unwrap();
        (format!("key-{}", pairs.len()), BASE64.encode(signature.as_ref()))
    }

    /// How often the list was asked for.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether the list can be had from now on.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }
}

impl SigningKeys for Scanner {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<SigningKey>, SigningKeysError>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.is_down.load(Ordering::Relaxed) {
                return Err(SigningKeysError("the scanner is down".to_owned()));
            }
            Ok(self.list.lock().unwrap().clone())
        })
    }
}
