//! Rights and the ceiling, against a naive model, on cases that random bytes describe. `fuzz/targets/grants.rs` looks for more of them.

use std::cell::Cell;

use proptest::prelude::*;

use crate::grants_model;
use crate::property::{cases, check};

#[test]
fn rights_reach_and_ceiling_are_what_a_naive_model_says() {
    let allowed = Cell::new(0_u32);
    let number = cases(5_000) / 10;
    check(number, proptest::collection::vec(any::<u8>(), 0..160), |bytes| {
        allowed.set(allowed.get() + u32::from(grants_model::check(&bytes)));
        Ok(())
    });
    // The ceiling would hold of a product that refuses everything.
    assert!(allowed.get() > number / 50, "only {} of {number} were allowed", allowed.get());
    assert!(allowed.get() < number - number / 50);
}
