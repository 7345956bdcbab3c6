//! The audit on the wire (docs/contract/audit-logs.md).
//!
//! The contract's words are those of GraphQL. Every record here is of a change, so every one is a `MUTATION`; its name is the action's,
//! and what it was done to goes where the variables would. Bodies are not kept, so there is no `operation_text`.

use claviger_domain::{
    ApiKeyId, AuditEntry, AuditRecordId, ObjectIdCodec, ObjectKind, Refusal, UserId,
};
use claviger_store::{After, ListAuditRecords};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::roles::canonical;
use crate::input::{List, Query};
use crate::wire::{Format, Pagination, View, id, timestamp};

/// The most names to filter by, and the longest (docs/contract/audit-logs.md).
const MAX_NAMES: usize = 20;
const MAX_NAME_LEN: usize = 255;

/// What the numbers in particulars name, by the member that they are in. What a thing replaces is of its own kind.
const NUMBERED: [(&str, ObjectKind); 14] = [
    ("api_key", ObjectKind::ApiKey),
    ("binding", ObjectKind::RoleBinding),
    ("bot_user", ObjectKind::User),
    ("holders", ObjectKind::User),
    ("kept_key", ObjectKind::ApiKey),
    ("maker", ObjectKind::User),
    ("organization", ObjectKind::Organization),
    ("project", ObjectKind::Project),
    ("revoked_keys", ObjectKind::ApiKey),
    ("role", ObjectKind::Role),
    ("secret_shown_to", ObjectKind::User),
    ("space", ObjectKind::Space),
    ("custom_role", ObjectKind::Role),
    ("user", ObjectKind::User),
];

/// What to list records by.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) enum OperationTypeFilter {
    Query,
    Mutation,
    Subscription,
}

/// An audit record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditLog)]
pub(crate) struct AuditLogView {
    id: id::AuditLog,
    /// Id of the user; empty for actions on the host.
    #[schema(value_type = String)]
    user_id: Actor,
    /// Client address; empty for actions on the host.
    ip: String,
    /// Always `MUTATION`: only changes are recorded.
    #[schema(example = "MUTATION")]
    operation_type: String,
    /// Name of the operation.
    #[schema(example = "api_key.create")]
    operation_name: String,
    /// JSON in a string: target, key, request and details.
    variables: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Who did what is recorded.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Actor {
    User(id::User),
    /// The host itself: empty.
    Host(&'static str),
}

/// A page of audit records, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLogList {
    pub logs: Vec<AuditLogView>,
    pub pagination: Pagination,
}

impl View<AuditEntry> for AuditLogView {
    fn of(format: Format<'_>, entry: AuditEntry) -> Self {
        let user = entry.actor.map(|number| format.id(UserId::new(number)));
        Self {
            id: format.id(entry.id),
            user_id: user.map_or(Actor::Host(""), Actor::User),
            variables: variables(format.codec, &entry).to_string(),
            ip: entry.source.unwrap_or_default(),
            operation_type: "MUTATION".to_owned(),
            operation_name: entry.action,
            created_at: entry.at.to_string(),
        }
    }
}

fn variables(codec: &ObjectIdCodec, entry: &AuditEntry) -> Value {
    let kind = ObjectKind::of_target(&entry.target_kind);
    let id = kind.map(|kind| codec.encode(kind, entry.target_id));
    let details = audit_details(codec, entry);
    let key = entry.actor_key.map(|number| id::ApiKey::of(codec, ApiKeyId::new(number)));
    let mut variables = json!({
        "target_kind": entry.target_kind,
        "target_id": id,
        "key_id": key,
        "request_id": entry.request_id,
        "user_agent": entry.user_agent,
        "details": details,
    });
    if let Some(members) = variables.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    variables
}

/// Returns the particulars of an audit record, with the ids that the API gives things.
pub fn audit_details(codec: &ObjectIdCodec, entry: &AuditEntry) -> Value {
    let mut details: Value = serde_json::from_str(&entry.details).unwrap_or_default();
    name_objects(codec, ObjectKind::of_target(&entry.target_kind), &mut details);
    details
}

/// Puts ids, as the whole API has them, in the place of the numbers under which things are kept.
fn name_objects(codec: &ObjectIdCodec, target: Option<ObjectKind>, details: &mut Value) {
    for (member, value) in details.as_object_mut().into_iter().flatten() {
        let known = NUMBERED.iter().find(|(name, _)| name == member).map(|(_, kind)| *kind);
        let kind = if member == "replaces" { target } else { known };
        match (value, kind) {
            (value @ Value::Object(_), _) => name_objects(codec, target, value),
            (Value::Array(numbers), Some(kind)) => {
                for number in numbers {
                    name_object(codec, kind, number);
                }
            }
            (value, Some(kind)) => name_object(codec, kind, value),
            (_, None) => {}
        }
    }
}

fn name_object(codec: &ObjectIdCodec, kind: ObjectKind, value: &mut Value) {
    if let Some(number) = value.as_i64() {
        *value = codec.encode(kind, number).into();
    }
}

impl List for ListAuditRecords {
    type Item = AuditEntry;
    type Id = AuditRecordId;
    const RESOURCE: &'static str = "audit-logs";
    const FILTERS: &'static [&'static str] =
        &["start_time", "end_time", "user_id", "operation_type", "operation_name"];
    const REPEATABLE: &'static [&'static str] = &["operation_name"];

    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<AuditRecordId>>,
        limit: u32,
    ) -> Result<Self, Refusal> {
        let of_changes = match query.get("operation_type").map(canonical).as_deref() {
            None | Some("MUTATION") => true,
            Some("QUERY" | "SUBSCRIPTION") => false,
            Some(_) => {
                let known = "it must be QUERY, MUTATION or SUBSCRIPTION";
                return Err(Refusal::invalid("operation_type", known));
            }
        };
        let (from, to) = (instant(query, "start_time")?, instant(query, "end_time")?);
        let (user, actions) = (query.id("user_id", format)?, names(query)?);
        Ok(Self { from, to, user, actions, of_changes, after, limit })
    }

    fn id(entry: &AuditEntry) -> AuditRecordId {
        entry.id
    }
}

fn names(query: &Query) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = query.all("operation_name").map(str::to_owned).collect();
    let fits = |name: &String| (1..=MAX_NAME_LEN).contains(&name.chars().count());
    if names.len() > MAX_NAMES || !names.iter().all(fits) {
        let known = "it may be given 20 times, with 1 to 255 characters each";
        return Err(Refusal::invalid("operation_name", known));
    }
    if names.iter().any(|name| name.contains('\0')) {
        return Err(Refusal::invalid("operation_name", "it must not contain control characters"));
    }
    Ok(names)
}

fn instant(query: &Query, name: &'static str) -> Result<Option<Timestamp>, Refusal> {
    let parsed = query.get(name).map(timestamp::parse).transpose();
    parsed.map_err(|error| Refusal::invalid(name, error.to_string()))
}
