//! Making service keys: names become ids, the organization is found from the space, and servers of all ages get the body they know.
//!
//! Servers from dialect D on take organizations with spaces; older ones one space, whose organization they know themselves. What a
//! server is shows in how it describes a space: only newer ones say whether it is private.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::requests::{CreateServiceKeyRequest, OrganizationBinding};
use super::{ApiKeyCreated, ApiKeys};
use crate::error::{Error, Result};
use crate::open_enum::Spelling;
use crate::organizations;
use crate::page::LARGEST_LIMIT;
use crate::resolve;
use crate::role_assignment::{PredefinedRole, RoleAssignment};
use crate::spaces::{self, Space};
use crate::stage::Stage;
use crate::transport::Call;

const CREATE: &str = "api_keys.create_service_key";

/// The body from dialect D on.
#[derive(Serialize)]
struct Nested<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    key_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_role: Option<RoleAssignment>,
    organizations: Vec<NestedOrganization>,
}

#[derive(Serialize)]
struct NestedOrganization {
    org_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleAssignment>,
    spaces: Vec<NestedSpace>,
}

#[derive(Serialize)]
struct NestedSpace {
    space_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleAssignment>,
}

/// The body up to dialect C.
#[derive(Serialize)]
struct Flat<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    key_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    space_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<FlatRoles>,
}

#[derive(Serialize)]
struct FlatRoles {
    #[serde(rename = "space_role", skip_serializing_if = "Option::is_none")]
    space: Option<String>,
    #[serde(rename = "org_role", skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(rename = "account_role", skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

impl ApiKeys {
    /// Makes a key for a new bot user, bound to a space, or to several organizations and spaces. Its secret is shown now and never
    /// again.
    ///
    /// Names of spaces and organizations are looked up, each once. With `space`, the organization is found from the space.
    ///
    /// ```
    /// # use claviger_testkit::TestServer;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> arize::Result<()> {
    /// # let server = TestServer::start().await;
    /// # let client = arize::Client::new(arize::Config {
    /// #     api_key: server.world.key("member").into(),
    /// #     api_host: server.listen().await.to_string().into(),
    /// #     api_scheme: "http".into(),
    /// #     ..arize::Config::without_environment()
    /// # })?;
    /// use arize::PredefinedRole;
    /// use arize::api_keys::CreateServiceKeyRequest;
    ///
    /// let request = CreateServiceKeyRequest::in_space("ci", "S1") // a name or an id
    ///     .organization_role(PredefinedRole::ReadOnly)
    ///     .space_role(PredefinedRole::Member);
    /// let created = client.api_keys().create_service_key(request).await?;
    /// println!("{} {}", created.id, created.key.reveal());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if no space is named, before anything is sent;
    /// [`is_not_found`](Error::is_not_found) if there is no such space; [`is_bad_request`](Error::is_bad_request) or
    /// [`is_unprocessable_entity`](Error::is_unprocessable_entity) if a role is above the caller's own. If
    /// [`was_not_done`](Error::was_not_done) is false, the key may have been made: list before trying again.
    pub async fn create_service_key(
        &self,
        request: CreateServiceKeyRequest,
    ) -> Result<ApiKeyCreated> {
        let this = self.begin(Stage::Alpha, CREATE);
        request.check()?;
        let Some(space) = &request.space else {
            let organizations = this.resolved(&request.organizations).await?;
            return this.create_nested(&request, organizations).await;
        };
        let space = resolve::space_id(&this.client, space).await?;
        let space = this.client.spaces().by_id(&space).await?;
        match this.organization_of(&space).await? {
            Some(org_id) => {
                let role = request.space_role.clone();
                let organization = NestedOrganization {
                    org_id,
                    role: request.organization_role.clone(),
                    spaces: vec![NestedSpace { space_id: space.id, role }],
                };
                this.create_nested(&request, vec![organization]).await
            }
            None => this.create_flat(&request, &space.id).await,
        }
    }

    async fn create_nested(
        &self,
        request: &CreateServiceKeyRequest,
        organizations: Vec<NestedOrganization>,
    ) -> Result<ApiKeyCreated> {
        let body = Nested {
            name: &request.name,
            description: request.description.as_deref(),
            key_type: "SERVICE",
            expires_at: request.expires_at,
            account_role: request.account_role.clone(),
            organizations,
        };
        let call = Call::post(CREATE, &["api-keys"], &body, &[201])?;
        self.created(CREATE, &self.client.send(call).await?)
    }

    async fn create_flat(
        &self,
        request: &CreateServiceKeyRequest,
        space_id: &str,
    ) -> Result<ApiKeyCreated> {
        let [space, organization, account] = [
            predefined("space_role", request.space_role.as_ref())?,
            predefined("organization_role", request.organization_role.as_ref())?,
            predefined("account_role", request.account_role.as_ref())?,
        ];
        let answer = self.client.send_spelled(|spelling| {
            let body = Flat {
                name: &request.name,
                description: request.description.as_deref(),
                key_type: spelling.spell("SERVICE"),
                expires_at: request.expires_at,
                space_id,
                roles: FlatRoles::of([space, organization, account], spelling),
            };
            Call::post(CREATE, &["api-keys"], &body, &[201])
        });
        self.created(CREATE, &answer.await?)
    }

    /// The organization that a space is in, or nothing if the server is so old that it wants none.
    async fn organization_of(&self, space: &Space) -> Result<Option<String>> {
        if let Some(id) = &space.organization_id {
            return Ok(Some(id.clone()));
        }
        if space.is_private.is_none() {
            return Ok(None);
        }
        let limit = Some(LARGEST_LIMIT);
        let all = organizations::ListRequest { limit, ..organizations::ListRequest::default() };
        let mut organizations = self.client.organizations().list_all(all);
        while let Some(organization) = organizations.try_next().await? {
            let request = spaces::ListRequest {
                organization: Some(organization.id.clone()),
                // The server's filter narrows the search to spaces whose name contains this one's.
                name: Some(space.name.clone()).filter(|name| !name.is_empty()),
                limit,
                ..spaces::ListRequest::default()
            };
            let mut spaces = self.client.spaces().list_all(request);
            while let Some(candidate) = spaces.try_next().await? {
                if candidate.id == space.id {
                    return Ok(Some(organization.id));
                }
            }
        }
        let message = "none of the organizations that the key may see has this space: name both in `organizations`";
        Err(Error::input("space", message))
    }

    /// All names turned into ids, each asked for once.
    async fn resolved(&self, bindings: &[OrganizationBinding]) -> Result<Vec<NestedOrganization>> {
        let mut known: HashMap<(String, &str), String> = HashMap::new();
        let mut resolved = Vec::with_capacity(bindings.len());
        for binding in bindings {
            let org_id = resolve::organization_id(&self.client, &binding.organization).await?;
            let mut spaces = Vec::with_capacity(binding.spaces.len());
            for space in &binding.spaces {
                let place = (org_id.clone(), space.space.as_str());
                let space_id = match known.get(&place) {
                    Some(id) => id.clone(),
                    None => resolve::space_id_in(&self.client, Some(&org_id), &space.space).await?,
                };
                known.insert(place, space_id.clone());
                spaces.push(NestedSpace { space_id, role: space.role.clone() });
            }
            resolved.push(NestedOrganization { org_id, role: binding.role.clone(), spaces });
        }
        Ok(resolved)
    }
}

impl FlatRoles {
    /// The roles in the space, the organization and the account; nothing if there are none.
    fn of(roles: [Option<&PredefinedRole>; 3], spelling: Spelling) -> Option<Self> {
        if roles.iter().all(Option::is_none) {
            return None;
        }
        let [space, organization, account] =
            roles.map(|role| role.map(|role| spelling.spell(role.as_str())));
        Some(Self { space, organization, account })
    }
}

/// The name of a role, for servers that know no others on keys.
fn predefined<'a>(
    field: &str,
    role: Option<&'a RoleAssignment>,
) -> Result<Option<&'a PredefinedRole>> {
    match role {
        Some(RoleAssignment::Custom { .. }) => {
            Err(Error::input(field, "this server is too old for custom roles on keys"))
        }
        Some(RoleAssignment::Predefined(role)) => Ok(Some(role)),
        None => Ok(None),
    }
}
