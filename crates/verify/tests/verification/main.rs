//! Tests of permission expressions and of decisions.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: the lints' exceptions do not reach functions beside the tests"
)]

mod decisions;
mod expressions;
#[path = "../../../domain/tests/rules/property.rs"]
mod property;
