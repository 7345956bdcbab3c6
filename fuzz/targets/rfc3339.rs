//! Instants: what is accepted is written as an instant that reads as the same one.
#![no_main]

use claviger_server::fuzzing::instant;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(at) = instant(text) {
        assert!(text.len() >= 19 && text.is_ascii());
        if at.as_second() >= -62_167_219_200 {
            assert_eq!(instant(&at.to_string()), Some(at));
        }
    }
});
