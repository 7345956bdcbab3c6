//! The domain's rules, seen from outside: what is true of keys, ids, roles and time, whatever was stored, for every caller.
//!
//! Rule: a property is checked on the same cases in every run. `CLAVIGER_CASES` sets how many; more cases begin with the same ones.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code: the lints' exceptions do not reach functions beside the tests"
)]

mod audit_verify;
mod ceiling;
mod constant_time;
mod decide;
mod digests;
mod expiry;
mod fixtures;
mod format;
mod grants;
mod grants_model;
mod minting;
mod object_ids;
mod pepper;
mod property;
mod reference;
mod roles;
mod texts;
mod wiping;
