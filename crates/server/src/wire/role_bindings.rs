//! Role bindings on the wire (docs/contract/roles.md#role-bindings).

use claviger_domain::{BoundTo, ObjectIdCodec, Refusal, RoleBinding, RoleBindingId};
use claviger_store::{CreateRoleBinding, ListRoleBindings, UpdateRoleBinding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::Query;
use super::roles::canonical;
use super::{Pagination, ids};

/// The parameters of a list.
pub(crate) const LIST: &[&str] = &["resource_type", "user_id", "limit", "cursor"];

/// Type of a resource with role bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum BoundType {
    Space,
    Project,
}

/// A role of a user in a space or a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleBinding)]
pub(crate) struct RoleBindingView {
    id: String,
    role_id: String,
    /// A person, or the bot user of a service key.
    user_id: String,
    resource_type: BoundType,
    resource_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A page of role bindings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleBindingList {
    pub role_bindings: Vec<RoleBindingView>,
    pub pagination: Pagination,
}

impl RoleBindingView {
    pub(crate) fn of(codec: &ObjectIdCodec, binding: RoleBinding) -> Self {
        let (resource_type, resource_id) = match binding.place {
            BoundTo::Space(id) => (BoundType::Space, ids::write(codec, &id)),
            BoundTo::Project(id) => (BoundType::Project, ids::write(codec, &id)),
        };
        Self {
            id: ids::write(codec, &binding.id),
            role_id: ids::write(codec, &binding.role),
            user_id: ids::write(codec, &binding.user),
            resource_type,
            resource_id,
            created_at: binding.created_at.to_string(),
            updated_at: binding.updated_at.to_string(),
        }
    }
}

/// A new role binding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateRoleBinding)]
pub(crate) struct CreateRoleBindingBody {
    role_id: String,
    /// A person, or the bot user of a service key.
    user_id: String,
    #[schema(value_type = BoundType)]
    resource_type: String,
    /// A space or a project, as `resource_type` says.
    resource_id: String,
}

impl CreateRoleBindingBody {
    /// Reads the members.
    pub(crate) fn read(self, codec: &ObjectIdCodec) -> Result<CreateRoleBinding, Refusal> {
        let id = &self.resource_id;
        let place = match bound_type(&self.resource_type)? {
            BoundType::Space => BoundTo::Space(ids::read(codec, "resource_id", id)?),
            BoundType::Project => BoundTo::Project(ids::read(codec, "resource_id", id)?),
        };
        Ok(CreateRoleBinding {
            user: ids::read(codec, "user_id", &self.user_id)?,
            role: ids::read(codec, "role_id", &self.role_id)?,
            place,
        })
    }
}

/// The new role of a binding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateRoleBinding)]
pub(crate) struct UpdateRoleBindingBody {
    role_id: String,
}

impl UpdateRoleBindingBody {
    /// Reads the members.
    pub(crate) fn read(
        self,
        codec: &ObjectIdCodec,
        id: RoleBindingId,
    ) -> Result<UpdateRoleBinding, Refusal> {
        Ok(UpdateRoleBinding { id, role: ids::read(codec, "role_id", &self.role_id)? })
    }
}

/// Reads the filters of a list; the cursor is the caller's business.
pub(crate) fn list(query: &Query, codec: &ObjectIdCodec) -> Result<ListRoleBindings, Refusal> {
    let Some(text) = query.get("resource_type") else {
        return Err(Refusal::invalid("resource_type", "it is required: SPACE or PROJECT"));
    };
    Ok(ListRoleBindings {
        in_projects: bound_type(text)? == BoundType::Project,
        user: query.get("user_id").map(|id| ids::read(codec, "user_id", id)).transpose()?,
        after: None,
        limit: query.limit()?,
    })
}

fn bound_type(text: &str) -> Result<BoundType, Refusal> {
    match canonical(text).as_str() {
        "SPACE" => Ok(BoundType::Space),
        "PROJECT" => Ok(BoundType::Project),
        _ => Err(Refusal::invalid("resource_type", "it must be SPACE or PROJECT")),
    }
}
