//! The rules that hold whatever was sent: nobody rises above themselves, nobody sees another tenant, every change is one change.
//!
//! Each test shows its rule from outside, through the whole router over a real database. What no operation does (demoting a person,
//! editing a role) is done through a second connection to the database.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod acts;
mod ceiling;
mod corpus;
mod damage;
mod demotion;
mod demotion_bots;
mod edits;
mod forms;
mod grace;
mod holders;
mod idor;
mod input;
mod late_bodies;
mod leaks;
mod lifecycle;
mod lists;
mod matrix;
mod named_ends;
mod names;
mod operations;
mod page_size;
mod paging;
mod property;
mod quota;
mod races;
mod races_identity;
mod removal;
mod revocation;
mod roles_page;
mod rows;
mod shares;
mod sight;
mod successes;
mod tenancy;
mod touches;
mod touches_people;
mod touches_places;
mod verify;
mod writes;
