//! Ids: what is accepted has one spelling, and nothing that was not assigned names anything.
#![no_main]

use claviger_domain::{ObjectIdCodec, ObjectKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let codec = ObjectIdCodec::new(&[7; 32]);
    for kind in [ObjectKind::ApiKey, ObjectKind::Space, ObjectKind::User] {
        if let Ok(number) = codec.decode(kind, text)
            && number != 0
        {
            assert_eq!(codec.encode(kind, number), text);
        }
    }
});
