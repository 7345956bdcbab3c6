//! Custom and predefined roles on the wire (docs/contract/roles.md#roles); roles of users are in `roles.rs`.

use claviger_domain::{Change, PermissionSet, Refusal, Role, RoleId};
use claviger_store::{After, CreateRole, ListRoles, UpdateRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::input::body::{change, present};
use crate::input::{List, Query, RequestBody};
use crate::openapi::PermissionName;
use crate::wire::dialect::vocabulary;
use crate::wire::{Format, Pagination, View, id};

/// The most names in one body: more than there are, so that a list with repetitions is still read.
const MAX_NAMES: usize = 1_000;

/// A role that can be given in a space or a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleObjectView {
    id: id::Role,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// Names of permissions, without those that the client does not know.
    #[schema(example = json!(["PROJECT_READ"]))]
    permissions: Vec<&'static str>,
    /// Whether the role is predefined. Predefined roles cannot be changed.
    is_predefined: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of roles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleList {
    pub roles: Vec<RoleObjectView>,
    pub pagination: Pagination,
}

impl View<Role> for RoleObjectView {
    fn of(format: Format<'_>, role: Role) -> Self {
        let names = role.permissions.iter().filter_map(|p| format.dialect.vocabulary.name(p));
        Self {
            id: format.id(role.id),
            permissions: names.collect(),
            name: role.name,
            description: Some(role.description).filter(|text| !text.is_empty()),
            is_predefined: role.is_predefined,
            created_at: role.created_at.to_string(),
            updated_at: role.updated_at.to_string(),
        }
    }
}

/// A new role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateRole)]
pub(crate) struct CreateRoleBody {
    /// Unique in the account.
    #[schema(format = "Name")]
    name: String,
    /// Names of permissions. The caller must hold all of them.
    #[schema(value_type = Vec<PermissionName>, min_items = 1, example = json!(["PROJECT_READ"]))]
    permissions: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "Description", nullable = false)]
    description: Option<String>,
}

impl RequestBody for CreateRoleBody {
    type Path = ();
    type Command = CreateRole;

    fn read(self, (): (), _: Format<'_>) -> Result<CreateRole, Refusal> {
        Ok(CreateRole {
            name: words::name(&self.name)?,
            description: words::description(self.description.as_deref())?,
            permissions: permissions(&self.permissions)?,
        })
    }
}

/// Changes to a role: at least one member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateRole)]
pub(crate) struct UpdateRoleBody {
    /// Unique in the account.
    #[serde(default, deserialize_with = "present")]
    #[schema(format = "Name", nullable = false)]
    name: Option<String>,
    /// Names of permissions. Replaces all permissions of the role.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<PermissionName>>, min_items = 1, nullable = false)]
    permissions: Option<Vec<String>>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, format = "Description")]
    description: Change<String>,
}

impl RequestBody for UpdateRoleBody {
    type Path = RoleId;
    type Command = UpdateRole;

    fn read(self, id: RoleId, format: Format<'_>) -> Result<UpdateRole, Refusal> {
        let given =
            self.name.is_some() || self.permissions.is_some() || self.description != Change::Keep;
        words::at_least_one(given, "name, permissions, description")?;
        Ok(UpdateRole {
            id,
            name: self.name.as_deref().map(words::name).transpose()?,
            description: words::changed_description(format.dialect, self.description)?,
            permissions: self.permissions.as_deref().map(permissions).transpose()?,
        })
    }
}

/// Reads the names of permissions: a set, so that repetitions do not matter.
fn permissions(names: &[String]) -> Result<PermissionSet, Refusal> {
    if names.is_empty() || names.len() > MAX_NAMES {
        return Err(Refusal::invalid("permissions", "it must have at least one entry"));
    }
    let place = |(place, name): (usize, &String)| {
        vocabulary::permission(name).ok_or_else(|| {
            let field = format!("permissions[{place}]");
            Refusal::invalid(field, "it must be the name of a permission, such as PROJECT_READ")
        })
    };
    names.iter().enumerate().map(place).collect()
}

impl List for ListRoles {
    type Item = Role;
    type Id = RoleId;
    const RESOURCE: &'static str = "roles";
    const FILTERS: &'static [&'static str] = &["is_predefined"];

    fn read(
        query: &Query,
        _: Format<'_>,
        after: Option<After<RoleId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        Ok(Self { is_predefined: query.parse("is_predefined", is_predefined)?, after, limit })
    }

    fn id(role: &Role) -> RoleId {
        role.id
    }
}

fn is_predefined(text: &str) -> Result<bool, Refusal> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Refusal::invalid("is_predefined", "it must be true or false")),
    }
}
