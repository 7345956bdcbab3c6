//! Custom and predefined roles on the wire (docs/contract/roles.md#roles); roles of users are in `roles.rs`.

use claviger_domain::{Change, ObjectIdCodec, PermissionSet, Refusal, Role, RoleId};
use claviger_store::{CreateRole, UpdateRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{change, present};
use super::dialect::{Dialect, vocabulary};
use super::query::Query;
use super::{Pagination, ids, words};

/// The most names in one body: more than there are, so that a list with repetitions is still read.
const MAX_NAMES: usize = 1_000;

/// A role that can be given in a space or a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleObjectView {
    #[schema(example = "Um9sZToxOlY0S2E=")]
    id: String,
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

impl RoleObjectView {
    pub(crate) fn of(codec: &ObjectIdCodec, dialect: &Dialect, role: Role) -> Self {
        let names = role.permissions.iter().filter_map(|p| dialect.vocabulary.name(p));
        Self {
            id: ids::write(codec, &role.id),
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
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Names of permissions. The caller must hold all of them.
    #[schema(min_items = 1, example = json!(["PROJECT_READ"]))]
    permissions: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(max_length = 1000, nullable = false)]
    description: Option<String>,
}

impl CreateRoleBody {
    /// Reads the members.
    pub(crate) fn read(self) -> Result<CreateRole, Refusal> {
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
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    name: Option<String>,
    /// Names of permissions. Replaces all permissions of the role.
    #[serde(default, deserialize_with = "present")]
    #[schema(min_items = 1, nullable = false)]
    permissions: Option<Vec<String>>,
    /// `null` clears it.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Change<String>,
}

impl UpdateRoleBody {
    /// Reads the members.
    pub(crate) fn read(self, dialect: &Dialect, id: RoleId) -> Result<UpdateRole, Refusal> {
        let given =
            self.name.is_some() || self.permissions.is_some() || self.description != Change::Keep;
        words::at_least_one(given, "name, permissions, description")?;
        Ok(UpdateRole {
            id,
            name: self.name.as_deref().map(words::name).transpose()?,
            description: words::changed_description(dialect, self.description)?,
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

/// Reads the filter of a list.
pub(crate) fn is_predefined(query: &Query) -> Result<Option<bool>, Refusal> {
    match query.get("is_predefined").map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Refusal::invalid("is_predefined", "it must be true or false")),
    }
}
