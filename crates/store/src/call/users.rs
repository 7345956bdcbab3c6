//! What the methods on users are asked, and what they answer.

use claviger_domain::{
    AccountRole, ApiKey, Email, InviteMode, KeyName, MintedKey, Name, User, UserId, UserStatus,
};

use jiff::Timestamp;

use super::After;

/// Which users to list.
#[derive(Clone, Debug)]
pub struct ListUsers {
    /// Whose address contains this, in whatever case.
    pub email: Option<String>,
    /// With one of these statuses; with any that is listed at all if empty.
    pub statuses: Vec<UserStatus>,
    /// Those after this one.
    pub after: Option<After<UserId>>,
    /// How many at most.
    pub limit: u32,
}

/// A user to invite.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// What they are called.
    pub name: Name,
    /// Where mail reaches them: unique in the account.
    pub email: Email,
    /// Their role in the account.
    pub role: AccountRole,
    /// Whether they may make keys; the role decides if it is left out.
    pub is_developer: Option<bool>,
    /// How they get in.
    pub invite_mode: InviteMode,
    /// The secret to sign in with, which is kept if a new user is made and gets it: as a temporary password, or by mail.
    pub minted: MintedKey,
    /// Whether mail goes out, so that an `EMAIL_LINK` invitation has a secret too.
    pub is_mailed: bool,
}

/// What became of an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitedUser {
    /// The user.
    pub user: User,
    /// Until when the secret that was made lets them in, if one was.
    pub until: Option<Timestamp>,
    /// Whether they are new, as against invited already.
    pub is_new: bool,
}

/// What to change of a user.
#[derive(Clone, Debug)]
pub struct UpdateUser {
    /// Whom.
    pub id: UserId,
    /// Their new name.
    pub name: Option<Name>,
    /// Whether they may make keys.
    pub is_developer: Option<bool>,
}

/// An invitation, or a way back in, to send to a person.
#[derive(Clone, Debug)]
pub struct Remind {
    /// Whom.
    pub id: UserId,
    /// The secret that goes to their address; nothing where no mail goes.
    pub minted: Option<MintedKey>,
}

/// A person to whom a letter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminded {
    /// The person.
    pub user: User,
    /// Until when the secret in the letter lets them in.
    pub until: Timestamp,
}

/// A sign-in secret to make for a person, and to show to the caller.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// For whom.
    pub id: UserId,
    /// The secret.
    pub minted: MintedKey,
    /// Whether mail goes out, so that there is another way.
    pub is_mailed: bool,
}

/// Coming in with a sign-in secret, which is the key of the call.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The secret and handle of the person's new key.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
}

/// Who came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// Their new key, unless they may not have any.
    pub key: Option<ApiKey>,
    /// Whether somebody else was shown the secret, and may hold the key.
    pub is_impersonated: bool,
}

/// A sign-in secret that was shown to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// Until when it is good.
    pub until: Timestamp,
    /// The person whom it acts for, if that is not the caller.
    pub impersonated_user: Option<User>,
}
