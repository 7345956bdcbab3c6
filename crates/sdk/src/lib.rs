//! The Rust client for Claviger and for Arize's own service. Its place is kept here; it is not written yet.
