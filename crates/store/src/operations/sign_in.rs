//! Invitations and ways back in: sending them again, handing them over, and coming in by one.

use claviger_domain::decide::{
    self, Delivery, INVITATION_LIFETIME, Mint, RESET_LIFETIME, SignInSecret,
};
use claviger_domain::{
    Access, Action, AuditRecord, Caller, SignInPurpose, Target, User, UserId, UserStatus,
};
use jiff::Timestamp;
use serde_json::json;

use super::authenticate::{self, caller_and_access};
use super::{audit, create, mint};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{HandOver, HandedOver, Remind, Reminded, SignIn, SignedIn, TimedCall};
use crate::transaction::{Driver, Transaction};

/// Who asks. Making a secret counts against the limit on secrets.
async fn reminding_caller<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: &TimedCall,
    command: &Remind,
) -> CallResult<(Caller, Access)> {
    if command.minted.is_none() {
        return caller_and_access(tx, authority, call).await;
    }
    let caller = authenticate::minting_caller(tx, authority, call).await?;
    let access = authenticate::access(tx, &caller).await?;
    Ok((caller, access))
}

pub(crate) async fn resend_invitation<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: Remind,
) -> CallResult<Reminded> {
    let (caller, access) = reminding_caller(tx, authority, &call, &command).await?;
    let found = tx.user(caller.account.id, command.id).await?;
    let mail_goes = command.minted.is_some();
    let user = decide::resend_invitation(&caller, &access, found, mail_goes, call.now)?;
    let until = call.now.at + INVITATION_LIFETIME;
    let purpose = SignInPurpose::Invitation;
    let mint = mail_secret(tx, authority, &call, (&caller, &user), command, purpose, until).await?;
    let user = User { invited_until: Some(until), ..user };
    tx.update_user(&user).await?;
    let details = create::flagged(json!({ "until": until.to_string(), "mailed": true }), &mint);
    audit(tx, call, &caller, Action::UserInvite, Target::User(user.id), details).await?;
    Ok(Reminded { until: mint.expires_at().unwrap_or(until), user })
}

pub(crate) async fn reset_password<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: Remind,
) -> CallResult<Reminded> {
    let (caller, access) = reminding_caller(tx, authority, &call, &command).await?;
    let found = tx.user(caller.account.id, command.id).await?;
    let user = decide::reset_password(&caller, &access, found, command.minted.is_some())?;
    let until = call.now.at + RESET_LIFETIME;
    let purpose = SignInPurpose::Reset;
    let mint = mail_secret(tx, authority, &call, (&caller, &user), command, purpose, until).await?;
    let details = create::flagged(json!({ "mailed": true }), &mint);
    audit(tx, call, &caller, Action::UserReset, Target::User(user.id), details).await?;
    Ok(Reminded { until: mint.expires_at().unwrap_or(until), user })
}

/// Keeps the secret of a letter to a person, which counts against the limits on letters.
async fn mail_secret<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: &TimedCall,
    (caller, user): (&Caller, &User),
    command: Remind,
    purpose: SignInPurpose,
    until: Timestamp,
) -> CallResult<Mint> {
    call.admit_letter(user.account, purpose, &user.email)?;
    let mint = decide::sign_in_secret(caller, user, Delivery::Mailed, true, until)?;
    if let Some(minted) = command.minted {
        mint::set_sign_in_secret(tx, authority, &mint, &minted.text, purpose).await?;
    }
    Ok(mint)
}

pub(crate) async fn hand_over<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: HandOver,
) -> CallResult<HandedOver> {
    let caller = authenticate::minting_caller(tx, authority, &call).await?;
    let access = authenticate::access(tx, &caller).await?;
    let found = tx.user(caller.account.id, command.id).await?;
    let (user, purpose) = decide::hand_over(&caller, &access, found, call.now)?;
    let (action, until) = match purpose {
        SignInPurpose::Invitation => (Action::UserInvite, call.now.at + INVITATION_LIFETIME),
        SignInPurpose::Reset => (Action::UserReset, call.now.at + RESET_LIFETIME),
    };
    let mail_goes = command.is_mailed;
    let mint = decide::sign_in_secret(&caller, &user, Delivery::HandedOver, mail_goes, until)?;
    let text = &command.minted.text;
    let until = mint::set_sign_in_secret(tx, authority, &mint, text, purpose).await?;
    let user = User { invited_until: user.invited_until.map(|_| until), ..user };
    if purpose == SignInPurpose::Invitation {
        tx.update_user(&user).await?;
    }
    let details = json!({ "until": until.to_string(), "handed_to_caller": true });
    let details = create::flagged(details, &mint);
    audit(tx, call, &caller, action, Target::User(command.id), details).await?;
    Ok(HandedOver { until, impersonated_user: mint.impersonates().then_some(user) })
}

async fn proven<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: &TimedCall,
) -> CallResult<SignInSecret> {
    let found = tx.sign_in_secret(call.key.handle).await?;
    Ok(decide::sign_in(&authority.keyring, &call.key, found, call.now)?)
}

/// Proves the presented secret, and leaves it as it is.
pub(crate) async fn prove_sign_in_secret<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
) -> CallResult<()> {
    proven(tx, authority, &call).await.map(drop)
}

/// A secret lets in once. What it was handed out for is done by it: the invitation is accepted.
pub(crate) async fn sign_in<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: SignIn,
) -> CallResult<SignedIn> {
    let secret = proven(tx, authority, &call).await?;
    let (account, id) = (secret.account.id, secret.user.id);
    // No quota either: a thief who uses it up must not keep the owner out. Each secret was counted when it was made.
    let mint = decide::key_at_sign_in(&secret, call.now)?;
    tx.delete_sign_in_secrets(account, id).await?;
    let user = User { status: UserStatus::Active, invited_until: None, ..secret.user };
    tx.update_user(&user).await?;
    let mut details = json!({
        "purpose": secret.purpose.name(),
        "secret_shown_to": secret.shown_to.map(UserId::number),
    });
    let mut key = None;
    let mut is_impersonated = false;
    if let Some(mint) = mint {
        let (text, label) = (&command.minted.text, command.name.into());
        let made = mint::insert_key(tx, authority, &mint, text, label).await?;
        details["api_key"] = made.id.number().into();
        details = create::flagged(details, &mint);
        is_impersonated = mint.impersonates();
        key = Some(made);
    }
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
    tx.insert_audit_record(&record).await?;
    Ok(SignedIn { user, key, is_impersonated })
}
