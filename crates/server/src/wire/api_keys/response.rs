//! Writing keys, in the shape of the caller's dialect (docs/contract/keys.md#key-object, docs/contract/dialects.md#key-responses).

use claviger_domain::{ApiKey, KeyStatus, KeyType, MintedKey, ObjectIdCodec};
use claviger_store::{BotUser, ListedKey};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::dialect::Dialect;
use crate::wire::roles::RoleAssignment;
use crate::wire::{Pagination, ids};

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct KeyView {
    #[schema(example = "QXBpS2V5OjEwMDE6YUJjRA==")]
    id: String,
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
    created_by_user_id: String,
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
    id: String,
    name: String,
    account_role: RoleAssignment,
    /// Empty in lists that `space_id` filters.
    organizations: Vec<BotOrganizationView>,
}

/// A bot user's role in an organization and in its spaces.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BotUserOrganization)]
struct BotOrganizationView {
    org_id: String,
    role: RoleAssignment,
    spaces: Vec<BotSpaceView>,
}

/// A bot user's role in a space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BotUserSpace)]
struct BotSpaceView {
    space_id: String,
    role: RoleAssignment,
}

/// What it takes to write keys for one caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writer<'a> {
    pub codec: &'a ObjectIdCodec,
    pub dialect: &'a Dialect,
}

impl Writer<'_> {
    fn base(&self, key: &ApiKey) -> KeyView {
        let key_type = match key.key_type {
            KeyType::User => "USER",
            KeyType::Service => "SERVICE",
        };
        let status = match key.status() {
            KeyStatus::Active => self.dialect.spell("ACTIVE"),
            KeyStatus::Revoked => match self.dialect.casing {
                crate::wire::dialect::Casing::Lower => self.dialect.removed.to_owned(),
                crate::wire::dialect::Casing::Upper => "REVOKED".to_owned(),
            },
        };
        KeyView {
            id: ids::write(self.codec, &key.id),
            name: key.name.as_str().to_owned(),
            description: key.description.as_ref().map(|text| text.as_str().to_owned()),
            key_type: self.dialect.spell(key_type),
            status,
            redacted_key: Some(key.handle.redacted(key.key_type)),
            key: None,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            created_by_user_id: ids::write(self.codec, &key.created_by),
            last_used_at: key
                .last_used_at
                .filter(|_| self.dialect.last_used)
                .map(|at| at.to_string()),
            bot_user: None,
        }
    }

    /// A key in a list.
    pub(crate) fn listed(&self, listed: &ListedKey) -> KeyView {
        let bot_user = listed.bot.as_ref().map(|bot| self.bot(bot));
        KeyView { bot_user, ..self.base(&listed.key) }
    }

    /// A key with its secret: the one answer that holds it. Refreshed keys are written without their bot user in every dialect.
    pub(crate) fn minted(
        &self,
        key: &ApiKey,
        minted: &MintedKey,
        bot: Option<&BotUser>,
    ) -> KeyView {
        let base = self.base(key);
        KeyView {
            key: Some(minted.reveal()),
            redacted_key: base.redacted_key.filter(|_| self.dialect.redacted_on_create),
            bot_user: bot.filter(|_| self.dialect.bot_on_create).map(|bot| self.bot(bot)),
            ..base
        }
    }

    fn bot(&self, bot: &BotUser) -> BotUserView {
        let organizations = bot.organizations.iter().map(|organization| BotOrganizationView {
            org_id: ids::write(self.codec, &organization.id),
            role: RoleAssignment::of_organization(self.dialect, organization.role),
            spaces: organization
                .spaces
                .iter()
                .map(|space| BotSpaceView {
                    space_id: ids::write(self.codec, &space.id),
                    role: RoleAssignment::of_space(self.codec, self.dialect, &space.role),
                })
                .collect(),
        });
        BotUserView {
            id: ids::write(self.codec, &bot.id),
            name: bot.name.clone(),
            account_role: RoleAssignment::of_account(self.dialect, bot.account_role),
            organizations: organizations.collect(),
        }
    }
}
