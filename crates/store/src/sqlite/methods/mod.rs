//! The methods of the store that callers' keys are checked in, one file for each trait.

mod audit;
mod keys;
mod memberships;
mod organizations;
mod roles;
mod spaces;
mod users;
