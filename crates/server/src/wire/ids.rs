//! Parses ids in requests.

use claviger_domain::{
    ApiKeyId, AuditRecordId, ObjectIdCodec, ObjectKind, OrganizationId, ProjectId, Refusal,
    RoleBindingId, RoleId, SpaceId, UserId,
};

/// A kind of id with its word on the wire.
pub(crate) trait WireId: Sized {
    const KIND: ObjectKind;
    fn of(number: i64) -> Self;
    fn number(&self) -> i64;
}

macro_rules! wire_ids {
    ($($id:ident = $kind:ident,)*) => {$(
        impl WireId for $id {
            const KIND: ObjectKind = ObjectKind::$kind;

            fn of(number: i64) -> Self {
                Self::new(number)
            }

            fn number(&self) -> i64 {
                (*self).number()
            }
        }
    )*};
}

wire_ids! {
    ApiKeyId = ApiKey,
    AuditRecordId = AuditLog,
    OrganizationId = Organization,
    ProjectId = Project,
    RoleBindingId = RoleBinding,
    RoleId = Role,
    SpaceId = Space,
    UserId = User,
}

/// Reads an id. One that was never assigned is `UNASSIGNED`, which is answered like somebody else's.
pub(crate) fn read<Id: WireId>(
    codec: &ObjectIdCodec,
    field: &str,
    text: &str,
) -> Result<Id, Refusal> {
    match codec.decode(Id::KIND, text) {
        Ok(number) => Ok(Id::of(number)),
        Err(error) => Err(Refusal::invalid(field.to_owned(), error.to_string())),
    }
}

/// Writes an id.
pub(crate) fn write<Id: WireId>(codec: &ObjectIdCodec, id: &Id) -> String {
    codec.encode(Id::KIND, id.number())
}
