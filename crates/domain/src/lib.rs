//! The rules of Claviger, without I/O, clock or randomness of their own.
//!
//! - What a key looks like and what is kept of it: [`KeyText`], [`Keyring`], [`PepperRing`].
//! - Who may do what, where: [`Permission`], [`PermissionSet`], [`Access`], and the [`ceiling`](ResolvedGrants::within) that keeps every
//!   key at or below its creator.
//! - What happens to a key over time: [`ApiKey`], [`expiry`], [`RefreshPlan`].
//! - How the audit is kept from being rewritten: [`AuditSealer`], [`AuditCheck`], [`DatabaseProof`].
//! - One decision for each operation: [`decide`]. A decision is a function of what was read in the transaction that
//!   carries it out; it answers a plan or a [`Refusal`], and never reads anything itself.

mod access;
mod account;
mod ambient;
mod audit;
mod audit_chain;
mod audit_verify;
mod base62;
mod change;
mod characters;
mod database_proof;
pub mod decide;
mod email;
pub mod expiry;
mod grants;
mod id;
mod key;
mod key_search;
mod key_text;
mod keyring;
mod mac;
mod object_id;
mod organization;
mod pepper;
mod permission;
mod predefined;
mod predefined_role;
mod project;
mod reach;
mod refusal;
mod requirement;
mod role;
mod stored_names;
mod text;
mod timeline;
mod user;

pub use crate::access::{Access, Membership};
pub use crate::account::{Account, AccountPolicy, RefreshExpiryPolicy};
pub use crate::ambient::{
    Clock, Entropy, EntropyUnavailable, SystemClock, SystemEntropy, to_micros,
};
pub use crate::audit::{Action, AuditRecord, RequestContext, Target};
pub use crate::audit_chain::{AuditEntry, AuditSealer, ChainHead, HeadSeal, Link, RecordMac, Seal};
pub use crate::audit_verify::{AuditCheck, AuditFault, AuditNote, AuditVerdict};
pub use crate::change::Change;
pub use crate::characters::CharacterKind;
pub use crate::database_proof::{DatabaseIdentity, DatabaseOrigin, DatabaseProof};
pub use crate::decide::{Mint, RefreshPlan};
pub use crate::email::{Email, InvalidEmail};
pub use crate::grants::{
    GrantError, GrantField, Grants, OrganizationGrant, OverPrivileged, ResolvedGrants, SpaceGrant,
};
pub use crate::id::{
    AccountId, ApiKeyId, AuditRecordId, MembershipId, OrganizationId, ProjectId, RoleBindingId,
    RoleId, SpaceId, UserId,
};
pub use crate::key::{ApiKey, KeyStatus, KeyType};
pub use crate::key_text::{InstanceTag, KeyHandle, KeyText, MalformedKey, MintedKey, Secret};
pub use crate::keyring::{KeyDigest, Keyring, StoredDigest};
pub use crate::object_id::{MalformedObjectId, ObjectIdCodec, ObjectKind};
pub use crate::organization::{Organization, Space};
pub use crate::pepper::{InvalidPepperFile, PepperCheck, PepperId, PepperMismatch, PepperRing};
pub use crate::permission::{Permission, PermissionSet};
pub use crate::predefined_role::PredefinedRole;
pub use crate::project::{BoundTo, Project, RoleBinding, SpaceOrProject};
pub use crate::reach::Reach;
pub use crate::refusal::{RateLimit, Refusal, Resource};
pub use crate::role::{AccountRole, CustomRole, Role, ScopedRole, SpaceRole};
pub use crate::text::{Description, InvalidText, KeyName, Name};
pub use crate::timeline::{ClockBehind, Now, SETTLED_AFTER, Timeline};
pub use crate::user::{Caller, InviteMode, SignInPurpose, User, UserKind, UserStatus};
