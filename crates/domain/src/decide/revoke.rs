//! Revoking a key.

use crate::access::Access;
use crate::decide::{Subject, administers_all, may_work_with_keys};
use crate::key::KeyType;
use crate::need::Here;
use crate::permission::Permission;
use crate::refusal::{Refusal, Resource};
use crate::user::Caller;

/// Decides whether the caller may revoke the key (CONTRACT §2.7). Revoking twice is allowed and changes nothing.
///
/// # Errors
///
/// A [`Refusal`]: 403 without developer access, or for the creator of a service key who lost `SERVICE_KEY_REVOKE`; 404 for every
/// other key that is not the caller's to revoke, so that ids cannot be probed.
pub fn revoke(caller: &Caller, access: &Access, subject: Option<&Subject>) -> Result<(), Refusal> {
    may_work_with_keys(caller)?;
    let subject = subject.ok_or(Refusal::NotFound(Resource::ApiKey))?;
    let key = &subject.key;
    if key.acts_for == caller.user.id || caller.is_account_admin() {
        return Ok(());
    }
    match key.key_type {
        KeyType::Service if administers_all(access, subject) => Ok(()),
        KeyType::Service if key.is_made_by(caller.user.id) => {
            let may = subject
                .all_spaces(|space| access.may(Permission::ServiceKeyRevoke, Here::Space(space)));
            if may {
                Ok(())
            } else {
                Err(Refusal::forbidden(
                    "revoking a service key that you created needs SERVICE_KEY_REVOKE in all its spaces",
                ))
            }
        }
        KeyType::Service | KeyType::User => Err(Refusal::NotFound(Resource::ApiKey)),
    }
}
