//! Credentials: never two, and never one of another installation.
#![no_main]

use claviger_domain::{InstanceTag, KeyText};
use claviger_server::fuzzing::credential;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(tag) = InstanceTag::parse("Ek01") else { return };
    let accepted = credential(&[bytes], tag);
    assert!(!credential(&[bytes, bytes], tag));
    if accepted {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let key = text.rsplit(' ').next().unwrap_or_default().trim();
        assert!(KeyText::parse(key).is_ok_and(|key| key.handle.tag() == tag));
    }
});
