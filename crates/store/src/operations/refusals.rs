//! Records refused changes.
//!
//! Rule: on record is who tried more than they may: 403, and roles above one's own. What is malformed, missing, too often or in the way
//! of something is no attempt on anybody's rights; and who did not authenticate is nobody.

use claviger_domain::{Action, Refusal, Target};
use serde_json::json;

use super::{authenticate, shares};
use crate::CallResult;
use crate::error::CallError;
use crate::transaction::{Driver, Transaction};

/// Records that a change was refused, after what the change had written was undone.
///
/// The number of refusals recorded in an hour is limited for each share (a person's own, and that of their bots), so that repeated
/// refusals cannot fill the disk. The next record counts those that were left out.
pub(crate) async fn note_refusal<D: Driver>(
    tx: &mut Transaction<'_, D>,
    operation: &'static str,
    target: Option<Target>,
    refusal: &Refusal,
) -> CallResult<()> {
    if !refusal.is_overreach() {
        return Ok(());
    }
    let caller = match authenticate::caller(tx).await {
        Ok(caller) => caller,
        Err(CallError::Refused(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let share = shares::share(tx, caller.account.id, &caller).await?;
    let authority = tx.authority();
    let Some(left_out) = authority.refusals.admit(share, authority.clock.uptime()) else {
        return Ok(());
    };
    let target = target.unwrap_or(Target::Account(caller.account.id));
    let mut details = json!({ "operation": operation, "reason": refusal.to_string() });
    if left_out > 0 {
        details["left_out_before"] = left_out.into();
    }
    tx.audit(&caller, Action::ChangeRefuse, target, details).await?;
    Ok(())
}
