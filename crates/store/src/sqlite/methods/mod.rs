//! The methods of the store that callers' keys are checked in, one file for each trait.

mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;
