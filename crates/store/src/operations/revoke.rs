//! Revoking keys.

use claviger_domain::{Action, ApiKey, ApiKeyId, KeyType, Target, decide};
use jiff::Timestamp;
use serde_json::json;

use super::{audit, authenticate};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::TimedCall;
use crate::rows::{RowResult, Rows};

pub(crate) async fn revoke_key<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    id: ApiKeyId,
) -> CallResult<()> {
    let caller = authenticate::caller(rows, authority, &call).await?;
    let access = authenticate::access(rows, &caller).await?;
    let subject = authenticate::subject(rows, &caller, id).await?;
    decide::revoke(&caller, &access, subject.as_ref())?;
    let Some(key) = subject.map(|subject| subject.key).filter(|key| key.revoked_at.is_none())
    else {
        return Ok(());
    };
    end(rows, &key, call.now.at).await?;
    let target = Target::ApiKey(key.id);
    audit(rows, call, &caller, Action::ApiKeyRevoke, target, json!({})).await?;
    Ok(())
}

/// Ends a live key.
pub(super) async fn end<R: Rows>(rows: &mut R, key: &ApiKey, at: Timestamp) -> RowResult<()> {
    rows.revoke_key(key.account, key.id, at).await?;
    if key.key_type == KeyType::User {
        rows.count_user_keys(key.account, key.acts_for, -1).await?;
    }
    Ok(())
}
