//! Invitations and password resets: resend, hand over, sign in.

use claviger_domain::decide::{
    self, Delivery, INVITATION_LIFETIME, Mint, RESET_LIFETIME, SignInSecret,
};
use claviger_domain::{
    Access, Action, ApiKey, Caller, KeyName, MintedKey, Refusal, SignInPurpose, Target, User,
    UserId, UserStatus,
};
use jiff::Timestamp;
use serde_json::json;

use super::audit_logs::Actor;
use super::authenticate::{self, caller_and_access};
use super::{mint, shares};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::request::Credential;
use crate::transaction::{Driver, Transaction};

/// Who asks. Making a secret counts against the limit on secrets.
async fn reminding_caller<D: Driver>(
    tx: &mut Transaction<'_, D>,
    is_minting: bool,
) -> CallResult<(Caller, Access)> {
    if !is_minting {
        return caller_and_access(tx).await;
    }
    let caller = authenticate::minting_caller(tx).await?;
    let access = authenticate::access(tx, &caller).await?;
    Ok((caller, access))
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
pub struct IssuedSignInSecret {
    /// Until when it is good.
    pub until: Timestamp,
    /// The person whom it acts for, if that is not the caller.
    pub impersonated_user: Option<User>,
}

/// A person to whom a letter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminded {
    /// The person.
    pub user: User,
    /// Until when the secret in the letter lets them in.
    pub until: Timestamp,
}

/// Sends an invitation again. It stands anew, with a new secret.
#[derive(Clone, Debug)]
pub struct ResendInvitation {
    /// Whom.
    pub id: UserId,
    /// The secret that goes to their address; nothing where no mail goes.
    pub minted: Option<MintedKey>,
}

impl Operation for ResendInvitation {
    type Output = Reminded;
    const NAME: &'static str = "resend_invitation";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Reminded> {
        let now = tx.now();
        let (caller, access) = reminding_caller(tx, self.minted.is_some()).await?;
        let found = tx.user(caller.account.id, self.id).await?;
        let mail_goes = self.minted.is_some();
        let user = decide::resend_invitation(&caller, &access, found, mail_goes, now)?;
        let until = now.at + INVITATION_LIFETIME;
        let letter = Letter { to: &user, purpose: SignInPurpose::Invitation, until };
        let mint = keep_secret(tx, &caller, letter, self.minted.as_ref()).await?;
        let user = User { invited_until: Some(until), ..user };
        tx.update_user(&user).await?;
        let details = mint::flagged(json!({ "until": until.to_string(), "mailed": true }), &mint);
        tx.audit(&caller, Action::UserInvite, Target::User(user.id), details).await?;
        Ok(Reminded { until: mint.expires_at().unwrap_or(until), user })
    }
}

/// Requests a password reset: keeps a new secret, which goes out by mail.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// Whom.
    pub id: UserId,
    /// The secret that goes to their address; nothing where no mail goes.
    pub minted: Option<MintedKey>,
}

impl Operation for ResetPassword {
    type Output = Reminded;
    const NAME: &'static str = "reset_password";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Reminded> {
        let (caller, access) = reminding_caller(tx, self.minted.is_some()).await?;
        let found = tx.user(caller.account.id, self.id).await?;
        let user = decide::reset_password(&caller, &access, found, self.minted.is_some())?;
        let until = tx.now().at + RESET_LIFETIME;
        let letter = Letter { to: &user, purpose: SignInPurpose::Reset, until };
        let mint = keep_secret(tx, &caller, letter, self.minted.as_ref()).await?;
        let details = mint::flagged(json!({ "mailed": true }), &mint);
        tx.audit(&caller, Action::UserReset, Target::User(user.id), details).await?;
        Ok(Reminded { until: mint.expires_at().unwrap_or(until), user })
    }
}

/// A letter with a sign-in secret.
struct Letter<'a> {
    to: &'a User,
    purpose: SignInPurpose,
    until: Timestamp,
}

/// Keeps the secret of a letter, which counts against the limits on letters.
async fn keep_secret<D: Driver>(
    tx: &mut Transaction<'_, D>,
    caller: &Caller,
    letter: Letter<'_>,
    minted: Option<&MintedKey>,
) -> CallResult<Mint> {
    let Letter { to, purpose, until } = letter;
    let sender = shares::sender(tx, caller).await?;
    tx.execution.admit(|quota| quota.admit_letter(sender, purpose, &to.email))?;
    let mint = decide::sign_in_secret(caller, to, Delivery::Mailed, true, until)?;
    if let Some(minted) = minted {
        mint::set_sign_in_secret(tx, &mint, &minted.text, purpose).await?;
    }
    Ok(mint)
}

/// A sign-in secret to make for a person, and to show to the caller.
#[derive(Clone, Debug)]
pub struct IssueSignInSecret {
    /// For whom.
    pub id: UserId,
    /// The secret.
    pub minted: MintedKey,
    /// Whether mail goes out, so that there is another way.
    pub is_mailed: bool,
}

impl Operation for IssueSignInSecret {
    type Output = IssuedSignInSecret;
    const NAME: &'static str = "issue_sign_in_secret";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<IssuedSignInSecret> {
        let now = tx.now();

        let caller = authenticate::minting_caller(tx).await?;
        let access = authenticate::access(tx, &caller).await?;
        let found = tx.user(caller.account.id, self.id).await?;
        let (user, purpose) = decide::issue_sign_in_secret(&caller, &access, found, now)?;
        let (action, until) = match purpose {
            SignInPurpose::Invitation => (Action::UserInvite, now.at + INVITATION_LIFETIME),
            SignInPurpose::Reset => (Action::UserReset, now.at + RESET_LIFETIME),
        };
        let mail_goes = self.is_mailed;
        let mint = decide::sign_in_secret(&caller, &user, Delivery::HandedOver, mail_goes, until)?;
        let text = &self.minted.text;
        let until = mint::set_sign_in_secret(tx, &mint, text, purpose).await?;
        let user = User { invited_until: user.invited_until.map(|_| until), ..user };
        if purpose == SignInPurpose::Invitation {
            tx.update_user(&user).await?;
        }
        let details = json!({ "until": until.to_string(), "handed_to_caller": true });
        let details = mint::flagged(details, &mint);
        tx.audit(&caller, action, Target::User(self.id), details).await?;
        Ok(IssuedSignInSecret { until, impersonated_user: mint.impersonates().then_some(user) })
    }
}

async fn proven<D: Driver>(tx: &mut Transaction<'_, D>) -> CallResult<SignInSecret> {
    let Credential::SignInSecret(text) = &tx.request().credential else {
        return Err(Refusal::Unauthenticated.into());
    };
    let found = tx.sign_in_secret(text.handle).await?;
    Ok(decide::sign_in(&tx.authority().keyring, text, found, tx.now())?)
}

/// Proves the presented sign-in secret, and leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct ProveSignInSecret;

impl Operation for ProveSignInSecret {
    type Output = ();
    const NAME: &'static str = "prove_sign_in_secret";
    const KIND: Kind = Kind::Proof;

    /// Proves the presented secret, and leaves it as it is.
    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        proven(tx).await.map(drop)
    }
}

/// Coming in with a sign-in secret, which is the key of the call.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The secret and handle of the person's new key.
    pub minted: MintedKey,
    /// Its label.
    pub name: KeyName,
}

impl Operation for SignIn {
    type Output = SignedIn;
    const NAME: &'static str = "sign_in";
    const KIND: Kind = Kind::Write;

    /// A secret works once. Using it also accepts the invitation that it was made for.
    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<SignedIn> {
        let now = tx.now();

        let secret = proven(tx).await?;
        let (account, id) = (secret.account.id, secret.user.id);
        // No quota: a thief who uses it up must not keep the owner out. Each secret was counted when it was made.
        let mint = decide::key_at_sign_in(&secret, now)?;
        tx.delete_sign_in_secrets(account, id).await?;
        let user = User { status: UserStatus::Active, invited_until: None, ..secret.user };
        tx.update_user(&user).await?;
        tx.note_sign_in(account, id, now.at).await?;
        if secret.shown_to.is_none() {
            tx.prove_address(account, id, now.at).await?;
        }
        let mut details = json!({
            "purpose": secret.purpose.name(),
            "secret_shown_to": secret.shown_to.map(UserId::number),
        });
        let mut key = None;
        let mut is_impersonated = false;
        if let Some(mint) = mint {
            let (text, label) = (&self.minted.text, self.name.into());
            let made = mint::insert_key(tx, &mint, text, label).await?;
            details["api_key"] = made.id.number().into();
            details = mint::flagged(details, &mint);
            is_impersonated = mint.impersonates();
            key = Some(made);
        }
        tx.audit(Actor::user(&user), Action::UserSignIn, Target::User(id), details).await?;
        Ok(SignedIn { user, key, is_impersonated })
    }
}
