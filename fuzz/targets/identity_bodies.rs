//! Bodies that make or change organizations, spaces, roles, members and users: no panic, and nothing but an object is accepted.
#![no_main]

use claviger_server::fuzzing::{IDENTITY_BODIES, identity_bodies};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for (accepted, name) in identity_bodies(bytes).iter().zip(IDENTITY_BODIES) {
        if *accepted {
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            assert_eq!(first, Some(&b'{'), "{name}");
        }
    }
});
