//! Query strings: no panic, and a limit that is accepted is a plain number.
#![no_main]

use claviger_server::fuzzing::query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    query(text);
});
