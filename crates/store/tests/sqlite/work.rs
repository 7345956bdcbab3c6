//! What operations cost, counted in statements and in steps of the database, never in time.

use std::fmt::Write as _;

use claviger_domain::decide::RefreshRequest;
use claviger_domain::expiry::RefreshExpiryRule;
use claviger_domain::{
    AccountPolicy, AccountRole, Grants, InstanceTag, KeyName, KeyText, KeyType, MintedKey,
    OrganizationGrant, RequestContext, ScopedRole, SpaceGrant, SpaceRole,
};
use claviger_store::{
    CreateAccount, CreateServiceKey, CreateUserKey, CreatedAccount, Credential, FirstOrganization,
    FirstSpace, FirstUser, GrantsOrSpace, HostKey, IdOrName, ListOrganizations, ListProjects,
    ListRestrictions, ListRoleBindings, ListSpaces, Question, RefreshKey, Request, RevokeAllKeys,
    RevokeKey, Store, VerifyKeys, VerifyScope,
};
use jiff::SignedDuration;
use rusqlite::Connection;

use super::{DatabaseDir, Seeded};

fn call(key: &KeyText) -> Request {
    Request {
        credential: Credential::ApiKey(key.clone()),
        context: RequestContext::default(),
        quota: None,
    }
}

fn minted(store: &Store, seed: u64, key_type: KeyType) -> MintedKey {
    MintedKey::generate(key_type, store.installation().tag, &Seeded::new(seed)).unwrap()
}

/// An account with an administrator, and a member of the first organization and its first space.
async fn founded(
    store: &Store,
    organizations: usize,
    spaces: usize,
) -> (CreatedAccount, [Request; 2]) {
    let minted = [1, 2].map(|seed| minted(store, seed, KeyType::User));
    let calls = [0, 1].map(|place: usize| call(&minted[place].text));
    let [admin, member] = minted.map(|minted| FirstUser {
        name: "one".to_owned(),
        email: format!("{}@example.com", minted.text.handle.as_str()),
        role: AccountRole::Admin,
        is_developer: true,
        organizations: vec![],
        spaces: vec![],
        key: Some(HostKey { minted, name: KeyName::parse("first").unwrap() }),
    });
    let member = FirstUser {
        role: AccountRole::Member,
        organizations: vec![(0, ScopedRole::Member)],
        spaces: vec![(0, 0, ScopedRole::Admin)],
        ..member
    };
    let space = |number| FirstSpace { name: format!("space {number}"), is_private: false };
    let organizations = (0..organizations).map(|number| FirstOrganization {
        name: format!("organization {number}"),
        spaces: (0..spaces).map(space).collect(),
    });
    let founding = CreateAccount {
        account: "acme".to_owned(),
        policy: AccountPolicy::default(),
        organizations: organizations.collect(),
        roles: vec![],
        users: vec![admin, member],
    };
    (store.execute(Request::host(), founding).await.unwrap(), calls)
}

/// Steps of every list for a member who sees one organization, with so many things of every kind that they do not see.
async fn steps_beside(hidden: u32) -> Vec<(&'static str, u64)> {
    let place = DatabaseDir::new();
    let store = place.create();
    let (founded, [_, member]) = founded(&store, 1, 1).await;
    store.close().await;
    drop(store);
    let (account, admin) = (founded.account, founded.users[0].id);
    let numbers = format!(
        "WITH RECURSIVE n(x) AS (SELECT 500001 UNION ALL SELECT x + 1 FROM n WHERE x < 500000 + {hidden}) "
    );
    let statements = [
        "INSERT INTO organizations SELECT x, ACCOUNT, 'h' || x, 'h' || x, '', 0 FROM n",
        "INSERT INTO spaces SELECT x, ACCOUNT, x, 'h', 'h', '', 0, 0 FROM n",
        "INSERT INTO projects SELECT x, ACCOUNT, x, 'h', 'h', 0, 0 FROM n",
        "INSERT INTO role_bindings SELECT x, ACCOUNT, ADMIN, 1, x, NULL, 0, 0 FROM n",
        "INSERT INTO role_bindings SELECT x + 400000, ACCOUNT, ADMIN, 1, NULL, x, 0, 0 FROM n",
    ];
    let database = Connection::open(place.database()).unwrap();
    for statement in statements {
        let statement = statement
            .replace("ACCOUNT", &account.number().to_string())
            .replace("ADMIN", &admin.number().to_string());
        // `WITH` stands before `INSERT`.
        database.execute(&[numbers.as_str(), &statement].concat(), []).unwrap();
    }
    drop(database);
    let store = place.open().unwrap();
    let query = ListOrganizations { name: None, after: None, limit: 1 };
    let page = store.execute(member.clone(), query).await.unwrap();
    assert_eq!((page.items.len(), page.has_more), (1, false));
    let query = ListSpaces { organization: None, name: None, after: None, limit: 1 };
    let page = store.execute(member.clone(), query).await.unwrap();
    assert_eq!((page.items.len(), page.has_more), (1, false));
    let query = ListProjects { space: None, space_name: None, name: None, after: None, limit: 1 };
    assert!(store.execute(member.clone(), query).await.unwrap().items.is_empty());
    let query = ListRestrictions { of_projects: true, after: None, limit: 1 };
    assert!(store.execute(member.clone(), query).await.unwrap().items.is_empty());
    let mut steps = Vec::new();
    for in_projects in [false, true] {
        let query = ListRoleBindings { in_projects, user: None, after: None, limit: 1 };
        assert!(store.execute(member.clone(), query).await.unwrap().items.is_empty());
        let name = if in_projects { "bindings in projects" } else { "bindings in spaces" };
        steps.push((name, store.work()["list_role_bindings"].steps));
    }
    for name in ["list_organizations", "list_spaces", "list_projects", "list_restrictions"] {
        steps.push((name, store.work()[name].steps));
    }
    store.close().await;
    steps
}

/// What a list costs depends on what its reader sees, not on what there is (faults R10, S15).
#[tokio::test]
async fn lists_cost_nothing_for_what_is_not_seen() {
    let (few, many) = (steps_beside(100).await, steps_beside(3_000).await);
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        assert!(
            many <= few + few / 10,
            "{name}: {few} steps beside 100 things, {many} beside 3,000"
        );
    }
}

/// Revoking all of a person's keys takes as many statements for a hundred as for one (fault R28).
#[tokio::test]
async fn revoking_all_keys_takes_few_statements() {
    let place = DatabaseDir::new();
    let store = place.create();
    let (_, [admin, _]) = founded(&store, 1, 1).await;
    let mut costs = Vec::new();
    for keys in [1, 100] {
        for seed in 0..keys {
            let command = CreateUserKey {
                minted: minted(&store, 1_000 * keys + seed, KeyType::User),
                name: KeyName::parse("one of many").unwrap(),
                description: None,
                expires_at: None,
            };
            store.execute(admin.clone(), command).await.unwrap();
        }
        let command = RevokeAllKeys { user: None, include_current: false };
        let revoked = store.execute(admin.clone(), command).await.unwrap();
        assert_eq!(u64::from(revoked.count), keys);
        costs.push(store.work()["revoke_all_keys"].statements);
    }
    assert_eq!(costs[0], costs[1]);
}

/// The largest service key that may be made takes as many statements as the smallest (fault S17).
#[tokio::test]
async fn the_largest_service_key_takes_few_statements() {
    let place = DatabaseDir::new();
    let store = place.create();
    let (founded, [admin, _]) = founded(&store, 100, 100).await;
    let mut costs = String::new();
    for (seed, most) in [(3, 1), (4, 100)] {
        let organizations = founded.organizations.iter().take(most).map(|(id, spaces)| {
            let role = SpaceRole::Predefined(ScopedRole::Member);
            let spaces = spaces.iter().take(most).map(|space| SpaceGrant { space: *space, role });
            let role = ScopedRole::ReadOnly;
            OrganizationGrant { organization: *id, role, spaces: spaces.collect() }
        });
        let organizations = organizations.collect();
        let grants = Grants { account_role: AccountRole::Member, organizations };
        let command = CreateServiceKey {
            minted: minted(&store, seed, KeyType::Service),
            name: KeyName::parse("robot").unwrap(),
            description: None,
            expires_at: None,
            grants: GrantsOrSpace::Grants(grants),
        };
        let created = store.execute(admin.clone(), command).await.unwrap();
        let refresh = RefreshKey {
            id: created.key.id,
            minted: minted(&store, seed + 10, KeyType::User),
            request: RefreshRequest {
                expires_at: None,
                grace: SignedDuration::ZERO,
                rule: RefreshExpiryRule::Free,
            },
        };
        let successor = store.execute(admin.clone(), refresh).await.unwrap().key;
        store.execute(admin.clone(), RevokeKey { id: successor.id }).await.unwrap();
        for name in ["create_service_key", "refresh_key", "revoke_key"] {
            let statements = store.work()[name].statements;
            assert!(statements <= 60, "{name} takes {statements} statements");
            writeln!(costs, "{name} with {} spaces: {statements}", most * most).unwrap();
        }
    }
    insta::assert_snapshot!(costs);
}

/// However many keys are verified at once, the statements are the same; what cannot be a key of this installation takes none.
#[tokio::test]
async fn many_keys_are_verified_by_as_many_statements_as_one() {
    let place = DatabaseDir::new();
    let store = place.create();
    let (_, [admin, member]) = founded(&store, 1, 1).await;
    let Credential::ApiKey(known) = member.credential else { panic!("no key") };
    let question = |key| {
        let scope = VerifyScope::Space(IdOrName::Name("space 0".to_owned()));
        Question { key, permissions: None, scope }
    };
    let statements = async |keys: Vec<Option<KeyText>>| {
        let questions = keys.into_iter().map(question).collect();
        store.execute(admin.clone(), VerifyKeys(questions)).await.unwrap();
        store.work()["verify_keys"].statements
    };
    let others = (100..300).map(|seed| Some(minted(&store, seed, KeyType::User).text));
    let many = others.chain([Some(known.clone())]).collect();
    let one = statements(vec![Some(known.clone())]).await;
    assert_eq!(statements(many).await, one);
    let elsewhere = InstanceTag::parse("0000").unwrap();
    let foreign = MintedKey::generate(KeyType::User, elsewhere, &Seeded::new(400)).unwrap().text;
    assert_eq!(statements(vec![None, Some(foreign)]).await, one - 4, "nothing of a key was read");
}
