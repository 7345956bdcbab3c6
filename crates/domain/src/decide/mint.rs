//! Every way to create a credential, and the account's policies for it.
//!
//! Rule: a [`Mint`] is made by the functions of this file and by nothing else, and there is no digest without one
//! ([`Keyring::digest`](crate::Keyring::digest)). A new way to a credential is a new [`Occasion`], and meets every policy here.

use jiff::Timestamp;

use crate::account::{Account, AccountPolicy};
use crate::decide::sign_in::SignInSecret;
use crate::expiry::{self, RefreshExpiryRule};
use crate::id::{AccountId, ApiKeyId, UserId};
use crate::key::{ApiKey, KeyType};
use crate::refusal::Refusal;
use crate::timeline::Now;
use crate::user::{Caller, User, UserStatus};

/// Why a credential is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A person makes a user key for themselves.
    UserKey,
    /// A service key is made, with its bot user.
    ServiceKey,
    /// A key is replaced by a new one.
    Refresh,
    /// A sign-in secret goes to the person's address.
    MailedSecret,
    /// A sign-in secret is shown to the caller, who passes it on.
    ShownSecret,
    /// A person signs in with a sign-in secret and gets a key.
    SignIn,
    /// The host makes an account with its first key.
    NewAccount,
    /// The host makes a key for an administrator who has none left that works.
    Recovery,
}

impl Occasion {
    /// Every occasion.
    pub const ALL: [Self; 8] = [
        Self::UserKey,
        Self::ServiceKey,
        Self::Refresh,
        Self::MailedSecret,
        Self::ShownSecret,
        Self::SignIn,
        Self::NewAccount,
        Self::Recovery,
    ];
}

/// A credential that may be made: whom it acts for, who answers for it, and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    occasion: Occasion,
    account: AccountId,
    acts_for: UserId,
    created_by: UserId,
    minted_by: UserId,
    expires_at: Option<Timestamp>,
    made_with: Option<Timestamp>,
    made_with_key: Option<ApiKeyId>,
    impersonates: bool,
}

/// How a sign-in secret gets to its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By a letter to their address.
    Mailed,
    /// By the inviter, who is shown it.
    TemporaryPassword,
    /// By an administrator, who is shown it.
    HandedOver,
}

impl Mint {
    /// Why it is made.
    pub fn occasion(&self) -> Occasion {
        self.occasion
    }

    /// The tenant.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Whom it acts for. Unassigned for a service key until its bot user exists: see [`acting_for`](Self::acting_for).
    pub fn acts_for(&self) -> UserId {
        self.acts_for
    }

    /// Who made the first key of its lineage.
    pub fn created_by(&self) -> UserId {
        self.created_by
    }

    /// Who was shown the secret.
    pub fn minted_by(&self) -> UserId {
        self.minted_by
    }

    /// When it ends.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// When the key that it was made with ends, if one did and it does.
    pub fn made_with(&self) -> Option<Timestamp> {
        self.made_with
    }

    /// The key that it was made with, if one was.
    pub fn made_with_key(&self) -> Option<ApiKeyId> {
        self.made_with_key
    }

    /// Whether it outlives the key that it was made with (docs/threat-model.md#keys-that-outlive-their-creator-key). A sign-in secret
    /// counts as the key that comes of it.
    pub fn outlives(&self) -> bool {
        match self.occasion {
            Occasion::MailedSecret | Occasion::ShownSecret => self.made_with.is_some(),
            _ => expiry::outlives(self.expires_at, self.made_with),
        }
    }

    /// Whether somebody now holds, or may hold, a secret that acts for another person (docs/threat-model.md#impersonation).
    pub fn impersonates(&self) -> bool {
        self.impersonates
    }

    /// The mint of a service key, for its new bot user.
    #[must_use]
    pub fn acting_for(self, bot: UserId) -> Self {
        match self.occasion {
            Occasion::ServiceKey => Self { acts_for: bot, ..self },
            _ => self,
        }
    }
}

/// A mint by a caller, before anything is said of its end.
fn by(caller: &Caller, occasion: Occasion, acts_for: UserId) -> Mint {
    Mint {
        occasion,
        account: caller.account.id,
        acts_for,
        created_by: caller.user.id,
        minted_by: caller.holder(),
        expires_at: None,
        made_with: caller.key.expires_at,
        made_with_key: Some(caller.key.id),
        impersonates: false,
    }
}

/// Refuses to show a secret that acts for an active person to anybody else, if the account's policy says so.
fn may_be_shown(policy: &AccountPolicy, instead: &str) -> Result<(), Refusal> {
    if policy.only_owners_refresh_user_keys {
        return Err(Refusal::forbidden(format!(
            "nobody but the person may hold a secret that acts for them: the account's policy `only_owners_refresh_user_keys` is on; \
             {instead}"
        )));
    }
    Ok(())
}

/// Mints a user key for the caller.
pub(super) fn user_key(
    caller: &Caller,
    asked: Option<Timestamp>,
    now: Now,
) -> Result<Mint, Refusal> {
    let mint = by(caller, Occasion::UserKey, caller.user.id);
    let expires_at = expiry::at_creation(asked, &caller.account.policy, mint.made_with, now)?;
    Ok(Mint { expires_at, ..mint })
}

/// Mints a service key.
pub(super) fn service_key(
    caller: &Caller,
    asked: Option<Timestamp>,
    now: Now,
) -> Result<Mint, Refusal> {
    let mint = by(caller, Occasion::ServiceKey, UserId::UNASSIGNED);
    let expires_at = expiry::at_creation(asked, &caller.account.policy, mint.made_with, now)?;
    Ok(Mint { expires_at, ..mint })
}

/// Refuses a refresh by which the caller would come to act for another person, if the account's policy says so.
pub(super) fn may_refresh_for_another(caller: &Caller) -> Result<(), Refusal> {
    may_be_shown(&caller.account.policy, "you may revoke the key instead")
}

/// Mints the successor of a key. The holder of a key that refreshes itself stays the same.
pub(super) fn refresh(
    caller: &Caller,
    old: &ApiKey,
    asked: Option<Timestamp>,
    rule: RefreshExpiryRule,
    now: Now,
) -> Result<Mint, Refusal> {
    let impersonates = old.key_type == KeyType::User && old.acts_for != caller.user.id;
    if impersonates {
        may_refresh_for_another(caller)?;
    }
    let mint = by(caller, Occasion::Refresh, old.acts_for);
    let policy = &caller.account.policy;
    let expires_at = expiry::at_refresh(old.expires_at, asked, rule, policy, mint.made_with, now)?;
    Ok(Mint { created_by: old.created_by, expires_at, impersonates, ..mint })
}

/// Decides whether the caller may have a sign-in secret made for a person, until when it is good, and what comes of it.
///
/// # Errors
///
/// Under the policy `only_owners_refresh_user_keys`, 403 to show the secret of another person: of an active one always, and of an invited
/// one where `mail_goes`, so that there is another way in.
pub fn sign_in_secret(
    caller: &Caller,
    user: &User,
    delivery: Delivery,
    mail_goes: bool,
    until: Timestamp,
) -> Result<Mint, Refusal> {
    let is_shown = delivery != Delivery::Mailed;
    let occasion = if is_shown { Occasion::ShownSecret } else { Occasion::MailedSecret };
    let is_of_another = is_shown && user.id != caller.user.id;
    let policy = &caller.account.policy;
    if is_of_another && (mail_goes || user.status == UserStatus::Active) {
        may_be_shown(
            policy,
            match delivery {
                Delivery::TemporaryPassword => "invite them with EMAIL_LINK instead",
                _ => "have it sent to them by mail, or revoke their keys instead",
            },
        )?;
    }
    let mint = by(caller, occasion, user.id);
    let cap = mint.made_with.filter(|_| policy.derived_expiry_cap);
    let expires_at = Some(cap.map_or(until, |cap| cap.min(until)));
    // The mode shows the temporary password to the inviter. A sign-in with it is flagged.
    let impersonates = is_of_another && delivery == Delivery::HandedOver;
    Ok(Mint { expires_at, impersonates, ..mint })
}

/// Mints the key of a person who signs in.
pub(super) fn sign_in(secret: &SignInSecret, now: Now) -> Result<Mint, Refusal> {
    let policy = &secret.account.policy;
    let made_with = secret.made_with;
    let expires_at = expiry::at_creation(None, policy, made_with, now)?;
    if expires_at.is_some_and(|end| now.has_reached(end)) {
        return Err(Refusal::unprocessable(
            "the secret was made with a key that has expired since: ask for a new one",
        ));
    }
    let user = secret.user.id;
    Ok(Mint {
        occasion: Occasion::SignIn,
        account: secret.account.id,
        acts_for: user,
        created_by: user,
        minted_by: user,
        expires_at,
        made_with,
        made_with_key: None,
        impersonates: secret.shown_to.is_some_and(|holder| holder != user),
    })
}

/// Mints a key on the host, which no caller asks for. It ends at the latest when the account's policy says.
pub fn host_key(
    occasion: Occasion,
    account: &Account,
    user: UserId,
    asked: Option<Timestamp>,
    now: Now,
) -> Mint {
    let longest = expiry::longest(&account.policy, now);
    Mint {
        occasion,
        account: account.id,
        acts_for: user,
        created_by: user,
        minted_by: user,
        expires_at: asked.into_iter().chain(longest).min(),
        made_with: None,
        made_with_key: None,
        impersonates: false,
    }
}
