//! Fixtures: two accounts, and shorthands for calls.
//!
//! `acme` has the organizations `O1` (spaces `S1`, `S1b`, the private `S1p`) and `O2` (space `S2`); `globex` is somebody else's.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use claviger_domain::decide::RefreshRequest;
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    AccountPolicy, AccountRole, ApiKey, ApiKeyId, Entropy, EntropyUnavailable, Grants, KeyName,
    KeyStatus, KeyText, KeyType, MintedKey, OrganizationGrant, OrganizationId, Permission,
    PermissionSet, Refusal, RequestContext, RoleId, ScopedRole, SpaceGrant, SpaceId, SpaceRole,
    UserId,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Authenticate, CallError, CallResult, CreateAccount, CreateServiceKey, CreateUserKey,
    CreatedAccount, CreatedServiceKey, Credential, FirstOrganization, FirstRole, FirstSpace,
    FirstUser, GrantsOrSpace, HostKey, ListKeys, ListedKey, Page, RefreshKey, Request, Store,
    StoreError,
};

/// Bytes that are the same in every run.
#[derive(Debug, Default)]
struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        for byte in bytes {
            // A step of a linear congruential generator (Knuth's MMIX), of which the upper bits are good enough here.
            let step = |state: u64| {
                state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407)
            };
            let update = |state| Some(step(state));
            let before =
                self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update).unwrap_or(0);
            *byte = step(before).to_be_bytes()[0];
        }
        Ok(())
    }
}

/// When the fixture is set up, and everything happens that is not said to happen later.
pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// So many seconds later.
pub(super) fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// A store with the two accounts in it.
#[derive(Debug)]
pub(super) struct Fixture<'a> {
    pub(super) store: &'a Store,
    pub(super) acme: CreatedAccount,
    pub(super) globex: CreatedAccount,
    keys: HashMap<&'static str, (UserId, ApiKeyId, KeyText)>,
    entropy: Seeded,
}

const ACME: &[(&str, AccountRole, Option<ScopedRole>)] = &[
    ("admin", AccountRole::Admin, None),
    ("member", AccountRole::Member, Some(ScopedRole::Member)),
    ("other", AccountRole::Member, Some(ScopedRole::Member)),
    ("reader", AccountRole::Member, Some(ScopedRole::ReadOnly)),
    ("outsider", AccountRole::Member, None),
];

impl<'a> Fixture<'a> {
    /// Founds both accounts. Members and readers have their role in `O1` and in `S1`.
    pub(super) async fn found(store: &'a Store) -> Self {
        let entropy = Seeded::default();
        let mut keys = Vec::new();
        let organizations: &[(&str, &[&str])] = &[("O1", &["S1", "S1b", "S1p"]), ("O2", &["S2"])];
        let (acme, acme_keys) = founding("acme", organizations, ACME, store, &entropy);
        let stranger = &[("stranger", AccountRole::Admin, None)];
        let (globex, globex_keys) =
            founding("globex", &[("G1", &["GS1"])], stranger, store, &entropy);
        let acme = store.execute(Request::host(), acme).await.unwrap();
        let globex = store.execute(Request::host(), globex).await.unwrap();
        for (founded, texts) in [(&acme, acme_keys), (&globex, globex_keys)] {
            for (user, (name, text)) in founded.users.iter().zip(texts) {
                keys.push((name, (user.id, user.key.unwrap(), text)));
            }
        }
        Self { store, acme, globex, keys: keys.into_iter().collect(), entropy }
    }

    pub(super) fn text(&self, who: &str) -> KeyText {
        self.keys[who].2.clone()
    }

    pub(super) fn user(&self, who: &str) -> UserId {
        self.keys[who].0
    }

    /// The key that somebody was founded with.
    pub(super) fn key(&self, who: &str) -> ApiKeyId {
        self.keys[who].1
    }

    /// A space of `acme`.
    pub(super) fn space(&self, name: &str) -> SpaceId {
        let spaces = |place: usize| &self.acme.organizations[place].1;
        match name {
            "S1" => spaces(0)[0],
            "S1b" => spaces(0)[1],
            "S1p" => spaces(0)[2],
            "S2" => spaces(1)[0],
            _ => panic!("there is no space {name}"),
        }
    }

    pub(super) fn organization(&self, name: &str) -> OrganizationId {
        match name {
            "O1" => self.acme.organizations[0].0,
            "O2" => self.acme.organizations[1].0,
            _ => panic!("there is no organization {name}"),
        }
    }

    /// The custom role of `acme`: reading projects.
    pub(super) fn role(&self) -> RoleId {
        self.acme.roles[0]
    }

    /// A call with the key that somebody was founded with.
    pub(super) fn call(&self, who: &str) -> Request {
        self.call_at(who, now())
    }

    /// A call with the key that somebody was founded with, at this instant. Later calls happen then too, until one says otherwise.
    pub(super) fn call_at(&self, who: &str, at: Timestamp) -> Request {
        self.store.set_time(at);
        call_with(self.text(who))
    }

    /// Writes down when keys were last used, at this instant.
    pub(super) async fn write_last_uses(&self, at: Timestamp) -> Result<(), StoreError> {
        self.store.set_time(at);
        self.store.write_last_uses().await
    }

    pub(super) fn minted(&self, key_type: KeyType) -> MintedKey {
        MintedKey::generate(key_type, self.store.installation().tag, &self.entropy).unwrap()
    }

    pub(super) fn user_key(&self, name: &str) -> CreateUserKey {
        CreateUserKey {
            minted: self.minted(KeyType::User),
            name: KeyName::parse(name).unwrap(),
            description: None,
            expires_at: None,
        }
    }

    /// Makes a user key for the caller, and keeps its text.
    pub(super) async fn create(&self, who: &str, name: &str) -> CallResult<(ApiKey, KeyText)> {
        let command = self.user_key(name);
        let text = command.minted.text.clone();
        let key = self.store.execute(self.call(who), command).await?;
        Ok((key, text))
    }

    pub(super) fn service_key(&self, name: &str, grants: GrantsOrSpace) -> CreateServiceKey {
        CreateServiceKey {
            minted: self.minted(KeyType::Service),
            name: KeyName::parse(name).unwrap(),
            description: None,
            expires_at: None,
            grants,
        }
    }

    /// Makes a service key with the default roles.
    pub(super) async fn create_service(
        &self,
        who: &str,
        name: &str,
        spaces: &[(&str, &[&str])],
    ) -> CallResult<(CreatedServiceKey, KeyText)> {
        let command = self.service_key(name, self.grants(spaces));
        let text = command.minted.text.clone();
        let created = self.store.execute(self.call(who), command).await?;
        Ok((created, text))
    }

    /// The contract's default roles in these organizations and spaces.
    pub(super) fn grants(&self, organizations: &[(&str, &[&str])]) -> GrantsOrSpace {
        let space = |name: &&str| SpaceGrant {
            space: self.space(name),
            role: SpaceRole::Predefined(ScopedRole::Member),
        };
        let organizations = organizations.iter().map(|(name, spaces)| OrganizationGrant {
            organization: self.organization(name),
            role: ScopedRole::ReadOnly,
            spaces: spaces.iter().map(space).collect(),
        });
        GrantsOrSpace::Grants(Grants {
            account_role: AccountRole::Member,
            organizations: organizations.collect(),
        })
    }

    pub(super) fn refresh_of(&self, id: ApiKeyId, grace: i64) -> RefreshKey {
        RefreshKey {
            id,
            minted: self.minted(KeyType::User),
            request: RefreshRequest {
                expires_at: None,
                grace: SignedDuration::from_secs(grace),
                rule: RefreshExpiryRule::Free,
            },
        }
    }

    /// Refreshes a key, and keeps the new text, which has the kind that the key has.
    pub(super) async fn refresh(
        &self,
        call: Request,
        id: ApiKeyId,
        grace: i64,
    ) -> CallResult<(ApiKey, KeyText)> {
        let command = self.refresh_of(id, grace);
        let mut text = command.minted.text.clone();
        let key = self.store.execute(call, command).await?.key;
        text.key_type = key.key_type;
        Ok((key, text))
    }

    /// Whether a key opens the door at this instant.
    pub(super) async fn opens(&self, text: &KeyText, now: Timestamp) -> bool {
        self.store.set_time(now);
        match self.store.execute(call_with(text.clone()), Authenticate).await {
            Ok(_) => true,
            Err(CallError::Refused(Refusal::Unauthenticated)) => false,
            Err(other) => panic!("{other}"),
        }
    }

    pub(super) async fn list(&self, who: &str, query: ListKeys) -> CallResult<Page<ListedKey>> {
        self.store.execute(self.call(who), query).await
    }

    /// The ids of a list.
    pub(super) async fn ids(&self, who: &str, query: ListKeys) -> Vec<ApiKeyId> {
        let page = self.list(who, query).await.unwrap();
        page.items.into_iter().map(|item| item.key.id).collect()
    }

    /// Every row of every table.
    pub(super) async fn everything(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for table in TABLES {
            let those =
                if *table == "audit_records" { "WHERE action <> 'change.refuse'" } else { "" };
            let text =
                ["SELECT '", table, "', t.* FROM ", table, " t ", those, " ORDER BY 2, 3"].concat();
            rows.extend(self.store.query(&text).await.unwrap());
        }
        rows
    }

    /// The one value that a query answers.
    pub(super) async fn value(&self, text: &str) -> String {
        self.store.query(text).await.unwrap()[0][0].clone()
    }

    /// How many records the audit has.
    pub(super) async fn audited(&self) -> usize {
        self.value("SELECT count(*) FROM audit_records").await.parse().unwrap()
    }
}

const TABLES: &[&str] = &[
    "accounts",
    "organizations",
    "spaces",
    "custom_roles",
    "users",
    "organization_members",
    "space_members",
    "api_keys",
    "api_key_spaces",
    "projects",
    "role_bindings",
    "audit_records",
    "id_sequences",
    "sign_in_secrets",
];

/// A call with this key.
pub(super) fn call_with(key: KeyText) -> Request {
    let context = RequestContext {
        request_id: "req-1".to_owned(),
        source: Some([192, 0, 2, 1].into()),
        user_agent: Some("suite/1".to_owned()),
    };
    Request { credential: Credential::ApiKey(key), context, quota: None }
}

/// The caller's own active user keys.
pub(super) fn own_keys() -> ListKeys {
    ListKeys {
        key_type: None,
        status: KeyStatus::Active,
        space: None,
        user: None,
        after: None,
        limit: 100,
        with_bots: false,
    }
}

/// The refusal that a call met.
#[track_caller]
pub(super) fn refusal<T: std::fmt::Debug>(result: CallResult<T>) -> Refusal {
    match result {
        Err(CallError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, not {other:?}"),
    }
}

type Texts = Vec<(&'static str, KeyText)>;

fn founding(
    account: &str,
    organizations: &[(&str, &[&str])],
    people: &[(&'static str, AccountRole, Option<ScopedRole>)],
    store: &Store,
    entropy: &Seeded,
) -> (CreateAccount, Texts) {
    let space =
        |name: &&str| FirstSpace { name: (*name).to_owned(), is_private: name.ends_with('p') };
    let organizations = organizations.iter().map(|(name, spaces)| FirstOrganization {
        name: (*name).to_owned(),
        spaces: spaces.iter().map(space).collect(),
    });
    let mut texts = Vec::new();
    let mut users = Vec::new();
    for (name, role, scoped) in people {
        let minted = MintedKey::generate(KeyType::User, store.installation().tag, entropy).unwrap();
        texts.push((*name, minted.text.clone()));
        users.push(FirstUser {
            name: (*name).to_owned(),
            email: format!("{name}@example.com"),
            role: *role,
            is_developer: true,
            organizations: scoped.iter().map(|role| (0, *role)).collect(),
            spaces: scoped.iter().map(|role| (0, 0, *role)).collect(),
            key: Some(HostKey { minted, name: KeyName::parse(name).unwrap() }),
        });
    }
    let founding = CreateAccount {
        account: account.to_owned(),
        policy: AccountPolicy::default(),
        organizations: organizations.collect(),
        roles: vec![FirstRole {
            name: "Project readers".to_owned(),
            permissions: PermissionSet::of(&[Permission::ProjectRead]),
        }],
        users,
    };
    (founding, texts)
}
