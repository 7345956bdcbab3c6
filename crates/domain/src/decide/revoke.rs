//! Revoking a key.

use crate::access::Access;
use crate::decide::{Subject, administers_all, sight};
use crate::key::KeyType;
use crate::need::Here;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::user::Caller;

/// Decides whether the caller may revoke the key (CONTRACT §2.7). Revoking twice is allowed and changes nothing.
///
/// # Errors
///
/// A [`Refusal`]: 404 for a key that the caller cannot see, so that ids cannot be probed; 403 for one that they can see and not revoke,
/// and without developer access.
pub fn revoke(caller: &Caller, access: &Access, subject: Option<&Subject>) -> Result<(), Refusal> {
    let subject = sight::visible(caller, access, subject)?;
    let key = &subject.key;
    if key.acts_for == caller.user.id || caller.is_account_admin() {
        return Ok(());
    }
    let may =
        || subject.all_spaces(|space| access.may(Permission::ServiceKeyRevoke, Here::Space(space)));
    match key.key_type {
        KeyType::Service if administers_all(access, subject) => Ok(()),
        KeyType::Service if key.is_made_by(caller.user.id) && may() => Ok(()),
        KeyType::Service => Err(Refusal::forbidden(
            "revoking a service key is for administrators of the account or of all its spaces, and for its creator while they hold \
             SERVICE_KEY_REVOKE there",
        )),
        KeyType::User => Err(Refusal::forbidden(
            "revoking another person's key is for administrators of the account",
        )),
    }
}
