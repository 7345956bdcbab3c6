//! Role bindings: which user has which role on which space or project.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::id::require_id;
use crate::open_enum::open_enum;
use crate::page::{DEFAULT_LIMIT, Page, Pager, Pagination};
use crate::request::{paging, setters};
use crate::stage::Stage;
use crate::transport::Call;
use crate::{resolve, timestamp};

open_enum! {
    /// What a role can be bound to, or access restricted to.
    pub enum ResourceType {
        /// A space.
        Space = "SPACE",
        /// A project.
        Project = "PROJECT",
        /// A dashboard.
        Dashboard = "DASHBOARD",
        /// A prompt.
        Prompt = "PROMPT",
    }
}

/// A role that a user has on a resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct RoleBinding {
    /// Its id.
    pub id: String,
    /// The role.
    #[serde(default)]
    pub role_id: String,
    /// The user; of a service key, its bot user.
    #[serde(default)]
    pub user_id: String,
    /// What kind of resource it is.
    #[serde(default)]
    pub resource_type: Option<ResourceType>,
    /// The resource.
    #[serde(default)]
    pub resource_id: String,
    /// When it was made.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "timestamp::lenient")]
    pub updated_at: Option<Timestamp>,
}

/// Which bindings to list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListRequest {
    /// Those on spaces, or those on projects.
    pub resource_type: ResourceType,
    /// Only those of this user: an e-mail address or an id.
    pub user: Option<String>,
    /// How many on a page, 1 to 100; 50 if not given.
    pub limit: Option<u16>,
    /// Where to go on from: the `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl ListRequest {
    /// All bindings on resources of this type.
    pub fn new(resource_type: ResourceType) -> Self {
        Self { resource_type, user: None, limit: None, cursor: None }
    }
}

paging!(ListRequest);
setters! {
    impl ListRequest {
        user: impl Into<String>,
    }
}

/// A role to bind.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CreateRequest {
    /// The role: a name or an id.
    pub role: String,
    /// The user: an e-mail address or an id. For a service key, the id of its bot user.
    pub user: String,
    /// What kind of resource it is.
    pub resource_type: ResourceType,
    /// The resource: of a space, a name or an id; else an id.
    pub resource: String,
}

impl CreateRequest {
    /// A role, a name or an id, for a user, an e-mail address or an id, on a space: a name or an id.
    pub fn on_space(
        role: impl Into<String>,
        user: impl Into<String>,
        space: impl Into<String>,
    ) -> Self {
        Self::new(role, user, ResourceType::Space, space)
    }

    /// A role for a user on a resource of any type.
    pub fn new(
        role: impl Into<String>,
        user: impl Into<String>,
        resource_type: ResourceType,
        resource: impl Into<String>,
    ) -> Self {
        Self { role: role.into(), user: user.into(), resource_type, resource: resource.into() }
    }
}

#[derive(Serialize)]
struct CreateBody<'a> {
    role_id: String,
    user_id: String,
    resource_type: &'a ResourceType,
    resource_id: String,
}

#[derive(Serialize)]
struct UpdateBody {
    role_id: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "crate::lenient::list")]
    role_bindings: Vec<RoleBinding>,
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pagination: Pagination,
}

/// The role bindings that the key may see. From [`Client::role_bindings`].
#[derive(Clone, Debug)]
pub struct RoleBindings {
    client: Client,
}

const LIST: &str = "role_bindings.list";

impl RoleBindings {
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
    }

    /// The same calls, as parts of this one and within its time.
    fn begin(&self, stage: Stage, method: &'static str) -> Self {
        Self { client: self.client.begin(stage, method) }
    }

    /// Reads a page of bindings.
    ///
    /// # Errors
    ///
    /// Refusals of the server.
    pub async fn list(&self, request: ListRequest) -> Result<Page<RoleBinding>> {
        let this = self.begin(Stage::Beta, LIST);
        let user_id = match &request.user {
            Some(user) => Some(resolve::user_id(&this.client, user).await?),
            None => None,
        };
        let call = Call::get(LIST, &["role-bindings"])
            .query("resource_type", Some(&request.resource_type))
            .query("user_id", user_id)
            .query("limit", Some(request.limit.unwrap_or(DEFAULT_LIMIT)))
            .query("cursor", request.cursor.as_ref());
        let Wire { role_bindings, pagination } = this.client.send(call).await?.document()?;
        Ok(Page { items: role_bindings, pagination })
    }

    /// Reads all bindings, page by page, as they are asked for.
    pub fn list_all(&self, request: ListRequest) -> Pager<RoleBinding> {
        let bindings = self.clone();
        Pager::new(LIST, request.cursor.clone(), move |cursor| {
            let (bindings, request) = (bindings.clone(), ListRequest { cursor, ..request.clone() });
            async move { bindings.list(request).await }
        })
    }

    /// Reads one binding, by id.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none, or none that the key may see.
    pub async fn get(&self, binding_id: &str) -> Result<RoleBinding> {
        let this = self.begin(Stage::Beta, "role_bindings.get");
        require_id("binding_id", binding_id)?;
        let call = Call::get("role_bindings.get", &["role-bindings", binding_id]);
        this.client.send(call).await?.document()
    }

    /// Binds a role to a user on a resource.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if the user has one there, [`is_forbidden`](crate::Error::is_forbidden) if the key may not bind
    /// roles there or there is no such resource.
    pub async fn create(&self, request: CreateRequest) -> Result<RoleBinding> {
        let this = self.begin(Stage::Beta, "role_bindings.create");
        let resource_id = if request.resource_type == ResourceType::Space {
            resolve::space_id(&this.client, &request.resource).await?
        } else {
            require_id("resource", &request.resource)?;
            request.resource
        };
        let body = CreateBody {
            role_id: resolve::role_id(&this.client, &request.role).await?,
            user_id: resolve::user_id(&this.client, &request.user).await?,
            resource_type: &request.resource_type,
            resource_id,
        };
        let call = Call::post("role_bindings.create", &["role-bindings"], &body, &[201])?;
        this.client.send(call).await?.document()
    }

    /// Puts another role, a name or an id, in the place of the one that is bound.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such binding, or the key may not change it.
    pub async fn update(&self, binding_id: &str, role: &str) -> Result<RoleBinding> {
        let this = self.begin(Stage::Beta, "role_bindings.update");
        require_id("binding_id", binding_id)?;
        let body = UpdateBody { role_id: resolve::role_id(&this.client, role).await? };
        let path = ["role-bindings", binding_id];
        this.client.send(Call::patch("role_bindings.update", &path, &body)?).await?.document()
    }

    /// Removes a binding.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such binding, or the key may not remove it.
    pub async fn delete(&self, binding_id: &str) -> Result<()> {
        let this = self.begin(Stage::Beta, "role_bindings.delete");
        require_id("binding_id", binding_id)?;
        let call = Call::delete("role_bindings.delete", &["role-bindings", binding_id]);
        this.client.send(call).await.map(drop)
    }
}
