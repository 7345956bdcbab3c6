//! Who may do what where, what lists are narrowed by, and the ceiling over what is granted: as a naive model says.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/domain/tests/rules/grants_model.rs"]
mod grants_model;

fuzz_target!(|bytes: &[u8]| {
    grants_model::check(bytes);
});
