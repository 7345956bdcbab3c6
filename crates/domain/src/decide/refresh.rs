//! Decides about refreshing a key: a new id and secret replace the old ones.

use jiff::{SignedDuration, Timestamp};

use crate::access::Access;
use crate::decide::{KeyWithSpaces, Mint, administers_all, mint, sight};
use crate::expiry::{self, RefreshExpiryRule};
use crate::grants::ResolvedGrants;
use crate::key::KeyType;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::requirement::Scope;
use crate::timeline::Now;
use crate::user::Caller;

/// What a caller asks for.
#[derive(Clone, Copy, Debug)]
pub struct RefreshRequest {
    /// When the new key is to expire.
    pub expires_at: Option<Timestamp>,
    /// How long the old key goes on working: 0 to 86,400 seconds.
    pub grace: SignedDuration,
    /// The contract that the caller's client follows.
    pub rule: RefreshExpiryRule,
}

/// What a refresh does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshPlan {
    /// The new key.
    pub mint: Mint,
    /// When the old key stops working; at once if `None`.
    pub old_expires_at: Option<Timestamp>,
    /// The rule that was applied to the expiry.
    pub rule: RefreshExpiryRule,
}

/// Decides whether the caller may refresh the key, and what comes of it. `grants` are those of a service key's bot user; `live_keys`
/// counts the keys of a user key's person, and matters only with a grace.
///
/// # Errors
///
/// A [`Refusal`]: 404 for a key that the caller cannot see, 403 for one that they may see and not refresh or that may do more than
/// they, 422 for one that is dead or replaced, for a bad expiry, and for a grace in which one person would have more live keys than
/// the account allows.
pub fn refresh(
    caller: &Caller,
    access: &Access,
    subject: Option<&KeyWithSpaces>,
    grants: Option<&ResolvedGrants>,
    live_keys: u32,
    request: RefreshRequest,
    now: Now,
) -> Result<RefreshPlan, Refusal> {
    let subject = sight::visible(caller, access, subject)?;
    let key = &subject.key;
    let is_own = key.acts_for == caller.user.id;
    match key.key_type {
        _ if is_own => {}
        KeyType::User => may_act_for_another(caller)?,
        KeyType::Service => may_refresh_service_key(caller, access, subject, grants)?,
    }
    if !key.is_live(now.latest) {
        return Err(Refusal::unprocessable("the key is revoked or expired: create a new one"));
    }
    if subject.is_replaced {
        return Err(Refusal::unprocessable(
            "the key was refreshed before and only lives out its grace: refresh its successor",
        ));
    }
    let policy = &caller.account.policy;
    let rule = request.rule.under(policy);
    let rule = if is_own && caller.is_bot() { rule.for_itself() } else { rule };
    let asked = request.expires_at;
    let mint = mint::refresh(caller, key, asked, rule, now)?;
    let old_expires_at =
        (!request.grace.is_zero()).then(|| expiry::in_grace(key.expires_at, request.grace, now));
    // Without this, each successor refreshed with a grace would be one more: rotation would lead past the limit, without end.
    let adds_one = key.key_type == KeyType::User && old_expires_at.is_some();
    if adds_one && live_keys >= policy.max_user_keys {
        return Err(Refusal::unprocessable(format!(
            "the key's owner has {live_keys} live keys, which is the most that the account allows, and in its grace the old key is \
             one more: refresh it without a grace, or revoke another key first",
        )));
    }
    Ok(RefreshPlan { mint, old_expires_at, rule })
}

/// People who administer the account, if the account lets them (docs/threat-model.md#impersonation).
fn may_act_for_another(caller: &Caller) -> Result<(), Refusal> {
    if !caller.is_account_admin() || caller.is_bot() {
        return Err(Refusal::forbidden(
            "refreshing another person's key is for people who administer the account",
        ));
    }
    mint::may_refresh_for_another(caller)
}

/// Administrators of the account or of all its spaces, or its creator while they may make such keys; and never above what they hold
/// themselves (docs/threat-model.md#escalation-by-refresh).
fn may_refresh_service_key(
    caller: &Caller,
    access: &Access,
    subject: &KeyWithSpaces,
    grants: Option<&ResolvedGrants>,
) -> Result<(), Refusal> {
    let holds = |permission| {
        move |space: &crate::organization::Space| access.may(permission, Scope::Space(space))
    };
    if caller.is_bot() && !caller.account.policy.bots_may_mint {
        return Err(Refusal::forbidden("service keys may only refresh themselves"));
    }
    let creator = subject.key.is_made_by(caller.user.id);
    let creates = creator && subject.all_spaces(holds(Permission::ServiceKeyCreate));
    let administers = caller.is_account_admin() || administers_all(access, subject);
    if !creates && !administers {
        return Err(Refusal::forbidden(
            "refreshing a service key is for administrators of the account or of all its spaces, and for its creator while they \
             hold SERVICE_KEY_CREATE there",
        ));
    }
    if grants.is_some_and(|grants| grants.within(access).is_ok()) {
        Ok(())
    } else {
        Err(Refusal::forbidden("the service key holds rights that you do not hold yourself"))
    }
}
