//! Ids on the wire. Each kind is a type, which reads and writes itself, and says in the OpenAPI document what it looks like.

use std::borrow::Cow;
use std::marker::PhantomData;

use claviger_domain::{
    ApiKeyId, AuditRecordId, MembershipId, ObjectIdCodec, ObjectKind, OrganizationId, ProjectId,
    Refusal, RoleBindingId, RoleId, SpaceId, UserId,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::Format;

/// A kind of id that goes over the wire.
pub(crate) trait WireId: Copy + Send + Sync + 'static {
    /// The kind.
    const KIND: ObjectKind;
    /// What its schema is called.
    const SCHEMA: &'static str;
    /// The id with a number.
    fn of(number: i64) -> Self;
    /// Its number.
    fn number(self) -> i64;
}

macro_rules! wire_ids {
    ($($(#[$doc:meta])* $name:ident: $id:ident = $kind:ident, $schema:literal;)*) => {$(
        impl WireId for $id {
            const KIND: ObjectKind = ObjectKind::$kind;
            const SCHEMA: &'static str = $schema;

            fn of(number: i64) -> Self {
                Self::new(number)
            }

            fn number(self) -> i64 {
                Self::number(self)
            }
        }

        $(#[$doc])*
        pub(crate) type $name = Text<$id>;
    )*};
}

wire_ids! {
    /// The id of an API key.
    ApiKey: ApiKeyId = ApiKey, "ApiKeyId";
    /// The id of a record of the audit.
    AuditLog: AuditRecordId = AuditLog, "AuditLogId";
    /// The id of an organization.
    Organization: OrganizationId = Organization, "OrganizationId";
    /// The id of a membership of an organization.
    OrganizationMember: OrganizationMemberId = OrganizationMember, "OrganizationMemberId";
    /// The id of a project.
    Project: ProjectId = Project, "ProjectId";
    /// The id of a role.
    Role: RoleId = Role, "RoleId";
    /// The id of a role binding.
    RoleBinding: RoleBindingId = RoleBinding, "RoleBindingId";
    /// The id of a space.
    Space: SpaceId = Space, "SpaceId";
    /// The id of a membership of a space.
    SpaceMember: SpaceMemberId = SpaceMember, "SpaceMemberId";
    /// The id of a user.
    User: UserId = User, "UserId";
}

macro_rules! memberships {
    ($($(#[$doc:meta])* $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $id(MembershipId);

        impl $id {
            fn new(number: i64) -> Self {
                Self(MembershipId::new(number))
            }

            fn number(self) -> i64 {
                self.0.number()
            }
        }

        impl From<MembershipId> for $id {
            fn from(id: MembershipId) -> Self {
                Self(id)
            }
        }
    )*};
}

memberships! {
    /// Identifies a membership of an organization.
    OrganizationMemberId;
    /// Identifies a membership of a space.
    SpaceMemberId;
}

/// An id as it is written, of the right form for its kind.
#[derive(Clone, Debug)]
pub(crate) struct Text<Id> {
    text: String,
    kind: PhantomData<Id>,
}

impl<Id: WireId> Text<Id> {
    /// Writes an id.
    pub(crate) fn of(codec: &ObjectIdCodec, id: Id) -> Self {
        Self { text: codec.encode(Id::KIND, id.number()), kind: PhantomData }
    }

    /// Reads the id. One that was never handed out names nothing, and is answered like somebody else's.
    pub(crate) fn read(&self, format: Format<'_>) -> Id {
        // The form was checked when the text came in.
        Id::of(format.codec.decode(Id::KIND, &self.text).unwrap_or_default())
    }
}

impl<Id> Serialize for Text<Id> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, Id: WireId> Deserialize<'de> for Text<Id> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Id::KIND.check_form(&text).map_err(serde::de::Error::custom)?;
        Ok(Self { text, kind: PhantomData })
    }
}

impl<Id: WireId> PartialSchema for Text<Id> {
    /// Base64 of a text that starts with the word of the kind and a colon. Words of different lengths leave a colon in different
    /// places of a group of three bytes, so of one to three characters that tell where the word ends.
    fn schema() -> RefOr<Schema> {
        let start = format!("{}:", Id::KIND.word());
        let (whole, rest) = start.split_at(start.len() / 3 * 3);
        let whole = data_encoding::BASE64.encode(whole.as_bytes());
        let group = match *rest.as_bytes() {
            [_] => "O[g-v][A-Za-z0-9]{2}".to_owned(),
            [letter, _] => {
                let two = data_encoding::BASE64.encode(&[letter, b':']);
                format!("{}[o-r][A-Za-z0-9]", &two[..2])
            }
            _ => String::new(),
        };
        let end = "(?:[A-Za-z0-9][AQgw]==|[A-Za-z0-9]{2}[AEIMQUYcgkosw048]=)?";
        let word = Id::KIND.word();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(format!("An id of type `{word}`; opaque.")))
            .max_length(Some(ObjectIdCodec::MAX_LEN))
            .pattern(Some(format!("^{whole}{group}(?:[A-Za-z0-9]{{4}})+{end}$")))
            .examples([ObjectIdCodec::new(&[0; 32]).encode(Id::KIND, 1001)])
            .into()
    }
}

impl<Id: WireId> ToSchema for Text<Id> {
    fn name() -> Cow<'static, str> {
        Id::SCHEMA.into()
    }
}

/// Reads an id that is no member of a body of its own type, and names it in errors.
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

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn pattern<Id: WireId>() -> Regex {
        let schema = serde_json::to_value(Text::<Id>::schema()).unwrap();
        Regex::new(schema["pattern"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn ids_are_read_as_they_are_described() {
        fn check<Id: WireId>(codec: &ObjectIdCodec) -> (ObjectKind, Regex) {
            let pattern = pattern::<Id>();
            for number in (0..2_000).chain([i64::MAX]) {
                let id = codec.encode(Id::KIND, number);
                assert!(pattern.is_match(&id), "{id}");
            }
            (Id::KIND, pattern)
        }
        let codec = ObjectIdCodec::new(&[7; 32]);
        let all = [
            check::<ApiKeyId>(&codec),
            check::<AuditRecordId>(&codec),
            check::<OrganizationId>(&codec),
            check::<OrganizationMemberId>(&codec),
            check::<ProjectId>(&codec),
            check::<RoleId>(&codec),
            check::<RoleBindingId>(&codec),
            check::<SpaceId>(&codec),
            check::<SpaceMemberId>(&codec),
            check::<UserId>(&codec),
        ];
        for (kind, pattern) in &all {
            for (other, _) in all.iter().filter(|(other, _)| other != kind) {
                let id = codec.encode(*other, 1);
                assert!(
                    !pattern.is_match(&id) && kind.check_form(&id).is_err(),
                    "{id} as {kind:?}"
                );
            }
        }
    }
}
