//! One decision for each operation.
//!
//! A decision takes what was read in the transaction, and answers what to write, or why not. The order of its checks is part of the
//! contract: first who the caller is, then what they may see, then what they may do, then what it would mean.

mod audit;
mod authenticate;
mod bindings;
mod create;
mod creator_ceiling;
mod leak;
mod list;
mod memberships;
mod mint;
mod names;
mod places;
mod projects;
mod refresh;
mod revoke;
mod roles;
mod sight;
mod sign_in;
mod users;
mod verify;

pub use audit::read_audit;
pub use authenticate::{KeyRecord, NotAccepted, accept, authenticate, prove};
pub use bindings::{bind, give, in_binding, may_bind};
pub use create::{may_create_service_keys, service_key, user_key};
pub use creator_ceiling::{ensure_within_creator, exceeds_creator};
pub use leak::leaked_key;
pub use list::{KeyFilter, KeyScope, Named, list_scope};
pub use memberships::{
    give_space_role, new_member, organization_members, organization_role, remove_space_member,
    space_role,
};
pub use mint::{Delivery, Mint, Occasion, host_key, sign_in_secret};
pub use names::{organization_name_is_free, project_name_is_free, space_name_is_free};
pub use places::{change_space, create_organization, in_organization, in_space};
pub use projects::{in_project, sees_project};
pub use refresh::{RefreshPlan, RefreshRequest, refresh};
pub use revoke::{revoke, revoke_all};
pub use roles::{create_role, delete_role, list_roles, role, update_role};
pub use sight::sees_key;
pub use sign_in::{SignInSecret, key_at_sign_in, may_have_keys, sign_in};
pub use users::{
    BotKeys, INVITATION_LIFETIME, Invitation, NewUser, RESET_LIFETIME, get_user, invitation,
    invite, issue_sign_in_secret, may_read_users, mode_works, read_user, remove_user,
    resend_invitation, reset_password, update_user,
};
pub use verify::{VerifyPlace, own_place, verify_in, verify_in_account};

pub use crate::requirement::{Requirement, Scope};

use crate::access::Access;
use crate::key::ApiKey;
use crate::organization::Space;
use crate::refusal::Refusal;
use crate::user::Caller;

/// A key that an operation is about, with the spaces in which its bot user has a role.
#[derive(Clone, Debug)]
pub struct KeyWithSpaces {
    /// The key.
    pub key: ApiKey,
    /// The spaces in which its bot user has a role, by membership or by a binding in the space or a project of it; none for a user key.
    pub spaces: Vec<Space>,
    /// Whether there are further such spaces, which cannot be read. Then nothing holds in all of them.
    pub has_unreadable_spaces: bool,
    /// Whether another key has replaced it.
    pub is_replaced: bool,
}

impl KeyWithSpaces {
    fn all_spaces(&self, holds: impl Fn(&Space) -> bool) -> bool {
        !self.has_unreadable_spaces && !self.spaces.is_empty() && self.spaces.iter().all(holds)
    }
}

/// Keys are for developers, administrators and bots (docs/permissions.md#developer-access).
fn may_work_with_keys(caller: &Caller) -> Result<(), Refusal> {
    if caller.is_bot() || caller.user.is_developer || caller.is_account_admin() {
        Ok(())
    } else {
        Err(Refusal::forbidden("working with API keys needs developer access"))
    }
}

fn administers_all(access: &Access, subject: &KeyWithSpaces) -> bool {
    subject.all_spaces(|space| access.administers(space))
}
