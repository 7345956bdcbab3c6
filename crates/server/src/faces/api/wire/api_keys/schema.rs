//! What the OpenAPI document says of request bodies. They are read by [`super::request`], more liberally than is advertised.

use serde::Serialize;
use utoipa::ToSchema;

use crate::faces::api::wire::role_schema::{CustomRole, Predefined};
use crate::wire::id;

/// A key to create: a user key, or a service key in the nested or the flat form.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum CreateApiKey {
    User(CreateUserApiKey),
    Service(CreateServiceApiKey),
    SpaceService(CreateSpaceServiceApiKey),
}

/// A user key: acts for the caller.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateUserApiKey {
    /// `USER`, which is the default.
    #[schema(nullable = false)]
    key_type: Option<UserType>,
    #[schema(format = "KeyName", example = "ci")]
    name: String,
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
    /// Time of expiry, in the future; default: never.
    #[schema(format = "Instant", nullable = false, example = "2099-01-31T12:00:00Z")]
    expires_at: Option<String>,
}

/// A service key: acts for a new bot user with roles in organizations and spaces.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateServiceApiKey {
    /// `SERVICE`.
    key_type: ServiceType,
    #[schema(format = "KeyName")]
    name: String,
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
    #[schema(format = "Instant", nullable = false, example = "2099-01-31T12:00:00Z")]
    expires_at: Option<String>,
    /// Role in the account; default: `MEMBER`.
    account_role: Option<AccountRole>,
    #[schema(min_items = 1, max_items = 100)]
    organizations: Vec<OrganizationBinding>,
}

/// A service key in one space: the flat form of older clients.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSpaceServiceApiKey {
    /// `SERVICE`.
    key_type: ServiceType,
    #[schema(format = "KeyName")]
    name: String,
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
    #[schema(format = "Instant", nullable = false, example = "2099-01-31T12:00:00Z")]
    expires_at: Option<String>,
    space_id: id::Space,
    #[schema(nullable = false)]
    roles: Option<SpaceRoles>,
}

/// The roles of the flat form.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
pub(crate) struct SpaceRoles {
    /// Default: `MEMBER`.
    space_role: Option<RoleName>,
    /// Default: `READ_ONLY`.
    org_role: Option<RoleName>,
    /// Default: `MEMBER`.
    account_role: Option<AccountRoleName>,
}

/// An organization of a bot user.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationBinding {
    org_id: id::Organization,
    /// Default: `READ_ONLY`.
    role: Option<PredefinedRole>,
    #[schema(min_items = 1, max_items = 100)]
    spaces: Vec<SpaceBinding>,
}

/// A space of a bot user.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpaceBinding {
    space_id: id::Space,
    /// Default: `MEMBER`.
    role: Option<Role>,
}

/// A role of a key in a space: `{"type":"PREDEFINED","name":"MEMBER"}` or `{"type":"CUSTOM","id":"…"}`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = ServiceKeySpaceRole)]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum Role {
    Predefined(PredefinedRole),
    Custom(CustomRole),
}

/// A role of a key in an organization or a space: `{"type":"PREDEFINED","name":"MEMBER"}`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ServiceKeyRole)]
pub(crate) struct PredefinedRole {
    #[serde(rename = "type")]
    kind: Predefined,
    name: RoleName,
}

/// A role of a key in the account: `{"type":"PREDEFINED","name":"MEMBER"}`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ServiceKeyAccountRole)]
pub(crate) struct AccountRole {
    #[serde(rename = "type")]
    kind: Predefined,
    name: AccountRoleName,
}

/// Account roles of keys.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ServiceKeyAccountRoleName)]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum AccountRoleName {
    Admin,
    Member,
}

/// Predefined roles of keys.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum RoleName {
    Admin,
    Member,
    ReadOnly,
}

/// The type of a user key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum UserType {
    User,
}

/// The type of a service key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum ServiceType {
    Service,
}

/// What to list keys by.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum KeyTypeFilter {
    User,
    Service,
}

/// What to list keys by.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "the types of this file only describe")]
pub(crate) enum KeyStatusFilter {
    Active,
    Revoked,
}

/// A refresh.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshApiKey {
    /// Time of expiry of the new key. A refresh can only shorten: required if the old key has an expiry, and not later than that.
    /// (Go clients before 0.16, Python before 8.39, JavaScript before 1.23 and the `arize` crate may give any future time, and
    /// none for never.)
    #[schema(format = "Instant", nullable = false, example = "2099-01-31T12:00:00Z")]
    expires_at: Option<String>,
    /// Seconds for which the old key continues to work.
    #[schema(minimum = 0, maximum = 86400, default = 0, nullable = false)]
    grace_period_seconds: Option<u32>,
}
