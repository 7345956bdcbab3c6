//! Audit records.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use crate::audit_chain::AuditEntry;
use crate::id::{
    AccountId, ApiKeyId, AuditRecordId, OrganizationId, ProjectId, RoleBindingId, RoleId, SpaceId,
    UserId,
};
use crate::object_id::ObjectKind;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An installation was founded.
    AccountFound,
    /// A log that was sealed by a version that made no proofs of databases was taken over.
    AuditAdopt,
    /// The log was found broken when the server started, or while it ran.
    AuditBreak,
    /// The machine's clock was accepted although the database had seen a later time.
    ClockAccept,
    /// Somebody tried to change what they may not.
    ChangeRefuse,
    /// A user key was made.
    ApiKeyCreate,
    /// A service key was made, with its bot user.
    ServiceKeyCreate,
    /// A key was replaced by a new one.
    ApiKeyRefresh,
    /// A key was revoked.
    ApiKeyRevoke,
    /// All user keys of a person were revoked.
    ApiKeyRevokeAll,
    /// A key was made on the host for an administrator who had none left.
    ApiKeyRecover,
    /// A key was reported as leaked, and revoked.
    ApiKeyLeak,
    /// A key that works was in the URL of a request, where others may have read it.
    SecretInUrl,
    /// An organization was made.
    OrganizationCreate,
    /// An organization was changed.
    OrganizationUpdate,
    /// An organization was deleted, with all that was in it.
    OrganizationDelete,
    /// A user was given a role in an organization.
    OrganizationMemberSet,
    /// A user was removed from an organization and its spaces.
    OrganizationMemberRemove,
    /// An account's policy was changed.
    PolicyUpdate,
    /// A project was made.
    ProjectCreate,
    /// A project was changed.
    ProjectUpdate,
    /// A project was deleted, with the roles given in it.
    ProjectDelete,
    /// A project was closed to all but those with a binding on it.
    ProjectRestrict,
    /// A project was opened again.
    ProjectUnrestrict,
    /// A user was given a role in a space or a project.
    RoleBindingCreate,
    /// A user was given another role.
    RoleBindingUpdate,
    /// A role was taken from a user.
    RoleBindingDelete,
    /// A custom role was made.
    RoleCreate,
    /// A custom role was changed, for all who hold it.
    RoleUpdate,
    /// A custom role was deleted.
    RoleDelete,
    /// A space was made.
    SpaceCreate,
    /// A space was changed.
    SpaceUpdate,
    /// A space was deleted, with all that was in it.
    SpaceDelete,
    /// A user was given a role in a space.
    SpaceMemberSet,
    /// A user was removed from a space.
    SpaceMemberRemove,
    /// A user was invited or added.
    UserCreate,
    /// A user was changed.
    UserUpdate,
    /// A user's invitation was sent again.
    UserInvite,
    /// A user was sent a password reset.
    UserReset,
    /// A user accepted what they were sent, and has a key.
    UserSignIn,
    /// A user was removed.
    UserDelete,
}

impl Action {
    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountFound => "account.found",
            Self::AuditAdopt => "audit.adopt",
            Self::AuditBreak => "audit.break",
            Self::ClockAccept => "clock.accept",
            Self::ChangeRefuse => "change.refuse",
            Self::ApiKeyCreate => "api_key.create",
            Self::ServiceKeyCreate => "service_key.create",
            Self::ApiKeyRefresh => "api_key.refresh",
            Self::ApiKeyRevoke => "api_key.revoke",
            Self::ApiKeyRevokeAll => "api_key.revoke_all",
            Self::ApiKeyRecover => "api_key.recover",
            Self::ApiKeyLeak => "api_key.leak",
            Self::SecretInUrl => "api_key.secret_in_url",
            Self::OrganizationCreate => "organization.create",
            Self::OrganizationUpdate => "organization.update",
            Self::OrganizationDelete => "organization.delete",
            Self::OrganizationMemberSet => "organization_member.set",
            Self::OrganizationMemberRemove => "organization_member.remove",
            Self::PolicyUpdate => "policy.update",
            Self::ProjectCreate => "project.create",
            Self::ProjectUpdate => "project.update",
            Self::ProjectDelete => "project.delete",
            Self::ProjectRestrict => "project.restrict",
            Self::ProjectUnrestrict => "project.unrestrict",
            Self::RoleBindingCreate => "role_binding.create",
            Self::RoleBindingUpdate => "role_binding.update",
            Self::RoleBindingDelete => "role_binding.delete",
            Self::RoleCreate => "role.create",
            Self::RoleUpdate => "role.update",
            Self::RoleDelete => "role.delete",
            Self::SpaceCreate => "space.create",
            Self::SpaceUpdate => "space.update",
            Self::SpaceDelete => "space.delete",
            Self::SpaceMemberSet => "space_member.set",
            Self::SpaceMemberRemove => "space_member.remove",
            Self::UserCreate => "user.create",
            Self::UserUpdate => "user.update",
            Self::UserInvite => "user.invite",
            Self::UserReset => "user.reset",
            Self::UserSignIn => "user.sign_in",
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
    /// An organization.
    Organization(OrganizationId),
    /// A project.
    Project(ProjectId),
    /// A custom role.
    Role(RoleId),
    /// A role binding.
    RoleBinding(RoleBindingId),
    /// A space.
    Space(SpaceId),
    /// A user.
    User(UserId),
}

impl Target {
    /// Kind and number, as they are kept.
    pub fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Account(id) => ("account", id.number()),
            Self::ApiKey(id) => ("api_key", id.number()),
            Self::Organization(id) => ("organization", id.number()),
            Self::Project(id) => ("project", id.number()),
            Self::RoleBinding(id) => ("role_binding", id.number()),
            Self::Role(id) => ("role", id.number()),
            Self::Space(id) => ("space", id.number()),
            Self::User(id) => ("user", id.number()),
        }
    }
}

impl ObjectKind {
    /// The kind of object that a record's target is; none for what has no id on the wire.
    pub fn of_target(kind: &str) -> Option<Self> {
        match kind {
            "api_key" => Some(Self::ApiKey),
            "organization" => Some(Self::Organization),
            "project" => Some(Self::Project),
            "role" => Some(Self::Role),
            "role_binding" => Some(Self::RoleBinding),
            "space" => Some(Self::Space),
            "user" => Some(Self::User),
            _ => None,
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

/// One record, to be written.
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

impl AuditRecord {
    /// The record as it is kept, in this place of the log.
    pub fn entry(&self, id: AuditRecordId) -> AuditEntry {
        let (target_kind, target_id) = self.target.parts();
        AuditEntry {
            id,
            account: self.account.number(),
            at: self.at,
            actor: self.actor.map(UserId::number),
            actor_key: self.actor_key.map(ApiKeyId::number),
            action: self.action.name().to_owned(),
            target_kind: target_kind.to_owned(),
            target_id,
            details: self.details.to_string(),
            request_id: self.context.request_id.clone(),
            source: self.context.source.map(|address| address.to_string()),
            user_agent: self.context.user_agent.clone(),
        }
    }
}
