//! Accepting a wall clock that is behind the time that the database has seen.

use claviger_domain::{Action, Target};
use jiff::Timestamp;
use serde_json::json;

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::Actor;
use crate::operations::authenticate;
use crate::transaction::{Driver, Transaction};

/// Sets the time that the database has seen to that of the machine's clock, and records it in every account. For a store that was opened
/// by `open_accepting_clock` of its options.
#[derive(Clone, Copy, Debug)]
pub struct AcceptClock;

/// What became of the time that a database has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedClock {
    /// What it was.
    pub before: Timestamp,
    /// What it is now.
    pub after: Timestamp,
}

impl Operation for AcceptClock {
    type Output = AcceptedClock;
    const NAME: &'static str = "accept_clock";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<AcceptedClock> {
        authenticate::host(tx)?;
        let before = tx.latest_instant().await?;
        let after = tx.now().at;
        let details = json!({ "before": before.to_string(), "after": after.to_string() });
        for account in tx.accounts().await?.items {
            let target = Target::Account(account.id);
            let actor = Actor::nobody(account.id);
            tx.audit(actor, Action::ClockAccept, target, details.clone()).await?;
        }
        tx.replace_latest_instant(after).await?;
        Ok(AcceptedClock { before, after })
    }
}
