//! The readers of input, laid open for the fuzzers. Each takes whatever a client may send and answers what it made of it.

use axum::http::{HeaderMap, HeaderValue, header};
use claviger_domain::{
    Entropy, EntropyUnavailable, InstanceTag, ObjectIdCodec, OrganizationId, Refusal, RoleId,
    SpaceId, UserId,
};
use claviger_store::After;
use serde::de::DeserializeOwned;

use crate::leaks;
use crate::wire::api_keys::request::{CreateBody, RefreshBody};
use crate::wire::body;
use crate::wire::cursor::CursorCodec;
use crate::wire::custom_roles::{CreateRoleBody, UpdateRoleBody};
use crate::wire::dialect::Dialect;
use crate::wire::leaked_keys::FoundSecretBody;
use crate::wire::memberships::{OrganizationMemberBody, SpaceMemberBody};
use crate::wire::organizations::{CreateOrganizationBody, UpdateOrganizationBody};
use crate::wire::query::Query;
use crate::wire::role_bindings::CreateRoleBindingBody;
use crate::wire::sign_in::SignInBody;
use crate::wire::spaces::{CreateSpaceBody, UpdateSpaceBody};
use crate::wire::users::UpdateUserBody;
use crate::wire::{credential, timestamp};

/// Whether the body of a creation is accepted.
pub fn create_body(bytes: &[u8]) -> bool {
    let codec = ObjectIdCodec::new(&[7; 32]);
    body::decode::<CreateBody>(bytes).is_ok_and(|body| body.read(&codec, &Dialect::NEWEST).is_ok())
}

/// Whether the body of a refresh is accepted.
pub fn refresh_body(bytes: &[u8]) -> bool {
    body::decode::<RefreshBody>(bytes).is_ok_and(|body| body.read(&Dialect::NEWEST).is_ok())
}

/// Whether a body is accepted as what makes or changes something of the identity plane: one answer for each kind of body, in the order of
/// [`IDENTITY_BODIES`].
pub fn identity_bodies(bytes: &[u8]) -> [bool; IDENTITY_BODIES.len()] {
    let (codec, dialect) = (&ObjectIdCodec::new(&[7; 32]), &Dialect::NEWEST);
    [
        reads::<CreateOrganizationBody, _>(bytes, |body| body.read()),
        reads::<UpdateOrganizationBody, _>(bytes, |body| {
            body.read(dialect, OrganizationId::new(1))
        }),
        reads::<CreateSpaceBody, _>(bytes, |body| body.read(codec)),
        reads::<UpdateSpaceBody, _>(bytes, |body| body.read(dialect, SpaceId::new(1))),
        reads::<CreateRoleBody, _>(bytes, |body| body.read()),
        reads::<UpdateRoleBody, _>(bytes, |body| body.read(dialect, RoleId::new(1))),
        reads::<CreateRoleBindingBody, _>(bytes, |body| body.read(codec)),
        reads::<UpdateUserBody, _>(bytes, |body| body.read(UserId::new(1))),
        reads::<OrganizationMemberBody, _>(bytes, |body| body.read(codec, OrganizationId::new(1))),
        reads::<SpaceMemberBody, _>(bytes, |body| body.read(codec, SpaceId::new(1))),
        reads::<SignInBody, _>(bytes, |body| body.read()),
    ]
}

/// The names of the bodies that [`identity_bodies`] reads.
pub const IDENTITY_BODIES: [&str; 11] = [
    "CreateOrganization",
    "UpdateOrganization",
    "CreateSpace",
    "UpdateSpace",
    "CreateRole",
    "UpdateRole",
    "CreateRoleBinding",
    "UpdateUser",
    "OrganizationMember",
    "SpaceMember",
    "SignIn",
];

fn reads<T: DeserializeOwned, U>(bytes: &[u8], read: impl FnOnce(T) -> Result<U, Refusal>) -> bool {
    body::decode::<T>(bytes).is_ok_and(|body| read(body).is_ok())
}

/// How many keys of the right form are in a report of leaked keys, and the addresses that are kept of it.
pub fn partner_payload(bytes: &[u8]) -> Option<(usize, Vec<String>)> {
    let found = FoundSecretBody::read_all(bytes).ok()?;
    let keys = found.iter().filter(|secret| secret.key().is_some()).count();
    Some((keys, found.iter().filter_map(FoundSecretBody::url).collect()))
}

/// Whether a report is taken as signed.
pub fn partner_signature(bytes: &[u8], pem: &str, signature: &str) -> bool {
    leaks::is_signed(bytes, pem, signature)
}

/// The instant that a text is read as.
pub fn instant(text: &str) -> Option<jiff::Timestamp> {
    timestamp::parse(text).ok()
}

/// Whether header values are read as one key of an installation.
pub fn credential(values: &[&[u8]], tag: InstanceTag) -> bool {
    let mut headers = HeaderMap::new();
    for value in values {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(header::AUTHORIZATION, value);
        }
    }
    credential::read(&headers, tag).is_ok()
}

/// Whether a query string is accepted.
pub fn query(raw: &str) -> bool {
    Query::read(Some(raw), &["limit", "cursor", "status"], &["status"])
        .is_ok_and(|query| query.limit().is_ok())
}

/// A cursor of a list, behind a thing.
pub fn seal_cursor(list: &str, reader: i64, id: i64) -> Option<String> {
    let after = After { reader: UserId::new(reader), id };
    CursorCodec::new(&[7; 32]).seal(list, after, &Zeros).ok()
}

/// What a cursor is opened as: reader and thing.
pub fn open_cursor(list: &str, cursor: &str) -> Option<(i64, i64)> {
    let after = CursorCodec::new(&[7; 32]).open(list, cursor)?;
    Some((after.reader.number(), after.id))
}

#[derive(Debug)]
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        bytes.fill(0);
        Ok(())
    }
}
