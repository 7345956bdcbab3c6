//! Decides about sign-ins with a sign-in secret.
//!
//! Rule: every way of not being valid looks the same from outside and takes the same work, as with keys.

use jiff::Timestamp;

use crate::account::Account;
use crate::decide::{Mint, mint};
use crate::id::UserId;
use crate::key_text::KeyText;
use crate::keyring::{Keyring, StoredDigest};
use crate::refusal::Refusal;
use crate::role::AccountRole;
use crate::timeline::Now;
use crate::user::{SignInPurpose, User, UserStatus};

/// What the handle of a sign-in secret led to.
#[derive(Clone, Debug)]
pub struct SignInSecret {
    /// Whom it lets in.
    pub user: User,
    /// Their account.
    pub account: Account,
    /// What is kept of it.
    pub digest: StoredDigest,
    /// What it is for.
    pub purpose: SignInPurpose,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// Who was shown it, if it did not go to the person's address alone.
    pub shown_to: Option<UserId>,
    /// When the key that it was made with ends, if it does.
    pub made_with: Option<Timestamp>,
    /// Whether a key has been revoked since it was made: the one that it was made with, one that this replaced, or one that replaced it.
    pub is_line_revoked: bool,
    /// Whether the user has come in by a mailed secret before.
    pub is_address_proven: bool,
}

impl SignInSecret {
    /// Whether it ended with the line of the key that it was made with: a thief of a key of it may hold the secret, or the mailbox of
    /// somebody whom they made. A password reset that went to an address where mail has reached the person before goes on.
    fn ended_with_key(&self) -> bool {
        let is_safe = self.purpose == SignInPurpose::Reset
            && self.shown_to.is_none()
            && self.is_address_proven;
        self.is_line_revoked && !is_safe
    }
}

/// Decides whether a presented secret lets somebody in.
///
/// # Errors
///
/// [`Refusal::Unauthenticated`], whatever is wrong.
pub fn sign_in(
    keyring: &Keyring,
    text: &KeyText,
    found: Option<SignInSecret>,
    now: Now,
) -> Result<SignInSecret, Refusal> {
    let Some(secret) = found else {
        keyring.verify_nothing(text);
        return Err(Refusal::Unauthenticated);
    };
    let proven = keyring.verifies(text, secret.account.id, secret.user.id, &secret.digest);
    let expected = match secret.purpose {
        SignInPurpose::Invitation => UserStatus::Invited,
        SignInPurpose::Reset => UserStatus::Active,
    };
    let stands = !now.has_reached(secret.expires_at)
        && !secret.ended_with_key()
        && secret.user.status_at(now.latest) == expected
        && secret.user.account == secret.account.id;
    if proven && stands { Ok(secret) } else { Err(Refusal::Unauthenticated) }
}

/// Decides whether the person who signed in gets a key: `None` for people who may not have keys.
///
/// The account's limit of keys does not count here: a thief of a key can reach it, and this is how its owner gets back in. What
/// bounds these keys is that each takes a secret of its own.
///
/// # Errors
///
/// 422 if the key would have expired before it is made.
pub fn key_at_sign_in(secret: &SignInSecret, now: Now) -> Result<Option<Mint>, Refusal> {
    if !may_have_keys(&secret.user) {
        return Ok(None);
    }
    mint::sign_in(secret, now).map(Some)
}

/// Whether a person gets a key when they sign in.
pub fn may_have_keys(user: &User) -> bool {
    user.is_developer || user.role == AccountRole::Admin
}
