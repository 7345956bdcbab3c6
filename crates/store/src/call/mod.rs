//! What the methods of the store are asked, and what they answer.

mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod tried;
mod users;

use std::sync::Arc;

use claviger_domain::{AccountId, KeyText, Now, Refusal, RequestContext, SignInPurpose, UserId};

pub use audit::ListAuditRecords;
pub use bindings::{CreateRoleBinding, ListRoleBindings, UpdateRoleBinding};
pub use keys::{
    BotOrganization, BotSpace, BotUser, CreateServiceKey, CreateUserKey, CreatedServiceKey,
    GrantsOrSpace, Leak, LeakReport, ListKeys, ListedKey, RefreshKey, Refreshed, Reporter,
    RevokeAllKeys, RevokedKeys, SpaceRoleView,
};
pub use memberships::{
    OrganizationMember, RemoveOrganizationMember, RemoveSpaceMember, SetOrganizationMember,
    SetSpaceMember, SpaceMember,
};
pub use organizations::{CreateOrganization, ListOrganizations, UpdateOrganization};
pub use projects::{CreateProject, ListProjects, ListRestrictions, UpdateProject};
pub use roles::{CreateRole, ListRoles, UpdateRole};
pub use spaces::{CreateSpace, ListSpaces, UpdateSpace};
pub(crate) use tried::Tried;
pub use users::{
    CreateUser, HandOver, HandedOver, InvitedUser, ListUsers, Remind, Reminded, SignIn, SignedIn,
    UpdateUser,
};

/// How often one user may mint keys, how much one may change, and how often letters go out. Asked inside the transaction, where it is known
/// who calls.
pub trait Quota: Send + Sync + std::fmt::Debug {
    /// Counts one more key, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit(&self, user: UserId) -> Result<(), Refusal>;

    /// Counts one more change of the user or of a key that they made, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit_change(&self, user: UserId) -> Result<(), Refusal>;

    /// Counts one more letter with a sign-in secret to this address, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManyLetters`] with the time to wait.
    fn admit_letter(
        &self,
        account: AccountId,
        purpose: SignInPurpose,
        address: &str,
    ) -> Result<(), Refusal> {
        let _ = (account, purpose, address);
        Ok(())
    }
}

/// Who calls, and from where. When is not known before the transaction starts.
#[derive(Clone, Debug)]
pub struct Call {
    /// The key that was presented. It is proven inside the transaction.
    pub key: KeyText,
    /// Where it came from, for the audit.
    pub context: RequestContext,
    /// What limits the minting of keys, if anything.
    pub quota: Option<Arc<dyn Quota>>,
}

/// A call in its transaction. The clock is read when the transaction starts, so that nothing is decided by an earlier time: the bytes
/// of a request can take half a minute to arrive.
#[derive(Clone, Debug)]
pub(crate) struct TimedCall {
    /// The key that was presented.
    pub key: KeyText,
    /// The time of the transaction.
    pub now: Now,
    /// Where it came from, for the audit.
    pub context: RequestContext,
    /// What limits the minting of keys, if anything.
    pub quota: Option<Arc<dyn Quota>>,
}

impl TimedCall {
    /// Counts a letter with a sign-in secret before anything is written.
    pub(crate) fn admit_letter(
        &self,
        account: AccountId,
        purpose: SignInPurpose,
        address: &str,
    ) -> Result<(), Refusal> {
        match &self.quota {
            Some(quota) => quota.admit_letter(account, purpose, address),
            None => Ok(()),
        }
    }
}

impl Call {
    /// The call in a transaction that starts now.
    pub(crate) fn at(self, now: Now) -> TimedCall {
        let Self { key, context, quota } = self;
        TimedCall { key, now, context, quota }
    }
}

/// Where a list goes on, and for whom: a place in one caller's list is no place in another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After<Id> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The last thing shown.
    pub id: Id,
}

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The user whose list it is.
    pub reader: UserId,
    /// The things.
    pub items: Vec<T>,
    /// Whether there are more behind the last.
    pub has_more: bool,
}
