//! What is written down about every change.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use crate::id::{AccountId, ApiKeyId, UserId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An installation was founded.
    AccountFound,
    /// A user key was made.
    ApiKeyCreate,
    /// A service key was made, with its bot user.
    ServiceKeyCreate,
    /// A key was replaced by a new one.
    ApiKeyRefresh,
    /// A key was revoked.
    ApiKeyRevoke,
    /// An account's policy was changed.
    PolicyUpdate,
    /// A user was removed.
    UserDelete,
}

impl Action {
    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountFound => "account.found",
            Self::ApiKeyCreate => "api_key.create",
            Self::ServiceKeyCreate => "service_key.create",
            Self::ApiKeyRefresh => "api_key.refresh",
            Self::ApiKeyRevoke => "api_key.revoke",
            Self::PolicyUpdate => "policy.update",
            Self::UserDelete => "user.delete",
        }
    }
}

/// What it was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An account.
    Account(AccountId),
    /// A key.
    ApiKey(ApiKeyId),
    /// A user.
    User(UserId),
}

impl Target {
    /// Kind and number, as they are kept.
    pub fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Account(id) => ("account", id.number()),
            Self::ApiKey(id) => ("api_key", id.number()),
            Self::User(id) => ("user", id.number()),
        }
    }
}

/// Where a call came from.
#[derive(Clone, Debug, Default)]
pub struct RequestContext {
    /// The id that the response carries too.
    pub request_id: String,
    /// The address of the peer.
    pub source: Option<IpAddr>,
    /// What the client says it is, cut to 256 characters.
    pub user_agent: Option<String>,
}

/// One record.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// In which account.
    pub account: AccountId,
    /// Who; nobody if it was done on the host itself.
    pub actor: Option<UserId>,
    /// With which key.
    pub actor_key: Option<ApiKeyId>,
    /// What.
    pub action: Action,
    /// To what.
    pub target: Target,
    /// Particulars; never a secret.
    pub details: Value,
    /// Where the call came from.
    pub context: RequestContext,
}
