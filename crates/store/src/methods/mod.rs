//! The methods of [`Store`](crate::Store) that callers' keys are checked in: one trait and file for each kind of thing.

mod audit;
mod bindings;
mod keys;
mod memberships;
mod organizations;
mod projects;
mod roles;
mod spaces;
mod users;

pub use audit::AuditStore;
pub use bindings::RoleBindingStore;
pub use keys::KeyStore;
pub use memberships::MembershipStore;
pub use organizations::OrganizationStore;
pub use projects::ProjectStore;
pub use roles::RoleStore;
pub use spaces::SpaceStore;
pub use users::UserStore;
