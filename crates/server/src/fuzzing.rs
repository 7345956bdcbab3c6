//! The readers of input, laid open for the fuzzers. Each takes whatever a client may send and answers what it made of it.

use axum::http::{HeaderMap, HeaderValue, header};
use claviger_domain::{
    ApiKeyId, Entropy, EntropyUnavailable, InstanceTag, ObjectIdCodec, OrganizationId, RoleId,
    SpaceId, UserId,
};
use claviger_store::After;

use crate::faces::api::wire::api_keys::request::{CreateBody, RefreshBody};
use crate::faces::api::wire::custom_roles::{CreateRoleBody, UpdateRoleBody};
use crate::faces::api::wire::memberships::{OrganizationMemberBody, SpaceMemberBody};
use crate::faces::api::wire::organizations::{CreateOrganizationBody, UpdateOrganizationBody};
use crate::faces::api::wire::role_bindings::CreateRoleBindingBody;
use crate::faces::api::wire::spaces::{CreateSpaceBody, UpdateSpaceBody};
use crate::faces::api::wire::users::UpdateUserBody;
use crate::faces::auth::wire::leaked_keys::FoundSecretBody;
use crate::faces::auth::wire::sign_in::SignInBody;
use crate::input::cursor::CursorCodec;
use crate::input::{Query, RequestBody, body, credential};
use crate::leaks;
use crate::wire::dialect::Dialect;
use crate::wire::{Format, timestamp};

/// Whether the body of a creation is accepted.
pub fn create_body(bytes: &[u8]) -> bool {
    reads::<CreateBody>(bytes, ())
}

/// Whether the body of a refresh is accepted.
pub fn refresh_body(bytes: &[u8]) -> bool {
    reads::<RefreshBody>(bytes, ApiKeyId::new(1))
}

/// Whether a body is accepted as what makes or changes something of the identity plane: one answer for each kind of body, in the order of
/// [`IDENTITY_BODIES`].
pub fn identity_bodies(bytes: &[u8]) -> [bool; IDENTITY_BODIES.len()] {
    let (organization, space) = (OrganizationId::new(1), SpaceId::new(1));
    [
        reads::<CreateOrganizationBody>(bytes, ()),
        reads::<UpdateOrganizationBody>(bytes, organization),
        reads::<CreateSpaceBody>(bytes, ()),
        reads::<UpdateSpaceBody>(bytes, space),
        reads::<CreateRoleBody>(bytes, ()),
        reads::<UpdateRoleBody>(bytes, RoleId::new(1)),
        reads::<CreateRoleBindingBody>(bytes, ()),
        reads::<UpdateUserBody>(bytes, UserId::new(1)),
        reads::<OrganizationMemberBody>(bytes, organization),
        reads::<SpaceMemberBody>(bytes, space),
        reads::<SignInBody>(bytes, ()),
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

fn reads<B: RequestBody>(bytes: &[u8], path: B::Path) -> bool {
    let codec = &ObjectIdCodec::new(&[7; 32]);
    let format = Format { codec, dialect: &Dialect::NEWEST };
    body::decode::<B>(bytes).is_ok_and(|body| body.read(path, format).is_ok())
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
