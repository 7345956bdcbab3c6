//! Letting an administrator back in who has no key left that works: from the host, with the database's files in hand (T51).

use claviger_domain::decide::{self, Occasion};
use claviger_domain::{
    Action, ApiKey, AuditRecord, Refusal, RequestContext, Resource, Target, to_micros,
};
use jiff::Timestamp;
use serde_json::json;

use super::mint;
use crate::CallResult;
use crate::authority::Authority;
use crate::founding::{FoundingKey, Recovery};
use crate::rows::Rows;

/// Makes the key. Limits on how many and how often do not count here; the longest lifetime does.
pub(crate) async fn recover<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    recovery: Recovery,
) -> CallResult<ApiKey> {
    let Recovery { email, key, lifetime } = recovery;
    let now = rows.now().at;
    let expires_at = to_micros(now.checked_add(lifetime).unwrap_or(Timestamp::MAX));
    let (user, account) =
        rows.administrator_by_email(&email).await?.ok_or(Refusal::NotFound(Resource::User))?;
    let mint =
        decide::host_key(Occasion::Recovery, &account, user.id, Some(expires_at), rows.now());
    let FoundingKey { minted, name } = key;
    let key = mint::insert_key(rows, authority, &mint, &minted.text, name.into()).await?;
    let record = AuditRecord {
        at: now,
        account: account.id,
        actor: None,
        actor_key: None,
        action: Action::ApiKeyRecover,
        target: Target::ApiKey(key.id),
        details: json!({ "user": user.id.number(), "expires_at": key.expires_at.map(|end| end.to_string()) }),
        context: RequestContext::default(),
    };
    rows.insert_audit_record(&record).await?;
    Ok(key)
}
