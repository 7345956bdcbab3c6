//! Fixtures: three accounts with people, bots and keys in every state.
//!
//! `acme` has organization `O1` with spaces `S1`, `S1b` and the private `S1p`, and `O2` with `S2`. `guest` is invited. `globex` and
//! `initech` are somebody else's.

use std::collections::HashMap;

use axum::Router;
use claviger_domain::{
    AccountId, AccountPolicy, AccountRole, Entropy, KeyName, KeyText, KeyType, MintedKey,
    ObjectIdCodec, ObjectKind, Permission, PermissionSet, PredefinedRole, RequestContext,
    ScopedRole, UserId,
};
use claviger_store::{
    CreateAccount, CreatedAccount, Credential, FirstOrganization, FirstRole, FirstSpace, FirstUser,
    HostKey, RemoveUser, Request, Store,
};
use serde_json::{Value, json};

use crate::server::{request, send};

/// What is in the database of a test, by name.
#[derive(Clone, Debug)]
pub struct World {
    /// The account `acme`.
    pub account: AccountId,
    keys: HashMap<String, String>,
    ids: HashMap<String, String>,
}

impl World {
    /// The full text of a key: of a principal (`admin`, `member`, `bot`, …) or a dead one (`expired`, `revoked`, `orphan`).
    #[track_caller]
    pub fn key(&self, name: &str) -> &str {
        self.keys.get(name).unwrap_or_else(|| panic!("there is no key {name}"))
    }

    /// The id of a thing: `O1`, `S1`, `CR_small`, `user:member`, `uk`, …
    #[track_caller]
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("there is no id {name}"))
    }
}

/// A person: account role, developer, roles in organizations and in spaces.
struct Person {
    name: &'static str,
    role: AccountRole,
    is_developer: bool,
    organizations: &'static [(usize, ScopedRole)],
    spaces: &'static [(usize, usize, ScopedRole)],
}

use ScopedRole::{Admin, Annotator, Member, ReadOnly};

const fn member(
    name: &'static str,
    organizations: &'static [(usize, ScopedRole)],
    spaces: &'static [(usize, usize, ScopedRole)],
) -> Person {
    Person { name, role: AccountRole::Member, is_developer: true, organizations, spaces }
}

const ACME: &[Person] = &[
    Person { role: AccountRole::Admin, ..member("admin", &[], &[]) },
    member("member", &[(0, Member)], &[(0, 0, Member)]),
    member("other", &[(0, Member)], &[(0, 0, Member)]),
    member("both", &[(0, Member), (1, Member)], &[(0, 0, Member), (1, 0, Member)]),
    member("reader", &[(0, ReadOnly)], &[(0, 0, ReadOnly)]),
    member("space_admin", &[(0, Member)], &[(0, 0, Admin)]),
    Person {
        role: AccountRole::Annotator,
        ..member("annotator", &[(0, Annotator)], &[(0, 0, Member)])
    },
    Person { is_developer: false, ..member("plain", &[(0, Member)], &[(0, 0, Member)]) },
    member("orphan", &[(0, Member)], &[(0, 0, Member)]),
];

const GLOBEX: &[Person] = &[Person { role: AccountRole::Admin, ..member("stranger", &[], &[]) }];

const INITECH: &[Person] = &[
    Person { role: AccountRole::Admin, ..member("neighbour", &[], &[]) },
    member("lodger", &[(0, Member)], &[(0, 0, Member)]),
];

pub(crate) async fn plant(store: &Store, router: &Router, entropy: &dyn Entropy) -> World {
    let codec = ObjectIdCodec::new(&store.installation().id_key);
    let mut planter = Planter {
        codec,
        router: router.clone(),
        world: World { account: AccountId::UNASSIGNED, keys: HashMap::new(), ids: HashMap::new() },
    };
    let acme = founding(
        "acme",
        &[("O1", &["S1", "S1b", "S1p"]), ("O2", &["S2"])],
        vec![
            role("CR_small", &[Permission::ProjectRead, Permission::DatasetRead]),
            role("CR_big", &[Permission::SpaceDelete, Permission::RoleBindingCreate]),
        ],
    );
    planter.world.account = planter.found(store, acme, ACME, entropy).await;
    let globex =
        founding("globex", &[("G1", &["GS1"])], vec![role("GCR", &[Permission::ProjectRead])]);
    planter.found(store, globex, GLOBEX, entropy).await;
    let initech = founding("initech", &[("I1", &["IS1"])], Vec::new());
    planter.found(store, initech, INITECH, entropy).await;
    planter.keys().await;
    planter.projects().await;
    planter.remove(store, "orphan").await;
    planter.world
}

fn role(name: &str, permissions: &[Permission]) -> FirstRole {
    FirstRole { name: name.to_owned(), permissions: PermissionSet::of(permissions) }
}

fn founding(
    account: &str,
    organizations: &[(&str, &[&str])],
    roles: Vec<FirstRole>,
) -> CreateAccount {
    let space =
        |name: &&str| FirstSpace { name: (*name).to_owned(), is_private: name.ends_with('p') };
    let organizations = organizations.iter().map(|(name, spaces)| FirstOrganization {
        name: (*name).to_owned(),
        spaces: spaces.iter().map(space).collect(),
    });
    CreateAccount {
        account: account.to_owned(),
        policy: AccountPolicy::default(),
        organizations: organizations.collect(),
        roles,
        users: Vec::new(),
    }
}

struct Planter {
    codec: ObjectIdCodec,
    router: Router,
    world: World,
}

impl Planter {
    async fn found(
        &mut self,
        store: &Store,
        mut founding: CreateAccount,
        people: &[Person],
        entropy: &dyn Entropy,
    ) -> AccountId {
        for person in people {
            let tag = store.installation().tag;
            let minted = MintedKey::generate(KeyType::User, tag, entropy).unwrap();
            self.world.keys.insert(person.name.to_owned(), minted.reveal());
            founding.users.push(FirstUser {
                name: person.name.to_owned(),
                email: format!("{}@example.com", person.name),
                role: person.role,
                is_developer: person.is_developer,
                organizations: person.organizations.to_vec(),
                spaces: person.spaces.to_vec(),
                key: Some(HostKey { minted, name: KeyName::parse(person.name).unwrap() }),
            });
        }
        let founded = store.execute(Request::host(), founding.clone()).await.unwrap();
        self.name(&founding, &founded);
        founded.account
    }

    /// Remembers the ids of what was made.
    fn name(&mut self, founding: &CreateAccount, founded: &CreatedAccount) {
        let mut named = Vec::new();
        for (wanted, (id, spaces)) in founding.organizations.iter().zip(&founded.organizations) {
            named.push((wanted.name.clone(), ObjectKind::Organization, id.number()));
            for (wanted, id) in wanted.spaces.iter().zip(spaces) {
                named.push((wanted.name.clone(), ObjectKind::Space, id.number()));
            }
        }
        for (wanted, id) in founding.roles.iter().zip(&founded.roles) {
            named.push((wanted.name.clone(), ObjectKind::Role, id.number()));
        }
        for (wanted, user) in founding.users.iter().zip(&founded.users) {
            named.push((format!("user:{}", wanted.name), ObjectKind::User, user.id.number()));
            if let Some(key) = user.key {
                named.push((format!("key:{}", wanted.name), ObjectKind::ApiKey, key.number()));
            }
        }
        for (name, kind, number) in named {
            self.world.ids.insert(name, self.codec.encode(kind, number));
        }
    }

    /// Makes the further keys, by the API.
    async fn keys(&mut self) {
        let user = json!({ "key_type": "USER", "name": "a key" });
        let expiring = |at: &str| {
            let mut body = user.clone();
            body["expires_at"] = json!(at);
            body
        };
        self.make("uk", "member", user.clone()).await;
        self.make("uk_expiring", "member", expiring("2026-12-23T12:00:00Z")).await;
        self.make("uk_expired", "member", expiring("2026-11-23T11:00:00Z")).await;
        self.make("expired", "member", expiring("2026-11-23T11:00:00Z")).await;
        self.make("uk_revoked", "member", user.clone()).await;
        self.make("revoked", "member", user.clone()).await;
        self.make("uk_other", "other", user.clone()).await;
        self.make("fk", "stranger", user.clone()).await;
        for name in ["uk_revoked", "revoked"] {
            let path = format!("/v2/api-keys/{}/revoke", self.world.id(name));
            let response =
                send(&self.router, request(self.world.key("member"), "PUT", &path, &Value::Null));
            assert_eq!(response.await.status, 204);
        }
        let guest = json!({
            "name": "guest", "email": "guest@example.com", "invite_mode": "EMAIL_LINK",
            "role": { "type": "PREDEFINED", "name": "MEMBER" },
        });
        let guest = request(self.world.key("admin"), "POST", "/v2/users", &guest);
        let guest = send(&self.router, guest).await.json(201);
        self.world.ids.insert("user:guest".to_owned(), guest["id"].as_str().unwrap().to_owned());
        let one = self.service(&[("O1", &["S1"])], None);
        self.make("bot", "member", one.clone()).await;
        self.make("sk", "member", one.clone()).await;
        self.make("sk_other", "other", one).await;
        let two = self.service(&[("O1", &["S1"]), ("O2", &["S2"])], None);
        self.make("sk_two", "both", two).await;
        let admin = self.service(&[("O1", &["S1"])], Some("ADMIN"));
        self.make("sk_admin", "admin", admin).await;
    }

    /// Makes projects, one of them restricted, and gives roles in them, by the API.
    async fn projects(&mut self) {
        for role in PredefinedRole::ALL {
            let id = self.codec.encode(ObjectKind::Role, role.id().number());
            self.world.ids.insert(role.name().to_owned(), id);
        }
        for (name, maker, space) in [
            ("P1", "admin", "S1"),
            ("P2", "admin", "S1b"),
            ("P3", "admin", "S2"),
            ("PR", "admin", "S1"),
            ("GP", "stranger", "GS1"),
        ] {
            let body = json!({ "name": name, "space_id": self.world.id(space) });
            self.post(name, maker, "/v2/projects", body, 201).await;
        }
        let body = json!({ "resource_id": self.world.id("PR") });
        let path = "/v2/resource-restrictions";
        let request = request(self.world.key("admin"), "POST", path, &body);
        send(&self.router, request).await.json(200);
        for (name, maker, user, project) in
            [("B1", "admin", "user:other", "P1"), ("GB", "stranger", "user:stranger", "GP")]
        {
            let body = json!({
                "role_id": self.world.id("Project Viewer"),
                "user_id": self.world.id(user),
                "resource_type": "PROJECT",
                "resource_id": self.world.id(project),
            });
            self.post(name, maker, "/v2/role-bindings", body, 201).await;
        }
    }

    async fn post(&mut self, name: &str, maker: &str, path: &str, body: Value, status: u16) {
        let request = request(self.world.key(maker), "POST", path, &body);
        let made = send(&self.router, request).await.json(status);
        self.world.ids.insert(name.to_owned(), made["id"].as_str().unwrap().to_owned());
    }

    fn service(&self, organizations: &[(&str, &[&str])], space_role: Option<&str>) -> Value {
        let space = |name: &&str| {
            let mut space = json!({ "space_id": self.world.id(name) });
            if let Some(role) = space_role {
                space["role"] = json!({ "type": "PREDEFINED", "name": role });
            }
            space
        };
        let organizations: Vec<_> = organizations
            .iter()
            .map(|(name, spaces)| {
                let spaces: Vec<_> = spaces.iter().map(space).collect();
                json!({ "org_id": self.world.id(name), "spaces": spaces })
            })
            .collect();
        json!({ "key_type": "SERVICE", "name": "a service key", "organizations": organizations })
    }

    async fn make(&mut self, name: &str, maker: &str, body: Value) {
        let request = request(self.world.key(maker), "POST", "/v2/api-keys", &body);
        let created = send(&self.router, request).await.json(201);
        let text = |member: &str| created[member].as_str().unwrap().to_owned();
        self.world.ids.insert(name.to_owned(), text("id"));
        self.world.keys.insert(name.to_owned(), text("key"));
    }

    /// Removes a person, with all that belongs to it.
    async fn remove(&self, store: &Store, name: &str) {
        let key = KeyText::parse(self.world.key("admin")).unwrap();
        let call = Request {
            credential: Credential::ApiKey(key),
            context: RequestContext::default(),
            quota: None,
        };
        let id = self.codec.decode(ObjectKind::User, self.world.id(&format!("user:{name}")));
        store.execute(call, RemoveUser { id: UserId::new(id.unwrap()) }).await.unwrap();
    }
}
