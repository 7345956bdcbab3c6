//! Verifies presented keys for others: what they ask, and what they are told.
//!
//! - `expression` reads which permissions a key must have, and evaluates that.
//! - `decision` decides from facts. It reads no database and no clock, so a cache can supply the same facts later.
//!
//! Rule: whether a key is accepted at all is decided by [`claviger_domain::decide`], for Claviger's own operations and for others alike.

mod decision;
mod expression;
mod expression_parser;

pub use decision::{Code, Facts, decide};
pub use expression::{Expression, ExpressionError, Name, Place};
