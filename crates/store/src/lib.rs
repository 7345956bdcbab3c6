//! What Claviger remembers: one trait, [`Store`], and the databases behind it.
//!
//! - A method is one transaction: the caller is authenticated, the decision of [`claviger_domain::decide`] is taken, and the change and
//!   its audit record are written, all on the same snapshot. It happens whole or not at all, and when it has answered, it is on disk.
//! - `methods` has the parts of the trait, one for each kind of thing.
//! - `operations` says what each method does, once for every database, over the statements of `tables`.
//! - `transaction` says what a database driver brings: carrying out statements, and nothing about what is in them.
//! - `sqlite` is the database inside the binary: one writer thread that commits concurrent writes as a group, and readers beside it.
//! - `conformance` is the suite that holds every database to the trait.

#[cfg(not(feature = "sqlite"))]
compile_error!("enable a database: `sqlite`");

mod authority;
mod call;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod damage;
mod error;
mod founding;
mod methods;
mod operations;
mod param;
mod row;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tables;
mod transaction;

use async_trait::async_trait;
use claviger_domain::{Account, AccountId, AccountPolicy, ApiKey, InstanceTag};

#[cfg(feature = "conformance")]
pub use crate::authority::Work;
pub use crate::call::{
    After, BotOrganization, BotSpace, BotUser, Call, CreateOrganization, CreateProject, CreateRole,
    CreateRoleBinding, CreateServiceKey, CreateSpace, CreateUser, CreateUserKey, CreatedServiceKey,
    GrantsOrSpace, HandOver, HandedOver, InvitedUser, Leak, LeakReport, ListAuditRecords, ListKeys,
    ListOrganizations, ListProjects, ListRestrictions, ListRoleBindings, ListRoles, ListSpaces,
    ListUsers, ListedKey, OrganizationMember, Page, Quota, RefreshKey, Refreshed, Remind, Reminded,
    RemoveOrganizationMember, RemoveSpaceMember, Reporter, RevokeAllKeys, RevokedKeys,
    SetOrganizationMember, SetSpaceMember, SignIn, SignedIn, SpaceMember, SpaceRoleView,
    UpdateOrganization, UpdateProject, UpdateRole, UpdateRoleBinding, UpdateSpace, UpdateUser,
};
pub use crate::error::{CallError, Corrupt, StoreError};
pub use crate::founding::{
    AcceptedClock, Founded, FoundedUser, Founding, FoundingKey, FoundingOrganization, FoundingRole,
    FoundingSpace, FoundingUser, Recovery,
};
pub use crate::methods::{
    AuditStore, KeyStore, MembershipStore, OrganizationStore, ProjectStore, RoleBindingStore,
    RoleStore, SpaceStore, UserStore,
};
#[cfg(feature = "sqlite")]
pub use crate::sqlite::{AuditLog, Durability, Exported, OpenError, SqliteOptions, SqliteStore};

/// What identifies an installation. Made once, with its database.
#[derive(Clone)]
pub struct Installation {
    /// The tag in all its keys.
    pub tag: InstanceTag,
    /// The key that object ids and cursors are made under. A thief of the database has it; it protects nothing but guessing.
    pub id_key: [u8; 32],
}

impl std::fmt::Debug for Installation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Installation").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// The result of a method that a caller's key is checked in.
pub type CallResult<T> = Result<T, CallError>;

/// Remembers. See the [crate documentation](crate) for the rules that all methods follow.
///
/// An id that was never handed out comes in as `NOTHING`, and is answered like one that is somebody else's.
#[async_trait]
pub trait Store:
    AuditStore
    + KeyStore
    + MembershipStore
    + OrganizationStore
    + ProjectStore
    + RoleBindingStore
    + RoleStore
    + SpaceStore
    + UserStore
    + Send
    + Sync
    + std::fmt::Debug
{
    /// What identifies the installation.
    fn installation(&self) -> &Installation;

    /// Proves the presented key, and nothing else.
    async fn authenticate(&self, call: Call) -> CallResult<()>;

    /// Writes down when keys were last used, and the time, which the next start must not be behind. Also warns of a wall clock that is
    /// wrong. To be called every minute or so, and before the end. Not part of any promise: what was noted may be lost.
    async fn write_last_uses(&self) -> Result<(), StoreError>;

    /// Makes an account with what it starts with. For the host's own commands, not for callers.
    async fn found(&self, founding: Founding) -> Result<Founded, StoreError>;

    /// All accounts, oldest first. For the host's own commands, not for callers.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Sets what an account demands of its keys. For the host's own commands, not for callers.
    async fn set_policy(&self, account: AccountId, policy: AccountPolicy)
    -> Result<(), StoreError>;

    /// Makes a key for an administrator who has none left that works. For the host's own commands, not for callers.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`](claviger_domain::Refusal::NotFound) if no administrator takes part under this address.
    async fn recover(&self, recovery: Recovery) -> CallResult<ApiKey>;

    /// Whether the database answers and takes writes.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Stops taking calls, finishes those under way, and closes the database.
    async fn close(&self);
}
