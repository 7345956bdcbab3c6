//! Inviting people, changing and removing them (docs/contract/users.md).
//!
//! Rule: a caller who may not read a user gets 404, whether the user exists or not.

use jiff::SignedDuration;

use crate::access::Access;
use crate::decide::sight::{sees_keys_in, sees_keys_of};
use crate::grants::{GrantField, OverPrivileged};
use crate::id::UserId;
use crate::organization::Space;
use crate::permission::Permission;
use crate::refusal::{Refusal, Resource};
use crate::requirement::Scope;
use crate::role::AccountRole;
use crate::timeline::Now;
use crate::user::{Caller, InviteMode, SignInPurpose, User, UserKind, UserStatus};

/// How long an invitation is valid.
pub const INVITATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a password reset is valid.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// The roles in the account that its members may invite others to (docs/contract/users.md#invite).
const ROLES_OF_MEMBERS_GUESTS: &[AccountRole] = &[AccountRole::Member, AccountRole::Annotator];

/// Whether the caller may read everybody of the account: who holds `USER_READ` there, as its administrators and members do.
pub fn may_read_users(access: &Access) -> bool {
    access.may(Permission::UserRead, Scope::Account)
}

/// The user, if the caller may read them.
///
/// # Errors
///
/// 404 if there is none that the caller may read; removed people are gone for everybody.
pub fn read_user(caller: &Caller, access: &Access, found: Option<User>) -> Result<User, Refusal> {
    found
        .filter(|user| user.id == caller.user.id || may_read_users(access))
        .filter(|user| user.status != UserStatus::Blocked)
        .ok_or(Refusal::NotFound(Resource::User))
}

/// What a bot user's keys are known by: where it has a role, and who made them.
#[derive(Clone, Debug, Default)]
pub struct BotKeys {
    /// The spaces in which it has a role.
    pub spaces: Vec<Space>,
    /// Who made its keys.
    pub creators: Vec<UserId>,
}

/// The user, if the caller may look them up. A bot user is looked up by those who can see its keys: to others its name, which is that of
/// a key, tells of one that is hidden from them.
///
/// # Errors
///
/// 404 if there is none that the caller may look up.
pub fn get_user(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    keys: &BotKeys,
) -> Result<User, Refusal> {
    let sees_bot = |bot: UserId| {
        sees_keys_of(caller, bot)
            || keys.creators.contains(&caller.user.id)
            || keys.spaces.iter().any(|space| sees_keys_in(access, space))
    };
    let found = found.filter(|user| user.kind == UserKind::Person || sees_bot(user.id));
    read_user(caller, access, found)
}

/// A person that the caller may read, and do this to.
fn person(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    needs: Permission,
) -> Result<User, Refusal> {
    let found = found.filter(|user| user.kind == UserKind::Person);
    let user = read_user(caller, access, found)?;
    if access.at_account().contains(needs) {
        Ok(user)
    } else {
        Err(Refusal::forbidden(format!("this needs {} in the account", needs.name())))
    }
}

/// What a new user is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Their role in the account.
    pub role: AccountRole,
    /// Whether they may make keys; the role decides if it is left out.
    pub is_developer: Option<bool>,
    /// How they get in.
    pub invite_mode: InviteMode,
}

/// Decides whether the caller may invite such a user, and whether that one may make keys.
///
/// # Errors
///
/// 403 without `USER_CREATE`; 422 for a role or a developer access above the caller's own, for developer access of those without
/// the API, and for a service key that asks to be shown a person's secret.
pub fn invite(caller: &Caller, access: &Access, wanted: NewUser) -> Result<bool, Refusal> {
    if !access.may(Permission::UserCreate, Scope::Account) {
        return Err(Refusal::forbidden("inviting users needs USER_CREATE in the account"));
    }
    may_write_to_people(caller)?;
    if caller.is_bot() && wanted.invite_mode == InviteMode::TemporaryPassword {
        return Err(Refusal::forbidden(
            "a service key is shown no secret of a person: invite with EMAIL_LINK or NONE",
        ));
    }
    let by_role = matches!(wanted.role, AccountRole::Admin | AccountRole::Member);
    let is_developer = wanted.is_developer.unwrap_or(by_role);
    let within = wanted.role.permissions().is_subset_of(access.at_account());
    let offered = caller.is_account_admin() || ROLES_OF_MEMBERS_GUESTS.contains(&wanted.role);
    if !within || !offered {
        return Err(OverPrivileged(GrantField::Role).into());
    }
    developer_access_fits(wanted.role, is_developer)?;
    if is_developer && !caller.user.is_developer && !caller.is_account_admin() {
        return Err(OverPrivileged(GrantField::Developer).into());
    }
    Ok(is_developer)
}

/// A leaked service key must not let new people in, nor write to anybody, unless the account says so.
fn may_write_to_people(caller: &Caller) -> Result<(), Refusal> {
    if caller.is_bot() && !caller.account.policy.bots_may_invite {
        return Err(Refusal::forbidden(
            "service keys invite nobody and write to nobody: the account's policy `bots_may_invite` is off",
        ));
    }
    Ok(())
}

/// Refuses an invitation by mail where none goes. Nothing is made that nobody is told of.
///
/// # Errors
///
/// 422 for the mode `EMAIL_LINK` unless `mail_goes`.
pub fn mode_works(mode: InviteMode, mail_goes: bool) -> Result<(), Refusal> {
    if mode == InviteMode::EmailLink && !mail_goes {
        return Err(Refusal::unprocessable(
            "`invite_mode`: EMAIL_LINK needs a server that sends mail, and this one was started without `--smtp-host`; use \
             TEMPORARY_PASSWORD or NONE",
        ));
    }
    Ok(())
}

/// Refuses to write to a person where no mail goes.
fn letter_goes(mail_goes: bool) -> Result<(), Refusal> {
    if mail_goes {
        return Ok(());
    }
    Err(Refusal::invalid(
        "user_id",
        "no letter can go to this user, since the server was started without `--smtp-host`; an administrator of the account gets a \
         secret to hand over with `POST /auth/v1/users/{user_id}/sign-in-secret`",
    ))
}

/// Nobody has letters sent to those who hold more.
fn holds_no_more(access: &Access, user: &User) -> Result<(), Refusal> {
    if user.role.permissions().is_subset_of(access.at_account()) {
        Ok(())
    } else {
        Err(Refusal::forbidden("the user's role in the account is above your own"))
    }
}

fn developer_access_fits(role: AccountRole, is_developer: bool) -> Result<(), Refusal> {
    if is_developer && role == AccountRole::MemberUiOnly {
        return Err(Refusal::unprocessable("`is_developer`: members without the API make no keys"));
    }
    Ok(())
}

/// What becomes of an invitation to an address, given who has it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// A new user is made.
    New,
    /// A new user is made; the one whose invitation has lapsed makes room.
    InPlaceOf(crate::id::UserId),
    /// The invitation stands already.
    Standing,
}

/// Decides what an invitation does, given the user that the address belongs to.
///
/// That somebody was removed is told to those who may remove people. To everybody else the address is nobody's, and can be invited.
///
/// # Errors
///
/// 409 if the address belongs to somebody who takes part or was removed, or waits for an invitation while none is wanted.
pub fn invitation(
    access: &Access,
    known: Option<&User>,
    mode: InviteMode,
    now: Now,
) -> Result<Invitation, Refusal> {
    let is_told = |user: &&User| {
        user.status != UserStatus::Blocked || access.may(Permission::UserDelete, Scope::Account)
    };
    let Some(known) = known.filter(is_told) else {
        return Ok(Invitation::New);
    };
    match known.status_at(now.latest) {
        UserStatus::Expired => Ok(Invitation::InPlaceOf(known.id)),
        UserStatus::Invited if mode != InviteMode::None => Ok(Invitation::Standing),
        UserStatus::Invited => {
            Err(Refusal::conflict("`email`: somebody with this address is invited already"))
        }
        UserStatus::Active => Err(Refusal::conflict("`email`: a user has this address")),
        UserStatus::Blocked => {
            Err(Refusal::conflict("`email`: a user with this address was removed for good"))
        }
    }
}

/// Decides whether the caller may change the user's name or developer access.
///
/// # Errors
///
/// 404 as [`read_user`], and for bot users; 403 without `USER_UPDATE`, for developer access to all but account administrators.
pub fn update_user(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    is_developer: Option<bool>,
) -> Result<User, Refusal> {
    let user = person(caller, access, found, Permission::UserUpdate)?;
    if let Some(is_developer) = is_developer {
        if !caller.is_account_admin() {
            return Err(Refusal::forbidden(
                "`is_developer`: this is for administrators of the account",
            ));
        }
        developer_access_fits(user.role, is_developer)?;
    }
    Ok(user)
}

/// Decides whether the caller may remove the person. Nothing is left to do if they are removed already: then the answer is `None`.
/// `other_administrators` says whether another person administers the account and is active.
///
/// # Errors
///
/// 404 as [`read_user`], and for bot users; 403 without `USER_DELETE`; 400 for the caller's own user; 422 for the last active person
/// who administers the account, for every caller.
pub fn remove_user(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    other_administrators: bool,
) -> Result<Option<User>, Refusal> {
    let removed = found.as_ref().is_some_and(|user| user.status == UserStatus::Blocked);
    if removed && access.may(Permission::UserDelete, Scope::Account) {
        return Ok(None);
    }
    let user = person(caller, access, found, Permission::UserDelete)?;
    if user.id == caller.user.id {
        return Err(Refusal::invalid("user_id", "you cannot remove yourself"));
    }
    let administers = user.role == AccountRole::Admin && user.status == UserStatus::Active;
    if administers && !other_administrators {
        return Err(Refusal::unprocessable(
            "this is the last active person who administers the account: invite another administrator, and remove this one when they \
             have signed in",
        ));
    }
    Ok(Some(user))
}

/// Decides whether the user's invitation may be sent again.
///
/// # Errors
///
/// 404 as [`read_user`], and for bot users; 403 without `USER_CREATE`; 400 for users who are not invited, and unless `mail_goes`.
pub fn resend_invitation(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    mail_goes: bool,
    now: Now,
) -> Result<User, Refusal> {
    let user = person(caller, access, found, Permission::UserCreate)?;
    may_write_to_people(caller)?;
    holds_no_more(access, &user)?;
    letter_goes(mail_goes)?;
    if user.status_at(now.latest) == UserStatus::Invited {
        Ok(user)
    } else {
        Err(Refusal::invalid("user_id", "it must be a user whose invitation stands"))
    }
}

/// Decides whether the user may be sent a password reset.
///
/// # Errors
///
/// 404 as [`read_user`], and for bot users; 403 without `USER_UPDATE`; 400 for users who have not accepted their invitation, and
/// unless `mail_goes`.
pub fn reset_password(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    mail_goes: bool,
) -> Result<User, Refusal> {
    let user = person(caller, access, found, Permission::UserUpdate)?;
    may_write_to_people(caller)?;
    holds_no_more(access, &user)?;
    letter_goes(mail_goes)?;
    if user.status == UserStatus::Active {
        Ok(user)
    } else {
        Err(Refusal::invalid("user_id", "it must be a user who has accepted their invitation"))
    }
}

/// Decides whether the caller may be shown a sign-in secret of a person, to hand it over where no mail goes, and what it is for.
///
/// The secret acts as that person, so this is for people who administer the account.
///
/// # Errors
///
/// 404 as [`read_user`], and for bot users; 403 for all others; 400 for users whose invitation has lapsed, who are invited anew.
pub fn issue_sign_in_secret(
    caller: &Caller,
    access: &Access,
    found: Option<User>,
    now: Now,
) -> Result<(User, SignInPurpose), Refusal> {
    let user = person(caller, access, found, Permission::UserUpdate)?;
    if !caller.is_account_admin() || caller.is_bot() {
        return Err(Refusal::forbidden("this is for people who administer the account"));
    }
    match user.status_at(now.latest) {
        UserStatus::Active => Ok((user, SignInPurpose::Reset)),
        UserStatus::Invited => Ok((user, SignInPurpose::Invitation)),
        UserStatus::Expired | UserStatus::Blocked => Err(Refusal::invalid(
            "user_id",
            "the invitation of this user has lapsed: create the user again",
        )),
    }
}
