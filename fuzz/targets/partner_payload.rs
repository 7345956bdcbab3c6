//! Reports of leaked keys: no panic; what is kept of an address is a line without a secret; and nothing made up is signed.
#![no_main]

use claviger_domain::KeyText;
use claviger_server::fuzzing::{partner_payload, partner_signature};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((_, urls)) = partner_payload(bytes) {
        for url in urls {
            assert!(!url.is_empty() && url.len() <= 2_048 && !url.chars().any(char::is_control));
            assert!(!KeyText::looks_like_one(&url));
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let (pem, signature) = text.split_once('\0').unwrap_or((&text, ""));
    assert!(!partner_signature(b"a report", pem, signature));
});
