//! Invitations and ways back in: sending them again, handing them over, and coming in by one.

use claviger_domain::decide::{self, INVITATION_LIFETIME, RESET_LIFETIME, SignInSecret};
use claviger_domain::{
    Access, Action, ApiKey, ApiKeyId, AuditRecord, Caller, KeyText, SignInPurpose, Target, User,
    UserStatus,
};
use jiff::Timestamp;
use serde_json::json;

use super::audit;
use super::authenticate::{self, caller_and_access};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{HandOver, Remind, SignIn, SignedIn, TimedCall};
use crate::rows::{NewKey, NewSignInSecret, RowResult, Rows};

/// Keeps what is kept of a person's sign-in secret.
pub(super) async fn keep<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    user: &User,
    text: &KeyText,
    purpose: SignInPurpose,
    expires_at: Timestamp,
) -> RowResult<()> {
    let digest = authority.keyring.digest(text, user.account, user.id);
    let (account, handle) = (user.account, text.handle);
    let secret = NewSignInSecret { account, user: user.id, purpose, handle, digest, expires_at };
    rows.set_sign_in_secret(&secret).await
}

/// Who asks. Making a secret counts against the limit on secrets.
async fn reminding_caller<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: &TimedCall,
    command: &Remind,
) -> CallResult<(Caller, Access)> {
    if command.minted.is_none() {
        return caller_and_access(rows, authority, call).await;
    }
    let caller = authenticate::minting_caller(rows, authority, call).await?;
    let access = authenticate::access(rows, &caller).await?;
    Ok((caller, access))
}

pub(crate) async fn resend_invitation<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: Remind,
) -> CallResult<User> {
    let (caller, access) = reminding_caller(rows, authority, &call, &command).await?;
    let found = rows.user(caller.account.id, command.id).await?;
    let user = decide::resend_invitation(&caller, &access, found, call.now)?;
    let until = call.now.at + INVITATION_LIFETIME;
    match &command.minted {
        Some(minted) => {
            let purpose = SignInPurpose::Invitation;
            keep(rows, authority, &user, &minted.text, purpose, until).await?;
        }
        None => rows.extend_sign_in_secret(user.account, user.id, until).await?,
    }
    let user = User { invited_until: Some(until), ..user };
    rows.update_user(&user).await?;
    let details = json!({ "until": until.to_string(), "mailed": command.minted.is_some() });
    audit(rows, call, &caller, Action::UserInvite, Target::User(user.id), details).await?;
    Ok(user)
}

pub(crate) async fn reset_password<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: Remind,
) -> CallResult<User> {
    let (caller, access) = reminding_caller(rows, authority, &call, &command).await?;
    let found = rows.user(caller.account.id, command.id).await?;
    let user = decide::reset_password(&caller, &access, found)?;
    if let Some(minted) = &command.minted {
        let until = call.now.at + RESET_LIFETIME;
        keep(rows, authority, &user, &minted.text, SignInPurpose::Reset, until).await?;
    }
    let details = json!({ "mailed": command.minted.is_some() });
    audit(rows, call, &caller, Action::UserReset, Target::User(user.id), details).await?;
    Ok(user)
}

pub(crate) async fn hand_over<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: HandOver,
) -> CallResult<Timestamp> {
    let caller = authenticate::minting_caller(rows, authority, &call).await?;
    let access = authenticate::access(rows, &caller).await?;
    let found = rows.user(caller.account.id, command.id).await?;
    let (user, purpose) = decide::hand_over(&caller, &access, found, call.now)?;
    let (action, until) = match purpose {
        SignInPurpose::Invitation => (Action::UserInvite, call.now.at + INVITATION_LIFETIME),
        SignInPurpose::Reset => (Action::UserReset, call.now.at + RESET_LIFETIME),
    };
    keep(rows, authority, &user, &command.minted.text, purpose, until).await?;
    if purpose == SignInPurpose::Invitation {
        rows.update_user(&User { invited_until: Some(until), ..user }).await?;
    }
    let details = json!({ "until": until.to_string(), "handed_to_caller": true });
    audit(rows, call, &caller, action, Target::User(command.id), details).await?;
    Ok(until)
}

async fn proven<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: &TimedCall,
) -> CallResult<SignInSecret> {
    let found = rows.sign_in_secret(call.key.handle).await?;
    Ok(decide::sign_in(&authority.keyring, &call.key, found, call.now)?)
}

/// Proves the presented secret, and leaves it as it is.
pub(crate) async fn prove_sign_in_secret<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<()> {
    proven(rows, authority, &call).await.map(drop)
}

/// A secret lets in once. What it was handed out for is done by it: the invitation is accepted.
pub(crate) async fn sign_in<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    call: TimedCall,
    command: SignIn,
) -> CallResult<SignedIn> {
    let secret = proven(rows, authority, &call).await?;
    let (account, id) = (secret.account.id, secret.user.id);
    if let Some(quota) = &call.quota {
        quota.admit(id)?;
    }
    let most = secret.account.policy.max_user_keys;
    let live = rows.live_user_keys(account, id, call.now.at, most).await?;
    let expiry = decide::key_at_sign_in(&secret, live, call.now)?;
    rows.delete_sign_in_secret(account, id).await?;
    let user = User { status: UserStatus::Active, invited_until: None, ..secret.user };
    rows.update_user(&user).await?;
    let key = match expiry {
        None => None,
        Some(expires_at) => {
            Some(first_key(rows, authority, &user, command, expires_at, call.now.at).await?)
        }
    };
    let details = json!({
        "purpose": secret.purpose.name(),
        "api_key": key.as_ref().map(|key| key.id.number()),
    });
    let record = AuditRecord {
        at: call.now.at,
        account,
        actor: Some(id),
        actor_key: None,
        action: Action::UserSignIn,
        target: Target::User(id),
        details,
        context: call.context,
    };
    rows.insert_audit_record(&record).await?;
    Ok(SignedIn { user, key })
}

async fn first_key<R: Rows>(
    rows: &mut R,
    authority: &Authority,
    user: &User,
    command: SignIn,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> RowResult<ApiKey> {
    let text = command.minted.text;
    let digest = authority.keyring.digest(&text, user.account, user.id);
    let key = ApiKey {
        id: ApiKeyId::NOTHING,
        account: user.account,
        key_type: text.key_type,
        name: command.name,
        description: None,
        handle: text.handle,
        created_by: user.id,
        acts_for: user.id,
        created_at: now,
        expires_at,
        revoked_at: None,
        last_used_at: None,
        replaces: None,
    };
    let new = NewKey { key, digest };
    let id = rows.insert_key(&new).await?;
    rows.count_user_keys(user.account, user.id, 1).await?;
    Ok(ApiKey { id, ..new.key })
}
