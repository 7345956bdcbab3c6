//! The exact members of every answer, for every client version (docs/contract/keys.md#key-object, docs/contract/dialects.md#key-responses).
//!
//! Python clients up to 8.44 lose the whole answer to one member that they do not know, and to one that they miss.

use std::collections::BTreeSet;

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::dialects::{Band, Shown, clients};
use crate::sdk::{Sdk, item};

/// What every key has.
const KEY: &[&str] = &["id", "name", "key_type", "status", "created_at", "created_by_user_id"];

/// Compares the members of an object with those that are expected, some of which may be missing.
#[derive(Debug)]
struct Members(Vec<(&'static str, Shown)>);

impl Members {
    fn of(always: &[&'static str]) -> Self {
        Self(always.iter().map(|name| (*name, Shown::Always)).collect())
    }

    fn with(mut self, name: &'static str, shown: Shown) -> Self {
        self.0.push((name, shown));
        self
    }

    #[track_caller]
    fn check(&self, client: Sdk, what: &str, value: &Value) {
        let found: BTreeSet<&str> = value
            .as_object()
            .unwrap_or_else(|| panic!("{client:?} {what}: {value}"))
            .keys()
            .map(String::as_str)
            .collect();
        let named = |wanted: &[Shown]| -> BTreeSet<&str> {
            let members = self.0.iter().filter(|(_, shown)| wanted.contains(shown));
            members.map(|(name, _)| *name).collect()
        };
        let least = named(&[Shown::Always]);
        let most = named(&[Shown::Always, Shown::Either]);
        assert!(least.is_subset(&found), "{client:?} misses members of {what}: {value}");
        assert!(found.is_subset(&most), "{client:?} does not know all members of {what}: {value}");
        let nulls = value.as_object().unwrap().values().any(Value::is_null);
        assert!(!nulls, "{what}: optional members are left out, not null: {value}");
    }
}

/// One client's requests as `member`.
struct Asking<'a> {
    server: &'a TestServer,
    client: Sdk,
    band: Band,
}

impl Asking<'_> {
    async fn get(&self, path: &str) -> Value {
        self.client.json(self.server, "member", ("GET", path, Value::Null), 200).await
    }

    async fn create(&self, body: Value) -> Value {
        self.client.json(self.server, "member", ("POST", "/v2/api-keys", body), 201).await
    }

    async fn refresh(&self, key: &Value) -> Value {
        let path = format!("/v2/api-keys/{}/refresh", key["id"].as_str().unwrap());
        let body = json!({ "expires_at": "2026-12-01T12:00:00Z" });
        self.client.json(self.server, "member", ("POST", &path, body), 200).await
    }

    fn check(&self, members: &Members, what: &str, value: &Value) {
        members.check(self.client, what, value);
    }

    fn new_key(&self) -> Members {
        Members::of(KEY)
            .with("key", Shown::Always)
            .with("redacted_key", self.band.redacted_on_create)
    }

    async fn listed_keys(&self) {
        let page = self.get("/v2/api-keys").await;
        self.check(&Members::of(&["api_keys", "pagination"]), "a page", &page);
        self.check(
            &Members::of(&["has_more"]),
            "the pagination of a last page",
            &page["pagination"],
        );
        let listed = || Members::of(KEY).with("redacted_key", Shown::Always);
        let key = |name: &str| item(&page["api_keys"], self.server.world.id(name));
        self.check(&listed(), "a listed key", &key("uk"));
        let expiring = listed().with("expires_at", Shown::Always);
        self.check(&expiring, "a listed key that expires", &key("uk_expiring"));
        let used = listed().with("last_used_at", self.band.last_used);
        self.check(&used, "a listed key that was used", &key("key:member"));

        let page = self.get("/v2/api-keys?limit=1").await;
        let more = Members::of(&["has_more", "next_cursor"]);
        self.check(&more, "the pagination of a first page", &page["pagination"]);

        let page = self.get("/v2/api-keys?key_type=service").await;
        let key = item(&page["api_keys"], self.server.world.id("sk"));
        let service = listed().with("bot_user", self.band.bot_on_list);
        self.check(&service, "a listed service key", &key);
        if !key["bot_user"].is_null() {
            self.bot_user(&key["bot_user"]);
        }
    }

    fn bot_user(&self, bot: &Value) {
        let members = Members::of(&["id", "name", "account_role", "organizations"]);
        self.check(&members, "a bot user", bot);
        let role = Members::of(&["type", "name"]);
        self.check(&role, "a bot user's role", &bot["account_role"]);
        let organization = &bot["organizations"][0];
        let members = Members::of(&["org_id", "role", "spaces"]);
        self.check(&members, "a bot user's organization", organization);
        self.check(&role, "a bot user's role in an organization", &organization["role"]);
        let space = &organization["spaces"][0];
        self.check(&Members::of(&["space_id", "role"]), "a bot user's space", space);
        self.check(&role, "a bot user's role in a space", &space["role"]);
    }

    async fn created_and_refreshed_keys(&self) {
        let created = self.create(self.band.user_key("bare")).await;
        self.check(&self.new_key(), "a created user key", &created);

        let mut body = self.band.user_key("full");
        body["description"] = json!("words");
        body["expires_at"] = json!("2026-12-23T12:00:00Z");
        let created = self.create(body).await;
        let full =
            || self.new_key().with("description", Shown::Always).with("expires_at", Shown::Always);
        self.check(&full(), "a created user key with everything", &created);
        self.check(&full(), "a refreshed user key", &self.refresh(&created).await);

        let created = self.create(self.band.service_key(self.server, "MEMBER")).await;
        let service = self.new_key().with("bot_user", self.band.bot_on_create);
        self.check(&service, "a created service key", &created);
        if !created["bot_user"].is_null() {
            self.bot_user(&created["bot_user"]);
        }
        let refreshed = self.refresh(&created).await;
        let members = self.new_key().with("expires_at", Shown::Always);
        self.check(&members, "a refreshed service key", &refreshed);
    }

    async fn identities(&self) {
        let world = &self.server.world;
        let page = self.get("/v2/spaces").await;
        self.check(&Members::of(&["spaces", "pagination"]), "a page of spaces", &page);
        let space = Members::of(&["id", "name", "description", "created_at"])
            .with("is_private", self.band.is_private)
            .with("organization_id", self.band.space_organization);
        self.check(&space, "a listed space", &page["spaces"][0]);
        let found = self.get(&format!("/v2/spaces/{}", world.id("S1"))).await;
        self.check(&space, "a space", &found);

        let page = self.get("/v2/organizations").await;
        let members = Members::of(&["organizations", "pagination"]);
        self.check(&members, "a page of organizations", &page);
        let organization = Members::of(&["id", "name", "description", "created_at"]);
        self.check(&organization, "a listed organization", &page["organizations"][0]);
        let found = self.get(&format!("/v2/organizations/{}", world.id("O1"))).await;
        self.check(&organization, "an organization", &found);

        let page = self.get("/v2/users").await;
        self.check(&Members::of(&["users", "pagination"]), "a page of users", &page);
        let user =
            Members::of(&["id", "name", "email", "created_at", "status", "role", "is_developer"]);
        self.check(&user, "a listed user", &page["users"][0]);
        let found = self.get(&format!("/v2/users/{}", world.id("user:member"))).await;
        self.check(&user, "a user", &found);
    }

    async fn problem(&self) {
        let request = ("GET", "/v2/spaces?limit=0", Value::Null);
        let problem = self.client.json(self.server, "member", request, 400).await;
        let members = Members::of(&["type", "title", "status", "detail", "instance"]);
        self.check(&members, "a problem", &problem);
    }
}

async fn for_every_client(play: impl AsyncFn(Asking<'_>)) {
    let server = TestServer::start().await;
    server.call("member", "GET", "/v2/api-keys", Value::Null).await.json(200);
    server.store.write_last_uses().await.unwrap();
    for (client, band) in clients() {
        play(Asking { server: &server, client, band }).await;
    }
}

#[tokio::test]
async fn listed_keys_have_exactly_the_members_that_the_client_knows() {
    for_every_client(async |asking| asking.listed_keys().await).await;
}

#[tokio::test]
async fn new_keys_have_exactly_the_members_that_the_client_knows() {
    for_every_client(async |asking| asking.created_and_refreshed_keys().await).await;
}

#[tokio::test]
async fn identities_have_exactly_the_members_that_the_client_knows() {
    for_every_client(async |asking| asking.identities().await).await;
}

#[tokio::test]
async fn problems_have_exactly_the_members_that_every_client_knows() {
    for_every_client(async |asking| asking.problem().await).await;
}
