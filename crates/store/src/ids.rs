//! Ids as parameters of statements and as columns of rows.

use claviger_domain::{
    AccountId, ApiKeyId, AuditRecordId, MembershipId, OrganizationId, ProjectId, RoleBindingId,
    RoleId, SpaceId, UserId,
};

use crate::param::Param;
use crate::row::{FromColumn, Row, WrongType};

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl From<$id> for Param<'_> {
            fn from(id: $id) -> Self {
                Self::Integer(id.number())
            }
        }

        impl FromColumn for Option<$id> {
            fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
                Ok(row.integer(at)?.map($id::new))
            }
        }

        impl FromColumn for $id {
            fn read(row: &dyn Row, at: usize) -> Result<Self, WrongType> {
                Option::<Self>::read(row, at)?.ok_or(WrongType)
            }
        }
    )*};
}

ids!(
    AccountId,
    ApiKeyId,
    AuditRecordId,
    MembershipId,
    OrganizationId,
    ProjectId,
    RoleBindingId,
    RoleId,
    SpaceId,
    UserId
);
