//! The statements that a database brings, one method for each, one trait and file for each group of tables. They neither decide nor
//! authorise.
//!
//! Rule: whatever belongs to a tenant is looked up with its account, so that a foreign id finds nothing (T44).

mod accounts;
mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;

use claviger_domain::Now;

use crate::error::StoreError;

pub(crate) use accounts::AccountRows;
pub(crate) use audit::{AuditPage, AuditRows};
pub(crate) use bindings::{BindingPage, BindingRows};
pub(crate) use keys::{KeyPage, KeyRows, NewKey};
pub(crate) use memberships::{MembershipRows, OrganizationMembership, SpaceMembership};
pub(crate) use organizations::OrganizationRows;
pub(crate) use projects::{ProjectPage, ProjectReach, ProjectRows};
pub(crate) use roles::RoleRows;
pub(crate) use spaces::SpaceRows;
pub(crate) use users::{NewSignInSecret, UserRows};

/// The result of a statement.
pub(crate) type RowResult<T> = Result<T, StoreError>;

/// Statements inside one transaction: those of all groups.
///
/// The methods are asynchronous for databases behind a network. SQLite's never wait.
pub(crate) trait Rows:
    AccountRows
    + AuditRows
    + BindingRows
    + KeyRows
    + MembershipRows
    + OrganizationRows
    + ProjectRows
    + RoleRows
    + SpaceRows
    + UserRows
{
    /// The time of the transaction, read once when it started.
    fn now(&self) -> Now;
}
