//! Transactions that the database could not order among others are tried again. However often that happens, and at whichever statement,
//! every operation comes to the same end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use claviger_domain::{
    AccountPolicy, BoundTo, Change, InviteMode, KeyName, KeyType, Name, Permission, PermissionSet,
    PredefinedRole, Refusal, ScopedRole, SignInPurpose, SpaceRole,
};

use super::fixture::{Fixture, call_with, later, now, own_keys};
use super::people::invite;
use super::reads::read_everything;
use crate::{
    CallResult, CreateOrganization, CreateProject, CreateRole, CreateRoleBinding, CreateSpace,
    DeleteOrganization, DeleteProject, DeleteRole, DeleteRoleBinding, DeleteSpace, Faults, HostKey,
    IssueSignInSecret, NoteSecretInUrl, Operation, Quota, RecoverAdministrator,
    RemoveOrganizationMember, RemoveSpaceMember, RemoveUser, ReportLeak, Reporter, Request,
    ResendInvitation, ResetPassword, RestrictProject, RevokeAllKeys, RevokeKey, Sender,
    SetOrganizationMember, SetPolicy, SetSpaceMember, Share, SignIn, Store, StoreError,
    UnrestrictProject, UpdateOrganization, UpdateProject, UpdateRole, UpdateRoleBinding,
    UpdateSpace, UpdateUser,
};

/// How many tries of an operation fail in a row: one fewer than a store makes.
pub const FAILED_TRIES: u32 = 7;

/// Fails the first tries of every operation, each at the next statement.
#[derive(Debug)]
pub struct Interruptions {
    first: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tries: u32,
    has_failed: bool,
    statement: u32,
    most: u32,
}

impl Interruptions {
    /// The first try fails at this statement, counted from one.
    pub fn from(first: u32) -> Self {
        Self { first, state: Mutex::default() }
    }

    /// The most statements that a try has come to.
    pub fn most_statements(&self) -> u32 {
        self.state.lock().unwrap().most
    }
}

impl Faults for Interruptions {
    fn before(&self, _: &'static str) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap();
        state.tries = if state.has_failed { state.tries + 1 } else { 0 };
        (state.has_failed, state.statement) = (false, 0);
        Ok(())
    }

    fn at_statement(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap();
        state.statement += 1;
        state.most = state.most.max(state.statement);
        if state.tries < FAILED_TRIES && state.statement == self.first + state.tries {
            state.has_failed = true;
            return Err(StoreError::Serialization);
        }
        Ok(())
    }
}

/// Counts what it is asked.
#[derive(Debug, Default)]
struct Counter {
    mints: AtomicU32,
    changes: AtomicU32,
    letters: AtomicU32,
}

impl Quota for Counter {
    fn admit(&self, _: Share) -> Result<(), Refusal> {
        self.mints.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn admit_change(&self, _: Share) -> Result<(), Refusal> {
        self.changes.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn admit_letter(&self, _: Sender, _: SignInPurpose, _: &str) -> Result<(), Refusal> {
        self.letters.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// What there is after all of it.
#[derive(Debug, PartialEq, Eq)]
pub struct EndState {
    rows: Vec<Vec<String>>,
    /// Keys, changes and letters that were counted.
    counted: [u32; 3],
}

pub(super) struct Played<'a> {
    pub(super) fixture: Fixture<'a>,
    quota: Arc<Counter>,
}

impl Played<'_> {
    pub(super) async fn run<O: Operation>(&self, who: &str, operation: O) -> O::Output {
        self.try_to(who, operation).await.unwrap()
    }

    async fn try_to<O: Operation>(&self, who: &str, operation: O) -> CallResult<O::Output> {
        let quota = Some(Arc::clone(&self.quota) as Arc<dyn Quota>);
        self.fixture.store.execute(Request { quota, ..self.fixture.call(who) }, operation).await
    }
}

/// Carries out every operation, and returns what comes of it.
pub async fn play_every_operation(store: &Store) -> EndState {
    let quota = Arc::new(Counter::default());
    let played = Played { fixture: Fixture::found(store).await, quota };
    places(&played).await;
    roles(&played).await;
    keys(&played).await;
    people(&played).await;
    read_everything(&played).await;
    let fixture = &played.fixture;
    store
        .execute(
            Request::host(),
            SetPolicy { account: fixture.acme.account, policy: AccountPolicy::default() },
        )
        .await
        .unwrap();
    let key = HostKey {
        minted: fixture.minted(KeyType::User),
        name: KeyName::parse("from the host").unwrap(),
    };
    let lifetime = jiff::SignedDuration::from_hours(1);
    let email = "admin@example.com".to_owned();
    store.execute(Request::host(), RecoverAdministrator { email, key, lifetime }).await.unwrap();
    fixture.write_last_uses(later(1)).await.unwrap();
    let mut rows = fixture.everything().await;
    let all = "SELECT actor_id, actor_key_id, action, target_kind, target_id, details FROM audit_records ORDER BY id";
    rows.extend(store.query(all).await.unwrap());
    let count = |of: &AtomicU32| of.load(Ordering::Relaxed);
    let quota = &played.quota;
    EndState { rows, counted: [&quota.mints, &quota.changes, &quota.letters].map(count) }
}

async fn places(played: &Played<'_>) {
    let name = |text: &str| Name::parse(text).unwrap();
    let made =
        played.run("admin", CreateOrganization { name: name("new"), description: None }).await;
    let description = Change::Keep;
    let change = UpdateOrganization { id: made.id, name: Some(name("renamed")), description };
    played.run("admin", change).await;
    let space = CreateSpace {
        organization: made.id,
        name: name("space"),
        description: None,
        is_private: false,
    };
    let space = played.run("admin", space).await;
    let description = Change::Keep;
    let change = UpdateSpace { id: space.id, name: None, description, is_private: Some(true) };
    played.run("admin", change).await;
    let project =
        played.run("admin", CreateProject { space: space.id, name: name("project") }).await;
    played.run("admin", UpdateProject { id: project.id, name: name("other name") }).await;
    played.run("admin", RestrictProject { id: project.id }).await;
    played.run("admin", UnrestrictProject { id: project.id }).await;
    let user = played.fixture.user("outsider");
    let organization = made.id;
    played
        .run("admin", SetOrganizationMember { organization, user, role: ScopedRole::Member })
        .await;
    let role = SpaceRole::Predefined(ScopedRole::Member);
    played.run("admin", SetSpaceMember { space: space.id, user, role }).await;
    played.run("admin", RemoveSpaceMember { space: space.id, user }).await;
    played.run("admin", RemoveOrganizationMember { organization, user }).await;
    played.run("admin", DeleteProject { id: project.id }).await;
    played.run("admin", DeleteSpace { id: space.id }).await;
    played.run("admin", DeleteOrganization { id: made.id }).await;
    let refused = played.try_to("reader", DeleteSpace { id: played.fixture.space("S1") }).await;
    assert!(refused.is_err());
}

async fn roles(played: &Played<'_>) {
    let role = CreateRole {
        name: Name::parse("a role").unwrap(),
        description: None,
        permissions: PermissionSet::of(&[Permission::ProjectRead]),
    };
    let role = played.run("admin", role).await;
    let place = BoundTo::Space(played.fixture.space("S2"));
    let bind = CreateRoleBinding { user: played.fixture.user("other"), role: role.id, place };
    let binding = played.run("admin", bind).await;
    let description = Change::Keep;
    let permissions = Some(PermissionSet::of(&[Permission::ProjectRead, Permission::SpaceRead]));
    let change = UpdateRole { id: role.id, name: None, description, permissions };
    played.run("admin", change).await;
    let other = PredefinedRole::Space(ScopedRole::ReadOnly).id();
    played.run("admin", UpdateRoleBinding { id: binding.id, role: other }).await;
    played.run("admin", DeleteRoleBinding { id: binding.id }).await;
    played.run("admin", DeleteRole { id: role.id }).await;
}

async fn keys(played: &Played<'_>) {
    let fixture = &played.fixture;
    let first = played.run("member", fixture.user_key("first")).await;
    let refreshed = played.run("member", fixture.refresh_of(first.id, 60)).await.key;
    played.run("member", RevokeKey { id: refreshed.id }).await;
    let grants = fixture.grants(&[("O1", &["S1", "S1b"]), ("O2", &["S2"])]);
    let service = played.run("admin", fixture.service_key("robot", grants)).await;
    played.run("admin", fixture.refresh_of(service.key.id, 0)).await;
    let leaked = fixture.user_key("leaked");
    let key = leaked.minted.text.clone();
    played.run("other", leaked).await;
    let context = || fixture.call("other").context;
    let note = NoteSecretInUrl { key: key.clone() };
    fixture.store.execute(Request::anonymous(context()), note).await.unwrap();
    let report = ReportLeak { key, reporter: Reporter::Holder, url: None };
    fixture.store.execute(Request::anonymous(context()), report).await.unwrap();
    played.run("other", fixture.user_key("one of all")).await;
    played.run("other", RevokeAllKeys { user: None, include_current: false }).await;
    let listed = played.run("admin", own_keys()).await;
    assert!(!listed.items.is_empty());
}

async fn people(played: &Played<'_>) {
    let fixture = &played.fixture;
    let mode = InviteMode::TemporaryPassword;
    let (invited, secret) = invite(fixture, "admin", "ada@example.org", mode, now()).await.unwrap();
    let minted = || Some(fixture.minted(KeyType::User));
    played.run("admin", ResendInvitation { id: invited.user.id, minted: minted() }).await;
    let name = KeyName::parse("first").unwrap();
    let sign_in = SignIn { minted: fixture.minted(KeyType::User), name };
    let request = call_with(secret).with_sign_in_secret();
    fixture.store.execute(request, sign_in).await.unwrap();
    let id = invited.user.id;
    let name = Some(Name::parse("Ada Lovelace").unwrap());
    played.run("admin", UpdateUser { id, name, is_developer: Some(false) }).await;
    played.run("admin", ResetPassword { id, minted: minted() }).await;
    let minted = fixture.minted(KeyType::User);
    played.run("admin", IssueSignInSecret { id, minted, is_mailed: true }).await;
    played.run("admin", RemoveUser { id }).await;
}
