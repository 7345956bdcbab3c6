//! What clients send to the operations of `/auth/v1`, and what they get. Not part of the contract: the same for every client.

pub(crate) mod leaked_keys;
pub(crate) mod revoke_all;
pub(crate) mod sign_in;
pub(crate) mod verify;
