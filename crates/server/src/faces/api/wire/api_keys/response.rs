//! Writing keys, in the shape of the caller's dialect (docs/contract/keys.md#key-object, docs/contract/dialects.md#key-responses).

use claviger_domain::{ApiKey, KeyStatus, KeyType, MintedKey};
use claviger_store::{BotUser, ListedKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::faces::api::wire::roles::RoleAssignment;
use crate::wire::dialect::Casing;
use crate::wire::{Format, Pagination, View, id};

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct KeyView {
    id: id::ApiKey,
    #[schema(max_length = 256)]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// `USER` or `SERVICE`.
    #[schema(example = "USER")]
    key_type: String,
    /// `ACTIVE` or `REVOKED`. An expired key is `ACTIVE` with an `expires_at` in the past.
    #[schema(example = "ACTIVE")]
    status: String,
    /// Beginning of the key and end of its id, without the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "clvu_Ek01...sOOl")]
    redacted_key: Option<String>,
    /// The secret. Only in the response that creates or refreshes the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Time of expiry: the key is valid before it, not from it on. Absent if the key never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Id of the user who created the key; not the bot user.
    created_by_user_id: id::User,
    /// Time of the last use, to about a minute. Absent if the key was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// The bot user of a service key.
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_user: Option<BotUserView>,
}

/// A page of keys, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    pub api_keys: Vec<KeyView>,
    pub pagination: Pagination,
}

/// The user that a service key acts for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BotUser)]
struct BotUserView {
    id: id::User,
    name: String,
    account_role: RoleAssignment,
    /// Empty in lists that `space_id` filters.
    organizations: Vec<BotOrganizationView>,
}

/// A bot user's role in an organization and in its spaces.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BotUserOrganization)]
struct BotOrganizationView {
    org_id: id::Organization,
    role: RoleAssignment,
    spaces: Vec<BotSpaceView>,
}

/// A bot user's role in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BotUserSpace)]
struct BotSpaceView {
    space_id: id::Space,
    role: RoleAssignment,
}

/// A key with its secret, for the one answer that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    pub(crate) key: &'a ApiKey,
    pub(crate) minted: &'a MintedKey,
    /// The bot user of a new service key. Refreshed keys are written without theirs in every dialect.
    pub(crate) bot: Option<&'a BotUser>,
}

impl View<&ApiKey> for KeyView {
    fn of(format: Format<'_>, key: &ApiKey) -> Self {
        let dialect = format.dialect;
        let key_type = match key.key_type {
            KeyType::User => "USER",
            KeyType::Service => "SERVICE",
        };
        let status = match (key.status(), dialect.casing) {
            (KeyStatus::Active, _) => dialect.spell("ACTIVE"),
            (KeyStatus::Revoked, Casing::Lower) => dialect.removed.to_owned(),
            (KeyStatus::Revoked, Casing::Upper) => "REVOKED".to_owned(),
        };
        let last_used_at = key.last_used_at.filter(|_| dialect.last_used);
        Self {
            id: format.id(key.id),
            name: key.name.as_str().to_owned(),
            description: key.description.as_ref().map(|text| text.as_str().to_owned()),
            key_type: dialect.spell(key_type),
            status,
            redacted_key: Some(key.handle.redacted(key.key_type)),
            key: None,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            created_by_user_id: format.id(key.created_by),
            last_used_at: last_used_at.map(|at| at.to_string()),
            bot_user: None,
        }
    }
}

impl View<ListedKey> for KeyView {
    fn of(format: Format<'_>, listed: ListedKey) -> Self {
        let bot_user = listed.bot.as_ref().map(|bot| BotUserView::of(format, bot));
        Self { bot_user, ..Self::of(format, &listed.key) }
    }
}

impl View<NewKey<'_>> for KeyView {
    fn of(format: Format<'_>, NewKey { key, minted, bot }: NewKey<'_>) -> Self {
        let (base, dialect) = (Self::of(format, key), format.dialect);
        let bot = bot.filter(|_| dialect.bot_on_create);
        Self {
            key: Some(minted.reveal()),
            redacted_key: base.redacted_key.filter(|_| dialect.redacted_on_create),
            bot_user: bot.map(|bot| BotUserView::of(format, bot)),
            ..base
        }
    }
}

impl View<&BotUser> for BotUserView {
    fn of(format: Format<'_>, bot: &BotUser) -> Self {
        let organizations = bot.organizations.iter().map(|organization| BotOrganizationView {
            org_id: format.id(organization.id),
            role: RoleAssignment::of_organization(format.dialect, organization.role),
            spaces: organization
                .spaces
                .iter()
                .map(|space| BotSpaceView {
                    space_id: format.id(space.id),
                    role: RoleAssignment::of_space(format, &space.role),
                })
                .collect(),
        });
        Self {
            id: format.id(bot.id),
            name: bot.name.clone(),
            account_role: RoleAssignment::of_account(format.dialect, bot.account_role),
            organizations: organizations.collect(),
        }
    }
}
