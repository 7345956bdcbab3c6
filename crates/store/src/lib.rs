//! The store: operations, and the databases behind them.
//!
//! - An operation is a value, such as [`CreateSpace`], that [`Store::execute`] carries out in one transaction: the credential of the
//!   request is proven, the decision of [`claviger_domain::decide`] is taken, and the change and its audit record are written, all on the
//!   same snapshot. It happens whole or not at all, and when it has answered, it is on disk.
//! - `operations` has one file for each group of operations, and `tables` one for each group of tables. Both are written once for every
//!   database.
//! - `audit` writes the records of changes, seals them, and holds the log against its seals.
//! - `transaction` says what a database driver brings: carrying out statements, and nothing about what is in them.
//! - `sqlite` is the database inside the binary: one writer thread that commits concurrent writes as a group, and readers beside it.
//! - `postgres` is a database of a server, for any number of nodes: a transaction for each operation, `SERIALIZABLE` where it writes.
//! - `conformance` is the suite that holds every database to the same behaviour.

#[cfg(not(feature = "sqlite"))]
compile_error!("enable a database: `sqlite`, and `postgres` beside it");

mod audit;
mod authority;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod damage;
mod error;
mod ids;
mod open_error;
mod operation;
mod operations;
mod param;
#[cfg(feature = "postgres")]
mod postgres;
mod request;
mod row;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod steps;
mod store;
mod tables;
mod transaction;

use claviger_domain::InstanceTag;

pub use crate::audit::Exported;
#[cfg(feature = "faults")]
pub use crate::authority::Faults;
#[cfg(feature = "conformance")]
pub use crate::authority::Work;
pub use crate::error::{CallError, Corrupt, StoreError};
pub use crate::open_error::OpenError;
pub use crate::operation::{Kind, Operation};
pub use crate::operations::{
    AcceptClock, AcceptedClock, After, Authenticate, BotOrganization, BotSpace, BotUser,
    CreateAccount, CreateOrganization, CreateProject, CreateRole, CreateRoleBinding,
    CreateServiceKey, CreateSpace, CreateUser, CreateUserKey, CreatedAccount, CreatedServiceKey,
    CreatedUser, DeleteOrganization, DeleteProject, DeleteRole, DeleteRoleBinding, DeleteSpace,
    FirstOrganization, FirstRole, FirstSpace, FirstUser, GetOrganization, GetProject, GetRole,
    GetRoleBinding, GetSelf, GetSpace, GetUser, GrantsOrSpace, HostKey, IdOrName, InvitedUser,
    IssueSignInSecret, IssuedSignInSecret, Leak, ListAccounts, ListAuditRecords, ListKeys,
    ListOrganizations, ListProjects, ListRestrictions, ListRoleBindings, ListRoles, ListSpaces,
    ListUsers, ListedKey, NoteSecretInUrl, OrganizationMember, Page, ProveSignInSecret, Question,
    RecoverAdministrator, RefreshKey, Refreshed, Reminded, RemoveOrganizationMember,
    RemoveSpaceMember, RemoveUser, ReportLeak, Reporter, ResendInvitation, ResetPassword,
    RestrictProject, RevokeAllKeys, RevokeKey, RevokedKeys, SetOrganizationMember, SetPolicy,
    SetSpaceMember, SignIn, SignedIn, SpaceMember, SpaceRoleView, UnrestrictProject,
    UpdateOrganization, UpdateProject, UpdateRole, UpdateRoleBinding, UpdateSpace, UpdateUser,
    Verification, Verified, VerifyKey, VerifyKeys, VerifyScope,
};
#[cfg(feature = "postgres")]
pub use crate::postgres::{Encryption, PostgresAuditLog, PostgresOptions, UrlError};
pub use crate::request::{Credential, Quota, Request, Sender, Share};
#[cfg(feature = "sqlite")]
pub use crate::sqlite::{AuditLog, Durability, SqliteOptions};
pub use crate::store::Store;

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

/// What comes of an operation.
pub type CallResult<T> = Result<T, CallError>;
