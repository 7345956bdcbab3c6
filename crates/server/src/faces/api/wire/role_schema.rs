//! Schemas of roles in the OpenAPI document. [`super::roles`] reads more forms than they show.

use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::id;

/// A user's role in the account: `{"type":"PREDEFINED","name":"MEMBER"}`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountRole {
    #[serde(rename = "type")]
    kind: Predefined,
    name: AccountRoleName,
}

/// Type of predefined roles.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum Predefined {
    Predefined,
}

/// The roles in the account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum AccountRoleName {
    Admin,
    Member,
    Annotator,
    MemberUiOnly,
}

/// A member's role in an organization: `{"type":"PREDEFINED","name":"MEMBER"}`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationRole {
    #[serde(rename = "type")]
    kind: Predefined,
    name: ScopedRoleName,
}

/// The predefined roles in organizations and spaces.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum ScopedRoleName {
    Admin,
    Member,
    ReadOnly,
    Annotator,
}

/// A member's role in a space: `{"type":"PREDEFINED","name":"MEMBER"}` or `{"type":"CUSTOM","id":"…"}`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum SpaceRole {
    Predefined(OrganizationRole),
    Custom(CustomRole),
}

/// A custom role: `{"type":"CUSTOM","id":"…"}`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomRole {
    #[serde(rename = "type")]
    kind: Custom,
    id: id::Role,
    /// Ignored; responses have it beside the id.
    #[schema(nullable = false)]
    name: Option<String>,
}

/// Type of custom roles.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum Custom {
    Custom,
}
