//! A type for each kind of id, so that they cannot be confused.
//!
//! Inside they are numbers, assigned by the database. On the wire they are text, see [`ObjectIdCodec`](crate::ObjectIdCodec).

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl $name {
            /// The id of nothing: what a well-formed id that was never assigned is read as.
            pub const UNASSIGNED: Self = Self(0);

            /// The id with this number.
            pub const fn new(number: i64) -> Self {
                Self(number)
            }

            /// The number.
            pub const fn number(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// Identifies an account: a tenant.
    AccountId;
    /// Identifies an organization.
    OrganizationId;
    /// Identifies a space.
    SpaceId;
    /// Identifies a membership, of an organization or of a space.
    MembershipId;
    /// Identifies a person or a bot user.
    UserId;
    /// Identifies a custom role.
    RoleId;
    /// Identifies an API key. Public: it may appear in logs and URLs.
    ApiKeyId;
    /// Identifies a record of the audit log: its place in the log.
    AuditRecordId;
    /// Identifies a role binding.
    RoleBindingId;
    /// Identifies a project.
    ProjectId;
}
