//! Roles of users on the wire: read in every form, written in the caller's (docs/contract/dialects.md#other-resources).

use claviger_domain::{AccountRole, ObjectIdCodec, Refusal, RoleId, ScopedRole, SpaceRole};
use claviger_store::SpaceRoleView;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::wire::dialect::{Dialect, RoleForm};
use crate::wire::{Format, id};

/// A role as it was sent: a bare name, or an object of type and name or id.
#[derive(Clone, Debug)]
pub(crate) enum RoleInput {
    Named(String),
    Custom(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleObject {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "crate::input::body::present")]
    name: Option<String>,
    #[serde(default, deserialize_with = "crate::input::body::present")]
    id: Option<String>,
}

impl<'de> Deserialize<'de> for RoleInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RoleVisitor;

        impl<'de> Visitor<'de> for RoleVisitor {
            type Value = RoleInput;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(r#"a role: {"type":"PREDEFINED","name":…} or {"type":"CUSTOM","id":…}"#)
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<RoleInput, E> {
                Ok(RoleInput::Named(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RoleInput, A::Error> {
                use serde::de::Error as _;
                let role = RoleObject::deserialize(MapAccessDeserializer::new(map))?;
                match (canonical(&role.kind).as_str(), role.name, role.id) {
                    ("PREDEFINED" | "BUILTIN", Some(name), None) => Ok(RoleInput::Named(name)),
                    // Responses carry a name beside the id; clients that echo them mean the id (docs/contract/keys.md#service-keys).
                    ("CUSTOM", _, Some(id)) => Ok(RoleInput::Custom(id)),
                    ("PREDEFINED" | "BUILTIN", _, _) => {
                        Err(A::Error::custom("a PREDEFINED role has a `name` and no `id`"))
                    }
                    ("CUSTOM", _, None) => Err(A::Error::custom("a CUSTOM role has an `id`")),
                    _ => Err(A::Error::custom("the `type` of a role is PREDEFINED or CUSTOM")),
                }
            }
        }

        deserializer.deserialize_any(RoleVisitor)
    }
}

/// An enumeration value in canonical spelling: case does not matter, nor does `-` for `_`.
pub(crate) fn canonical(text: &str) -> String {
    text.to_ascii_uppercase().replace('-', "_")
}

fn unknown(field: &str, known: &str) -> Refusal {
    Refusal::invalid(field.to_owned(), format!("it must be one of {known}"))
}

/// Reads a role in the account. Custom ones exist and are refused there (docs/contract/keys.md#service-keys).
pub(crate) fn account_role(field: &str, input: &RoleInput) -> Result<AccountRole, Refusal> {
    let RoleInput::Named(name) = input else {
        return Err(Refusal::unprocessable(format!("`{field}`: custom roles are for spaces")));
    };
    match canonical(name).as_str() {
        "ADMIN" => Ok(AccountRole::Admin),
        "MEMBER" => Ok(AccountRole::Member),
        "ANNOTATOR" => Ok(AccountRole::Annotator),
        "MEMBER_UI_ONLY" => {
            Err(Refusal::invalid(field.to_owned(), "members without the API cannot have keys"))
        }
        _ => Err(unknown(field, "ADMIN, MEMBER")),
    }
}

/// Reads the role of a user in the account.
pub(crate) fn user_role(field: &str, input: &RoleInput) -> Result<AccountRole, Refusal> {
    let RoleInput::Named(name) = input else {
        return Err(Refusal::unprocessable(format!("`{field}`: custom roles are for spaces")));
    };
    match canonical(name).as_str() {
        "ADMIN" => Ok(AccountRole::Admin),
        "MEMBER" => Ok(AccountRole::Member),
        "ANNOTATOR" => Ok(AccountRole::Annotator),
        "MEMBER_UI_ONLY" => Ok(AccountRole::MemberUiOnly),
        _ => Err(unknown(field, "ADMIN, MEMBER, ANNOTATOR, MEMBER_UI_ONLY")),
    }
}

/// Reads a predefined role in an organization or a space.
pub(crate) fn scoped_role(field: &str, name: &str) -> Result<ScopedRole, Refusal> {
    match canonical(name).as_str() {
        "ADMIN" => Ok(ScopedRole::Admin),
        "MEMBER" => Ok(ScopedRole::Member),
        "READ_ONLY" => Ok(ScopedRole::ReadOnly),
        "ANNOTATOR" => Ok(ScopedRole::Annotator),
        _ => Err(unknown(field, "ADMIN, MEMBER, READ_ONLY")),
    }
}

/// Reads a role in an organization.
pub(crate) fn organization_role(field: &str, input: &RoleInput) -> Result<ScopedRole, Refusal> {
    match input {
        RoleInput::Named(name) => scoped_role(field, name),
        RoleInput::Custom(_) => {
            Err(Refusal::unprocessable(format!("`{field}`: custom roles are for spaces")))
        }
    }
}

/// Reads a role in a space.
pub(crate) fn space_role(
    codec: &ObjectIdCodec,
    field: &str,
    input: &RoleInput,
) -> Result<SpaceRole, Refusal> {
    match input {
        RoleInput::Named(name) => scoped_role(field, name).map(SpaceRole::Predefined),
        RoleInput::Custom(id) => {
            let field = format!("{field}.id");
            id::read::<RoleId>(codec, &field, id).map(SpaceRole::Custom)
        }
    }
}

/// A role in a response.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RoleView {
    /// The early form: a bare name.
    Bare(String),
    /// A role assignment.
    Assignment(RoleAssignment),
}

/// A role with its type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RoleAssignment {
    /// `PREDEFINED` or `CUSTOM`.
    #[serde(rename = "type")]
    #[schema(example = "PREDEFINED")]
    kind: String,
    /// The id of a custom role.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<id::Role>,
    /// The name of the role.
    #[schema(example = "MEMBER")]
    name: String,
}

fn account_role_name(dialect: &Dialect, role: AccountRole) -> &'static str {
    match role {
        // A client that does not know the word loses the whole page.
        AccountRole::MemberUiOnly if !dialect.member_ui_only => "MEMBER",
        AccountRole::Admin => "ADMIN",
        AccountRole::Member => "MEMBER",
        AccountRole::Annotator => "ANNOTATOR",
        AccountRole::MemberUiOnly => "MEMBER_UI_ONLY",
    }
}

fn scoped_role_name(role: ScopedRole) -> &'static str {
    match role {
        ScopedRole::Admin => "ADMIN",
        ScopedRole::Member => "MEMBER",
        ScopedRole::ReadOnly => "READ_ONLY",
        ScopedRole::Annotator => "ANNOTATOR",
    }
}

fn predefined(dialect: &Dialect, name: &'static str) -> RoleAssignment {
    RoleAssignment { kind: dialect.spell("PREDEFINED"), id: None, name: dialect.spell(name) }
}

impl RoleAssignment {
    pub(crate) fn of_account(dialect: &Dialect, role: AccountRole) -> Self {
        predefined(dialect, account_role_name(dialect, role))
    }

    pub(crate) fn of_organization(dialect: &Dialect, role: ScopedRole) -> Self {
        predefined(dialect, scoped_role_name(role))
    }

    pub(crate) fn of_space(format: Format<'_>, role: &SpaceRoleView) -> Self {
        let dialect = format.dialect;
        match role {
            SpaceRoleView::Predefined(role) => predefined(dialect, scoped_role_name(*role)),
            SpaceRoleView::Custom { id, name } => {
                Self { kind: dialect.spell("CUSTOM"), id: Some(format.id(*id)), name: name.clone() }
            }
        }
    }
}

impl RoleView {
    /// A user's role, in the form of the caller's band (docs/contract/dialects.md#other-resources).
    pub(crate) fn of_user(dialect: &Dialect, role: AccountRole) -> Self {
        Self::shaped(dialect, RoleAssignment::of_account(dialect, role))
    }

    /// A member's role in an organization.
    pub(crate) fn of_organization_member(dialect: &Dialect, role: ScopedRole) -> Self {
        Self::shaped(dialect, RoleAssignment::of_organization(dialect, role))
    }

    /// A member's role in a space.
    pub(crate) fn of_space_member(format: Format<'_>, role: &SpaceRoleView) -> Self {
        Self::shaped(format.dialect, RoleAssignment::of_space(format, role))
    }

    fn shaped(dialect: &Dialect, mut assignment: RoleAssignment) -> Self {
        match dialect.role_form {
            RoleForm::Bare => Self::Bare(assignment.name),
            RoleForm::Builtin if assignment.id.is_none() => {
                "builtin".clone_into(&mut assignment.kind);
                Self::Assignment(assignment)
            }
            RoleForm::Builtin | RoleForm::Predefined => Self::Assignment(assignment),
        }
    }
}
