//! People: reading, inviting, changing and removing them.

use claviger_domain::decide::{self, Delivery, INVITATION_LIFETIME, Invitation, NewUser};
use claviger_domain::{
    Action, Caller, InviteMode, Now, Refusal, SignInPurpose, Target, User, UserId, UserKind,
    UserStatus,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::authenticate::{self, caller_and_access};
use super::makers::Affected;
use super::{audit, create, makers, mint, page};
use crate::CallResult;
use crate::authority::Authority;
use crate::call::{CreateUser, InvitedUser, ListUsers, Page, TimedCall, UpdateUser};
use crate::transaction::{Driver, Transaction};

pub(crate) async fn list_users<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    mut query: ListUsers,
) -> CallResult<Page<User>> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    if !decide::may_read_users(&access) {
        return Err(Refusal::forbidden("listing users needs USER_READ in the account").into());
    }
    let wanted = query.limit;
    query.limit += 1;
    let after = page::place(&caller, query.after)?;
    let users = page::filled(wanted, after, UserId::new, async |after| {
        tx.users(caller.account.id, &query, after, call.now.latest).await
    });
    let users = users.await?.into_iter().map(|user| seen_at(user, call.now)).collect();
    Ok(page::cut(&caller, users, wanted))
}

pub(crate) async fn user<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: UserId,
) -> CallResult<User> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.user(caller.account.id, id).await?;
    Ok(seen_at(decide::read_user(&caller, &access, found)?, call.now))
}

/// The user with the status that they have at this instant.
fn seen_at(user: User, now: Now) -> User {
    User { status: user.status_at(now.latest), ..user }
}

pub(crate) async fn create_user<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: CreateUser,
) -> CallResult<InvitedUser> {
    let caller = authenticate::minting_caller(tx, authority, &call).await?;
    let access = authenticate::access(tx, &caller).await?;
    let CreateUser { role, invite_mode, is_developer, .. } = command;
    let wanted = NewUser { role, is_developer, invite_mode };
    let is_developer = decide::invite(&caller, &access, wanted)?;
    decide::mode_works(invite_mode, command.is_mailed)?;
    let known = tx.user_by_email(caller.account.id, command.email.as_str()).await?;
    let replaces =
        match (decide::invitation(&access, known.as_ref(), invite_mode, call.now)?, known) {
            (Invitation::Standing, Some(user)) => {
                return Ok(InvitedUser { user, until: None, is_new: false });
            }
            (Invitation::InPlaceOf(old), _) => {
                // Nothing of the one who never came is left to the one who does.
                tx.block_user(caller.account.id, old).await?;
                Some(old)
            }
            (Invitation::New | Invitation::Standing, _) => None,
        };
    let purpose = SignInPurpose::Invitation;
    let delivery = match invite_mode {
        InviteMode::None => None,
        InviteMode::EmailLink => Some(Delivery::Mailed),
        InviteMode::TemporaryPassword => Some(Delivery::TemporaryPassword),
    };
    if delivery == Some(Delivery::Mailed) {
        call.admit_letter(caller.account.id, purpose, command.email.as_str())?;
    }
    let draft = draft(&caller, &command, is_developer, call.now.at);
    let id = tx.insert_user(&draft).await?;
    let user = User { id, ..draft };
    let mut details = json!({
        "after": words(&user),
        "role": role.name(),
        "invite_mode": invite_mode.name(),
        "replaces": replaces.map(UserId::number),
    });
    let mut until = None;
    if let Some(delivery) = delivery {
        let end = call.now.at + INVITATION_LIFETIME;
        let secret = decide::sign_in_secret(&caller, &user, delivery, command.is_mailed, end)?;
        let text = &command.minted.text;
        until = Some(mint::set_sign_in_secret(tx, authority, &secret, text, purpose).await?);
        details = create::flagged(details, &secret);
    }
    audit(tx, call, &caller, Action::UserCreate, Target::User(id), details).await?;
    Ok(InvitedUser { user, until, is_new: true })
}

fn draft(caller: &Caller, command: &CreateUser, is_developer: bool, now: Timestamp) -> User {
    let invited = command.invite_mode != InviteMode::None;
    User {
        id: UserId::NOTHING,
        account: caller.account.id,
        kind: UserKind::Person,
        name: command.name.clone().into(),
        email: command.email.clone().into(),
        role: command.role,
        is_developer,
        status: if invited { UserStatus::Invited } else { UserStatus::Active },
        created_at: now,
        invited_until: invited.then_some(now + INVITATION_LIFETIME),
    }
}

pub(crate) async fn update_user<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    command: UpdateUser,
) -> CallResult<User> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let found = tx.user(caller.account.id, command.id).await?;
    let before = decide::update_user(&caller, &access, found, command.is_developer)?;
    let mut after = before.clone();
    if let Some(name) = command.name {
        after.name = name.into();
    }
    if let Some(is_developer) = command.is_developer {
        after.is_developer = is_developer;
    }
    if after != before {
        tx.update_user(&after).await?;
        let details = json!({ "before": words(&before), "after": words(&after) });
        let (now, target) = (call.now, Target::User(after.id));
        audit(tx, call, &caller, Action::UserUpdate, target, details).await?;
        return Ok(seen_at(after, now));
    }
    Ok(seen_at(after, call.now))
}

/// Removal is for good: the person's keys are revoked with it, so that nothing revives them (T42).
pub(crate) async fn remove_user<D: Driver>(
    tx: &mut Transaction<D>,
    authority: &Authority,
    call: TimedCall,
    id: UserId,
) -> CallResult<()> {
    let (caller, access) = caller_and_access(tx, authority, &call).await?;
    let account = caller.account.id;
    let found = tx.user(account, id).await?;
    let other_administrators = tx.has_other_administrator(account, id).await?;
    if decide::remove_user(&caller, &access, found, other_administrators)?.is_none() {
        return Ok(());
    }
    tx.block_user(account, id).await?;
    let revoked = tx.revoke_user_keys(account, id, None, call.now.at).await?;
    makers::cut(tx, &call, &caller, Action::UserDelete, Affected::User(id)).await?;
    let details = json!({ "revoked_user_keys": revoked });
    audit(tx, call, &caller, Action::UserDelete, Target::User(id), details).await?;
    Ok(())
}

/// What was said about a person, for the audit.
fn words(user: &User) -> Value {
    json!({ "name": user.name, "email": user.email, "is_developer": user.is_developer })
}
