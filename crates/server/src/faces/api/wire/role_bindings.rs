//! Role bindings on the wire (docs/contract/roles.md#role-bindings).

use claviger_domain::{BoundTo, Refusal, RoleBinding, RoleBindingId};
use claviger_store::{After, CreateRoleBinding, ListRoleBindings, UpdateRoleBinding};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::roles::canonical;
use crate::input::{List, Query, RequestBody};
use crate::wire::{Format, Pagination, View, id};

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
    id: id::RoleBinding,
    role_id: id::Role,
    /// A person, or the bot user of a service key.
    user_id: id::User,
    resource_type: BoundType,
    #[schema(value_type = String)]
    resource_id: ResourceId,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// What a role is given in, as `resource_type` says.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ResourceId {
    Space(id::Space),
    Project(id::Project),
}

/// A page of role bindings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleBindingList {
    pub role_bindings: Vec<RoleBindingView>,
    pub pagination: Pagination,
}

impl View<RoleBinding> for RoleBindingView {
    fn of(format: Format<'_>, binding: RoleBinding) -> Self {
        let (resource_type, resource_id) = match binding.place {
            BoundTo::Space(id) => (BoundType::Space, ResourceId::Space(format.id(id))),
            BoundTo::Project(id) => (BoundType::Project, ResourceId::Project(format.id(id))),
        };
        Self {
            id: format.id(binding.id),
            role_id: format.id(binding.role),
            user_id: format.id(binding.user),
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
    role_id: id::Role,
    /// A person, or the bot user of a service key.
    user_id: id::User,
    #[schema(value_type = BoundType)]
    resource_type: String,
    /// A space or a project, as `resource_type` says.
    resource_id: String,
}

impl RequestBody for CreateRoleBindingBody {
    type Path = ();
    type Command = CreateRoleBinding;

    fn read(self, (): (), format: Format<'_>) -> Result<CreateRoleBinding, Refusal> {
        let codec = format.codec;
        let text = &self.resource_id;
        let place = match bound_type(&self.resource_type)? {
            BoundType::Space => BoundTo::Space(id::read(codec, "resource_id", text)?),
            BoundType::Project => BoundTo::Project(id::read(codec, "resource_id", text)?),
        };
        Ok(CreateRoleBinding {
            user: self.user_id.read(format),
            role: self.role_id.read(format),
            place,
        })
    }
}

/// The new role of a binding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateRoleBinding)]
pub(crate) struct UpdateRoleBindingBody {
    role_id: id::Role,
}

impl RequestBody for UpdateRoleBindingBody {
    type Path = RoleBindingId;
    type Command = UpdateRoleBinding;

    fn read(self, id: RoleBindingId, format: Format<'_>) -> Result<UpdateRoleBinding, Refusal> {
        Ok(UpdateRoleBinding { id, role: self.role_id.read(format) })
    }
}

impl List for ListRoleBindings {
    type Item = RoleBinding;
    type Id = RoleBindingId;
    const RESOURCE: &'static str = "role-bindings";
    const FILTERS: &'static [&'static str] = &["resource_type", "user_id"];

    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<RoleBindingId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let Some(place) = query.parse("resource_type", bound_type)? else {
            return Err(Refusal::invalid("resource_type", "it is required: SPACE or PROJECT"));
        };
        let in_projects = place == BoundType::Project;
        Ok(Self { in_projects, user: query.id("user_id", format)?, after, limit })
    }

    fn id(binding: &RoleBinding) -> RoleBindingId {
        binding.id
    }
}

fn bound_type(text: &str) -> Result<BoundType, Refusal> {
    match canonical(text).as_str() {
        "SPACE" => Ok(BoundType::Space),
        "PROJECT" => Ok(BoundType::Project),
        _ => Err(Refusal::invalid("resource_type", "it must be SPACE or PROJECT")),
    }
}
