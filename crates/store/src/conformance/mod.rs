//! The suite that every database is held to.
