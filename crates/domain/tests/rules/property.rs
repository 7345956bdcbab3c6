//! Checking a property on many cases, the same ones in every run.

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// How many cases: `PROPTEST_CASES` or `CLAVIGER_CASES`, or this many where nobody says.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own setting, which no command line defines"
)]
pub(crate) fn cases(otherwise: u32) -> u32 {
    let said =
        ["PROPTEST_CASES", "CLAVIGER_CASES"].into_iter().find_map(|name| std::env::var(name).ok());
    said.map_or(otherwise, |number| number.parse().expect("the number of cases is a number"))
}

/// Checks a property; a failure is shown with the smallest case that was found.
#[track_caller]
pub(crate) fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: Debug,
{
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    if let Err(failure) = runner.run(&strategy, property) {
        panic!("{failure}");
    }
}
