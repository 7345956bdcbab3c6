//! Accepting a wall clock that is behind the time that the database has seen.

use claviger_domain::{Action, AuditRecord, RequestContext, Target};
use serde_json::json;

use crate::founding::AcceptedClock;
use crate::rows::{RowResult, Rows};

/// Sets the time that the database has seen to the transaction's, and records it in every account.
pub(crate) async fn accept_clock<R: Rows>(rows: &mut R) -> RowResult<AcceptedClock> {
    let before = rows.latest_instant().await?;
    let after = rows.now().at;
    for account in rows.accounts().await? {
        let record = AuditRecord {
            at: after,
            account: account.id,
            actor: None,
            actor_key: None,
            action: Action::ClockAccept,
            target: Target::Account(account.id),
            details: json!({ "before": before.to_string(), "after": after.to_string() }),
            context: RequestContext::default(),
        };
        rows.insert_audit_record(&record).await?;
    }
    rows.replace_latest_instant(after).await?;
    Ok(AcceptedClock { before, after })
}
