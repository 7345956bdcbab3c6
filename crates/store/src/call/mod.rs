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

use claviger_domain::{KeyText, Refusal, RequestContext, UserId};
use jiff::Timestamp;

pub use audit::ListAuditRecords;
pub use bindings::{CreateRoleBinding, ListRoleBindings, UpdateRoleBinding};
pub use keys::{
    BotOrganization, BotSpace, BotUser, CreateServiceKey, CreateUserKey, CreatedServiceKey,
    GrantsOrSpace, Leak, LeakReport, ListKeys, ListedKey, RefreshKey, Refreshed, Reporter,
    SpaceRoleView,
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
    CreateUser, HandOver, InvitedUser, ListUsers, Remind, SignIn, SignedIn, UpdateUser,
};

/// How often one user may mint keys. Asked inside the transaction, where it is known who calls.
pub trait Quota: Send + Sync + std::fmt::Debug {
    /// Counts one more key, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit(&self, user: UserId) -> Result<(), Refusal>;
}

/// Who calls, when, and from where.
#[derive(Clone, Debug)]
pub struct Call {
    /// The key that was presented. It is proven inside the transaction.
    pub key: KeyText,
    /// The instant at which everything in the call happens.
    pub now: Timestamp,
    /// Where it came from, for the audit.
    pub context: RequestContext,
    /// What limits the minting of keys, if anything.
    pub quota: Option<Arc<dyn Quota>>,
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
