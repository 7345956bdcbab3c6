//! Bodies of create requests: no panic, and nothing but an object is accepted.
#![no_main]

use claviger_server::fuzzing::create_body;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if create_body(bytes) {
        assert_eq!(bytes.iter().find(|byte| !byte.is_ascii_whitespace()), Some(&b'{'));
    }
});
