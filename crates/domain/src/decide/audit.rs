//! Decides who may read the audit log.

use crate::refusal::Refusal;
use crate::user::Caller;

/// Decides whether the caller may read what was done in the account (docs/contract/audit-logs.md).
///
/// # Errors
///
/// 403 to everybody but administrators of the account.
pub fn read_audit(caller: &Caller) -> Result<(), Refusal> {
    if caller.is_account_admin() {
        Ok(())
    } else {
        Err(Refusal::forbidden("the audit is for administrators of the account"))
    }
}
