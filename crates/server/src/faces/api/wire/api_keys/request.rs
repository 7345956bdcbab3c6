//! Reading requests about keys, in every form that clients ever sent (docs/contract/keys.md, docs/contract/dialects.md#input).

use claviger_domain::decide::RefreshRequest;
use claviger_domain::expiry::{self, RefreshExpiryRule};
use claviger_domain::{
    AccountRole, ApiKeyId, Description, Grants, KeyName, KeyStatus, KeyType, OrganizationGrant,
    Refusal, ScopedRole, SpaceGrant, SpaceId, SpaceRole,
};
use claviger_store::{After, GrantsOrSpace, ListKeys, ListedKey};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::faces::api::wire::roles::{self, RoleInput, canonical};
use crate::input::body::{Object, present};
use crate::input::{Limit, List, Query, RequestBody};
use crate::wire::timestamp::{self, InvalidTimestamp};
use crate::wire::{Format, id};

/// The most organizations of a key, and spaces of an organization (docs/contract/keys.md#service-keys).
const MAX_GRANTS: usize = 100;

/// The body of a creation: the flat form of dialects A to C and the nested one of D and E, told apart by their members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBody {
    name: String,
    #[serde(default, deserialize_with = "present")]
    description: Option<String>,
    #[serde(default, deserialize_with = "present")]
    key_type: Option<String>,
    #[serde(default, deserialize_with = "present")]
    expires_at: Option<String>,
    #[serde(default, deserialize_with = "present")]
    space_id: Option<id::Space>,
    #[serde(default, deserialize_with = "present")]
    roles: Option<Object<FlatRoles>>,
    #[serde(default)]
    account_role: Option<RoleInput>,
    #[serde(default, deserialize_with = "present")]
    organizations: Option<Vec<Object<OrganizationBody>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatRoles {
    #[serde(default, rename = "space_role")]
    space: Option<String>,
    #[serde(default, rename = "org_role")]
    organization: Option<String>,
    #[serde(default, rename = "account_role")]
    account: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganizationBody {
    org_id: id::Organization,
    // A client's unset union is written as `null` and means "not given" (docs/permissions.md#unset-roles).
    #[serde(default)]
    role: Option<RoleInput>,
    spaces: Vec<Object<SpaceBody>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpaceBody {
    space_id: id::Space,
    #[serde(default)]
    role: Option<RoleInput>,
}

/// A creation, read.
#[derive(Debug)]
pub(crate) struct Create {
    pub name: KeyName,
    pub description: Option<Description>,
    pub expires_at: Option<Timestamp>,
    /// What a service key is to be given; nothing for a user key.
    pub grants: Option<GrantsOrSpace>,
}

impl RequestBody for CreateBody {
    type Path = ();
    type Command = Create;
    const LIMIT: Limit = Limit::CREATE;

    fn read(self, (): (), format: Format<'_>) -> Result<Create, Refusal> {
        let nested = self.organizations.is_some() || self.account_role.is_some();
        let flat = self.space_id.is_some() || self.roles.is_some();
        if nested && flat {
            return Err(Refusal::invalid(
                "organizations",
                "a body has either `organizations` and `account_role`, or `space_id` and `roles`, not both",
            ));
        }
        let key_type = match self.key_type.as_deref() {
            Some(text) => key_type("key_type", text)?,
            None if nested => {
                return Err(Refusal::invalid("key_type", "it is required beside `organizations`"));
            }
            None => KeyType::User,
        };
        let name = KeyName::parse(&self.name)
            .map_err(|error| Refusal::invalid("name", error.to_string()))?;
        let description = match self.description.as_deref().map(Description::parse) {
            Some(Ok(description)) => description,
            Some(Err(error)) => return Err(Refusal::invalid("description", error.to_string())),
            None => None,
        };
        let expires_at = instant("expires_at", self.expires_at.as_deref())?;
        let grants = match (key_type, self.organizations, self.space_id) {
            (KeyType::User, None, None) if !nested && !flat => None,
            (KeyType::User, ..) => {
                return Err(Refusal::invalid(
                    "key_type",
                    "spaces, organizations and roles are for service keys: send SERVICE, or leave them out",
                ));
            }
            (KeyType::Service, Some(organizations), _) => {
                Some(nested_grants(format, self.account_role.as_ref(), organizations)?)
            }
            (KeyType::Service, None, Some(space)) => {
                Some(flat_grants(space.read(format), self.roles.unwrap_or_default().0)?)
            }
            (KeyType::Service, None, None) => {
                return Err(Refusal::invalid(
                    "organizations",
                    "a service key needs its organizations and spaces (or `space_id`, in the flat form)",
                ));
            }
        };
        Ok(Create { name, description, expires_at, grants })
    }

    fn limit(create: &Create) -> Limit {
        if create.grants.is_none() { Limit::CREATE_USER_KEY } else { Limit::CREATE }
    }
}

fn nested_grants(
    format: Format<'_>,
    account_role: Option<&RoleInput>,
    organizations: Vec<Object<OrganizationBody>>,
) -> Result<GrantsOrSpace, Refusal> {
    let account_role = match account_role {
        Some(role) => roles::account_role("account_role", role)?,
        None => AccountRole::Member,
    };
    if account_role == AccountRole::Annotator && format.dialect.annotator_is_malformed {
        return Err(Refusal::invalid("account_role", "service keys cannot be annotators"));
    }
    counted("organizations", organizations.len())?;
    let organizations = organizations
        .into_iter()
        .enumerate()
        .map(|(n, Object(organization))| organization_grant(format, n, organization))
        .collect::<Result<_, _>>()?;
    let grants = Grants { account_role, organizations };
    grants
        .without_duplicates()
        .map_err(|error| Refusal::invalid("organizations", error.to_string()))?;
    grants.with_roles_for_keys().map_err(|error| Refusal::unprocessable(error.to_string()))?;
    Ok(GrantsOrSpace::Grants(grants))
}

fn organization_grant(
    format: Format<'_>,
    n: usize,
    body: OrganizationBody,
) -> Result<OrganizationGrant, Refusal> {
    let organization = body.org_id.read(format);
    let role = match &body.role {
        Some(role) => roles::organization_role(&format!("organizations[{n}].role"), role)?,
        None => ScopedRole::ReadOnly,
    };
    counted(&format!("organizations[{n}].spaces"), body.spaces.len())?;
    let spaces = body
        .spaces
        .into_iter()
        .enumerate()
        .map(|(m, Object(space))| {
            let field = format!("organizations[{n}].spaces[{m}]");
            let role = match &space.role {
                Some(role) => roles::space_role(format.codec, &format!("{field}.role"), role)?,
                None => SpaceRole::Predefined(ScopedRole::Member),
            };
            Ok(SpaceGrant { space: space.space_id.read(format), role })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(OrganizationGrant { organization, role, spaces })
}

fn counted(field: &str, count: usize) -> Result<(), Refusal> {
    if (1..=MAX_GRANTS).contains(&count) {
        Ok(())
    } else {
        Err(Refusal::invalid(field.to_owned(), "it must have 1 to 100 entries"))
    }
}

fn flat_grants(space: SpaceId, roles: FlatRoles) -> Result<GrantsOrSpace, Refusal> {
    let scoped = |field: &str, text: Option<String>, default| match text {
        Some(text) => roles::scoped_role(field, &text),
        None => Ok(default),
    };
    let space_role = scoped("roles.space_role", roles.space, ScopedRole::Member)?;
    let organization_role = scoped("roles.org_role", roles.organization, ScopedRole::ReadOnly)?;
    let account_role = match roles.account {
        Some(text) => roles::account_role("roles.account_role", &RoleInput::Named(text))?,
        None => AccountRole::Member,
    };
    if [space_role, organization_role].contains(&ScopedRole::Annotator)
        || account_role == AccountRole::Annotator
    {
        return Err(Refusal::unprocessable("`roles`: service keys cannot be annotators"));
    }
    Ok(GrantsOrSpace::Space { space, space_role, organization_role, account_role })
}

/// The body of a refresh.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshBody {
    #[serde(default, deserialize_with = "present")]
    expires_at: Option<String>,
    #[serde(default, deserialize_with = "present")]
    grace_period_seconds: Option<i64>,
}

impl RequestBody for RefreshBody {
    type Path = ApiKeyId;
    type Command = RefreshRequest;
    const LIMIT: Limit = Limit::REFRESH;
    const IS_REQUIRED: bool = false;

    /// Reads the members, and the contract that the client follows.
    fn read(self, _: ApiKeyId, format: Format<'_>) -> Result<RefreshRequest, Refusal> {
        let grace = SignedDuration::from_secs(self.grace_period_seconds.unwrap_or(0));
        if grace.is_negative() || grace > expiry::MAX_GRACE {
            return Err(Refusal::invalid(
                "grace_period_seconds",
                "it must be a whole number from 0 to 86400",
            ));
        }
        let expires_at = instant("expires_at", self.expires_at.as_deref())?;
        let rule = if format.dialect.tightens_only {
            RefreshExpiryRule::TightenOnly
        } else {
            RefreshExpiryRule::Free
        };
        Ok(RefreshRequest { expires_at, grace, rule })
    }
}

impl List for ListKeys {
    type Item = ListedKey;
    type Id = ApiKeyId;
    const RESOURCE: &'static str = "api-keys";
    const FILTERS: &'static [&'static str] = &["key_type", "status", "space_id", "user_id"];

    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<ApiKeyId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            key_type: query.parse("key_type", |text| key_type("key_type", text))?,
            status: query.parse("status", status)?.unwrap_or(KeyStatus::Active),
            space: query.id("space_id", format)?,
            user: query.id("user_id", format)?,
            after,
            limit,
            with_bots: format.dialect.bot_on_list,
        })
    }

    fn id(listed: &ListedKey) -> ApiKeyId {
        listed.key.id
    }
}

fn key_type(field: &'static str, text: &str) -> Result<KeyType, Refusal> {
    match canonical(text).as_str() {
        "USER" => Ok(KeyType::User),
        "SERVICE" => Ok(KeyType::Service),
        _ => Err(Refusal::invalid(field, "it must be USER or SERVICE")),
    }
}

fn status(text: &str) -> Result<KeyStatus, Refusal> {
    match canonical(text).as_str() {
        "ACTIVE" => Ok(KeyStatus::Active),
        "REVOKED" | "DELETED" => Ok(KeyStatus::Revoked),
        _ => Err(Refusal::invalid("status", "it must be ACTIVE or REVOKED")),
    }
}

fn instant(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    match text.map(timestamp::parse) {
        None => Ok(None),
        Some(Ok(instant)) => Ok(Some(instant)),
        Some(Err(error @ InvalidTimestamp::Malformed)) => {
            Err(Refusal::invalid(field, error.to_string()))
        }
        Some(Err(error @ InvalidTimestamp::OutOfRange)) => {
            Err(Refusal::unprocessable(format!("`{field}`: {error}")))
        }
    }
}
