//! Presented keys: what is accepted has the shape that scanners look for, and reads the same again.
#![no_main]

use claviger_domain::{KeyText, MintedKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let looks = KeyText::looks_like_one(text);
    let Ok(key) = KeyText::parse(text) else { return };
    assert!(looks && text.len() == 75 && text.is_ascii());
    assert_eq!(MintedKey { text: key }.reveal(), text);
});
