//! Answers to the client: whatever a server sends, it is read or refused, without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| arize::fuzzing::answer(body));
