//! Revoking a key, or all user keys of a person.

use crate::access::Access;
use crate::decide::list::Named;
use crate::decide::{KeyWithSpaces, administers_all, read_user, sight};
use crate::key::KeyType;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::requirement::Scope;
use crate::user::{Caller, User, UserKind};

/// Decides whether the caller may revoke the key (docs/contract/keys.md#revoke). Revoking twice is allowed and changes nothing.
///
/// # Errors
///
/// A [`Refusal`]: 404 for a key that the caller cannot see, so that ids cannot be probed; 403 for one that they can see and not revoke,
/// and without developer access.
pub fn revoke(
    caller: &Caller,
    access: &Access,
    subject: Option<&KeyWithSpaces>,
) -> Result<(), Refusal> {
    let subject = sight::visible(caller, access, subject)?;
    let key = &subject.key;
    if key.acts_for == caller.user.id || caller.is_account_admin() {
        return Ok(());
    }
    let may = || {
        subject.all_spaces(|space| access.may(Permission::ServiceKeyRevoke, Scope::Space(space)))
    };
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

/// Decides whose user keys are revoked: the caller's own if nobody is named. Ending one's own keys takes no right, not even developer
/// access.
///
/// # Errors
///
/// 404 for a person whom the caller may not read, and for bot users; 403 for other people's keys to all but administrators of the
/// account; 422 for a service key that names nobody.
pub fn revoke_all(
    caller: &Caller,
    access: &Access,
    named: Option<Named<User>>,
) -> Result<User, Refusal> {
    let Some(named) = named else {
        if caller.is_bot() {
            return Err(Refusal::unprocessable(
                "a service key has no user keys: name the person with `user_id`",
            ));
        }
        return Ok(caller.user.clone());
    };
    let person = named.found().filter(|user| user.kind == UserKind::Person);
    let user = read_user(caller, access, person)?;
    if user.id == caller.user.id || caller.is_account_admin() {
        Ok(user)
    } else {
        Err(Refusal::forbidden("revoking other people's keys is for account administrators"))
    }
}
