//! Accepting a wall clock that is behind the time that the database has seen.

use claviger_domain::{Action, AuditRecord, RequestContext, Target};
use serde_json::json;

use crate::founding::AcceptedClock;
use crate::transaction::{Driver, RowResult, Transaction};

/// Sets the time that the database has seen to the transaction's, and records it in every account.
pub(crate) async fn accept_clock<D: Driver>(tx: &mut Transaction<D>) -> RowResult<AcceptedClock> {
    let before = tx.latest_instant().await?;
    let after = tx.now().at;
    for account in tx.accounts().await?.items {
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
        tx.insert_audit_record(&record).await?;
    }
    tx.replace_latest_instant(after).await?;
    Ok(AcceptedClock { before, after })
}
