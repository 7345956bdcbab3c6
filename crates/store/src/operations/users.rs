//! Users: read, invite, change, remove.

use claviger_domain::decide::{self, BotKeys, Delivery, INVITATION_LIFETIME, Invitation, NewUser};
use claviger_domain::{
    AccountRole, Action, Caller, Email, InviteMode, MintedKey, Name, Now, Refusal, SignInPurpose,
    Target, User, UserId, UserKind, UserStatus,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::audit_logs::{Actor, note_revoked};
use super::authenticate::{self, caller_and_access};
use super::creator_ceiling::Affected;
use super::page::Filling;
use super::{After, Page, creator_ceiling, mint, page, shares};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

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

impl Operation for ListUsers {
    type Output = Page<User>;
    const NAME: &'static str = "list_users";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<User>> {
        let now = tx.now();
        let mut query = self;

        let (caller, access) = caller_and_access(tx).await?;
        if !decide::may_read_users(&access) {
            return Err(Refusal::forbidden("listing users needs USER_READ in the account").into());
        }
        let wanted = query.limit;
        query.limit += 1;
        let after = page::place(&caller, query.after)?;
        let mut list = Filling::new(wanted, after, UserId::new);
        while list.goes_on {
            let chunk = tx.users(caller.account.id, &query, list.after, now.latest).await?;
            list.add(chunk, |_| true);
        }
        let users = list.shown.into_iter().map(|user| seen_at(user, now)).collect();
        Ok(page::cut(&caller, users, wanted))
    }
}

/// Reads a user.
#[derive(Clone, Copy, Debug)]
pub struct GetUser {
    /// Which.
    pub id: UserId,
}

impl Operation for GetUser {
    type Output = User;
    const NAME: &'static str = "user";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<User> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = tx.user(account, id).await?;
        let mut keys = BotKeys::default();
        if found.as_ref().is_some_and(|user| user.kind == UserKind::Bot) {
            keys.spaces = tx.spaces_of_user(account, id).await?.items;
            keys.creators = tx.creators_of(account, id).await?;
        }
        Ok(seen_at(decide::get_user(&caller, &access, found, &keys)?, now))
    }
}

/// The user with the status that they have at this instant.
fn seen_at(user: User, now: Now) -> User {
    User { status: user.status_at(now.latest), ..user }
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

impl Operation for CreateUser {
    type Output = InvitedUser;
    const NAME: &'static str = "create_user";
    const KIND: Kind = Kind::Write;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<InvitedUser> {
        let now = tx.now();

        let caller = authenticate::minting_caller(tx).await?;
        let access = authenticate::access(tx, &caller).await?;
        let CreateUser { role, invite_mode, is_developer, .. } = self;
        let wanted = NewUser { role, is_developer, invite_mode };
        let is_developer = decide::invite(&caller, &access, wanted)?;
        decide::mode_works(invite_mode, self.is_mailed)?;
        let known = tx.user_by_email(caller.account.id, self.email.as_str()).await?;
        let replaces = match (decide::invitation(&access, known.as_ref(), invite_mode, now)?, known)
        {
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
            let (sender, address) = (shares::sender(tx, &caller).await?, self.email.as_str());
            tx.execution.admit(|quota| quota.admit_letter(sender, purpose, address))?;
        }
        let draft = draft(&caller, &self, is_developer, now.at);
        let id = tx.insert_user(&draft).await?;
        let user = User { id, ..draft };
        let mut details = json!({
            "after": audit_snapshot(&user),
            "role": role.name(),
            "invite_mode": invite_mode.name(),
            "replaces": replaces.map(UserId::number),
        });
        let mut until = None;
        if let Some(delivery) = delivery {
            let end = now.at + INVITATION_LIFETIME;
            let secret = decide::sign_in_secret(&caller, &user, delivery, self.is_mailed, end)?;
            let text = &self.minted.text;
            until = Some(mint::set_sign_in_secret(tx, &secret, text, purpose).await?);
            details = mint::flagged(details, &secret);
        }
        tx.audit(&caller, Action::UserCreate, Target::User(id), details).await?;
        Ok(InvitedUser { user, until, is_new: true })
    }
}

fn draft(caller: &Caller, command: &CreateUser, is_developer: bool, now: Timestamp) -> User {
    let invited = command.invite_mode != InviteMode::None;
    User {
        id: UserId::UNASSIGNED,
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

impl Operation for UpdateUser {
    type Output = User;
    const NAME: &'static str = "update_user";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.id))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<User> {
        let now = tx.now();

        let (caller, access) = caller_and_access(tx).await?;
        let found = tx.user(caller.account.id, self.id).await?;
        let before = decide::update_user(&caller, &access, found, self.is_developer)?;
        let mut after = before.clone();
        if let Some(name) = self.name {
            after.name = name.into();
        }
        if let Some(is_developer) = self.is_developer {
            after.is_developer = is_developer;
        }
        if after != before {
            tx.update_user(&after).await?;
            let details =
                json!({ "before": audit_snapshot(&before), "after": audit_snapshot(&after) });
            let (now, target) = (now, Target::User(after.id));
            let takes_away = before.is_developer && !after.is_developer;
            let actor = Actor::taking_away(&caller, takes_away);
            tx.audit(actor, Action::UserUpdate, target, details).await?;
            return Ok(seen_at(after, now));
        }
        Ok(seen_at(after, now))
    }
}

/// Removes a person permanently and revokes their user keys. A second time changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct RemoveUser {
    /// Which.
    pub id: UserId,
}

impl Operation for RemoveUser {
    type Output = ();
    const NAME: &'static str = "remove_user";
    const KIND: Kind = Kind::Write;

    fn target(&self) -> Option<Target> {
        Some(Target::User(self.id))
    }

    /// Removal is permanent: the person's keys are revoked with it, so that nothing revives them (docs/threat-model.md#removed-users).
    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let now = tx.now();
        let Self { id } = self;

        let (caller, access) = caller_and_access(tx).await?;
        let account = caller.account.id;
        let found = tx.user(account, id).await?;
        let other_administrators = tx.has_other_administrator(account, id).await?;
        if decide::remove_user(&caller, &access, found, other_administrators)?.is_none() {
            return Ok(());
        }
        tx.block_user(account, id).await?;
        let revoked = tx.revoke_user_keys(account, id, None, now.at).await?;
        creator_ceiling::revoke_exceeding(tx, &caller, Action::UserDelete, Affected::User(id))
            .await?;
        let mut details = json!({});
        note_revoked(&mut details, "revoked_user_keys", &revoked);
        tx.audit(&caller, Action::UserDelete, Target::User(id), details).await?;
        Ok(())
    }
}

/// What was said about a person, for the audit.
fn audit_snapshot(user: &User) -> Value {
    json!({ "name": user.name, "email": user.email, "is_developer": user.is_developer })
}
