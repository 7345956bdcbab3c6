//! Which keys a caller can see, in lists and in every operation on a key.
//!
//! Rule: an operation on a key begins with [`visible`]. A key that some list shows to the caller is never "not found", and one that no
//! list shows them always is.

use crate::access::Access;
use crate::decide::{KeyWithSpaces, may_work_with_keys};
use crate::id::UserId;
use crate::key::KeyType;
use crate::organization::Space;
use crate::refusal::{Refusal, Resource};
use crate::user::Caller;

/// Whether the caller can see all keys of a user: those that act for them, and the service keys that they made.
pub(super) fn sees_keys_of(caller: &Caller, user: UserId) -> bool {
    user == caller.user.id || caller.is_account_admin()
}

/// Whether the caller can see the service keys of a space: those of one creator at a time, without `SERVICE_KEY_READ`.
pub(super) fn sees_keys_in(access: &Access, space: &Space) -> bool {
    access.sees_space(space)
}

/// Whether the caller can see a key.
pub fn sees_key(caller: &Caller, access: &Access, subject: &KeyWithSpaces) -> bool {
    let key = &subject.key;
    sees_keys_of(caller, key.acts_for)
        || key.key_type == KeyType::Service
            && (key.is_made_by(caller.user.id)
                || subject.spaces.iter().any(|space| sees_keys_in(access, space)))
}

/// The key that an operation is about, if the caller works with keys and can see this one.
///
/// # Errors
///
/// 403 without developer access, whatever the key; 404 for a key that the caller cannot see, and if there is none.
pub(super) fn visible<'a>(
    caller: &Caller,
    access: &Access,
    subject: Option<&'a KeyWithSpaces>,
) -> Result<&'a KeyWithSpaces, Refusal> {
    may_work_with_keys(caller)?;
    subject
        .filter(|subject| sees_key(caller, access, subject))
        .ok_or(Refusal::NotFound(Resource::ApiKey))
}
