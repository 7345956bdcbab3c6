//! Organizations, spaces, users and memberships, played from outside: what each operation does, and what it refuses to whom.
//!
//! Rule: every refusal is shown to leave all tables as they were.

#![expect(clippy::unwrap_used, reason = "test code")]

mod acts;
mod administrators;
mod conflicts;
mod freed_addresses;
mod letter_texts;
mod letters;
mod mail;
mod membership_roles;
mod memberships;
mod organizations;
mod projects;
mod role_bindings;
mod roles;
mod sign_in;
mod spaces;
mod users;
mod way_back;
