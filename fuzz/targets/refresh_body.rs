//! Bodies of refresh requests: no panic, and nothing but an object is accepted.
#![no_main]

use claviger_server::fuzzing::refresh_body;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if refresh_body(bytes) {
        assert_eq!(bytes.iter().find(|byte| !byte.is_ascii_whitespace()), Some(&b'{'));
    }
});
