//! The audit log: writing its records, sealing them, and holding the log against its seals. Written once for every database.
//!
//! - `record` gives a record its place in the log and a MAC of its own, in the transaction of the change.
//! - `sealer` links the records whose MAC is genuine, and seals the end of the chain.
//! - `verify` reads the whole log, and `export` hands it on.

mod export;
mod record;
mod sealer;
mod verify;

pub use export::Exported;
pub(crate) use export::batch_behind;
pub(crate) use record::has_room;
pub(crate) use sealer::{begin, ends_as_sealed, note_adoption, rebind, replace_missing_head, seal};
pub(crate) use verify::verify;
