//! The page that was asked for (docs/contract/go-sdk-page.md), row by row, as the Go clients of its window send it: 0.7.0 to 0.12.0.
//!
//! The first two rows, one client made from one key and one warning a method, happen inside the client: what reaches the server of
//! the first is that each version's way to present the key works. Errors have a file of their own, `seed_errors`.

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};

use crate::sdk::{Sdk, UNKNOWN, column, go, item};

/// The clients of the window.
pub(crate) const WINDOW: [Sdk; 6] =
    [go("0.7.0"), go("0.8.0"), go("0.9.0"), go("0.10.0"), go("0.11.0"), go("0.12.0")];

/// `client.APIKeys`, made with one key.
pub(crate) struct ApiKeys<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) sdk: Sdk,
    pub(crate) key: String,
}

impl<'a> ApiKeys<'a> {
    pub(crate) fn of(server: &'a TestServer, sdk: Sdk, who: &str) -> Self {
        Self { server, sdk, key: server.world.key(who).to_owned() }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> TestResponse {
        self.sdk.send(self.server, &self.key, method, path, &body).await
    }

    /// The wrapper always sends a limit: 50 if the caller gave none.
    pub(crate) async fn list(&self, filters: &str) -> Value {
        let path = format!("/v2/api-keys?limit=50{filters}");
        self.send("GET", &path, Value::Null).await.json(200)
    }

    pub(crate) async fn create(&self, mut request: Value) -> Value {
        request["key_type"] = json!("user");
        self.send("POST", "/v2/api-keys", request).await.json(201)
    }

    pub(crate) async fn create_service_key(&self, mut request: Value) -> Value {
        request["key_type"] = json!("service");
        self.send("POST", "/v2/api-keys", request).await.json(201)
    }

    pub(crate) async fn refresh(&self, id: &Value, request: Value) -> Value {
        let path = format!("/v2/api-keys/{}/refresh", id.as_str().unwrap());
        self.send("POST", &path, request).await.json(200)
    }

    pub(crate) async fn delete(&self, id: &Value) -> TestResponse {
        let path = format!("/v2/api-keys/{}", id.as_str().unwrap());
        self.send("DELETE", &path, Value::Null).await
    }

    /// The id of the one space that has a name: the wrapper looks through the spaces whose name contains it.
    async fn space(&self, name: &str) -> String {
        let path = format!("/v2/spaces?name={name}&limit=100");
        let spaces = self.send("GET", &path, Value::Null).await.json(200)["spaces"].clone();
        let named = spaces.as_array().unwrap().iter().filter(|space| space["name"] == name);
        let ids = column(&named.cloned().collect(), "id");
        assert_eq!(ids.len(), 1, "{spaces}");
        ids[0].clone()
    }

    /// Whether a new client made with this key gets an answer.
    pub(crate) async fn works(&self, key: &Value) -> bool {
        let client = Self { key: key.as_str().unwrap().to_owned(), ..*self };
        match client.send("GET", "/v2/api-keys?limit=50", Value::Null).await.status {
            200 => true,
            401 => false,
            status => panic!("{status}"),
        }
    }
}

/// A service key's bot user, as the newest dialect shows it to an administrator.
async fn bot_user(server: &TestServer, id: &Value) -> Value {
    let request = ("GET", "/v2/api-keys?key_type=SERVICE&limit=100", Value::Null);
    let list = UNKNOWN.json(server, "admin", request, 200).await;
    item(&list["api_keys"], id.as_str().unwrap())["bot_user"].clone()
}

fn predefined(name: &str) -> Value {
    json!({ "type": "PREDEFINED", "name": name })
}

#[tokio::test]
async fn seed_every_version_presents_the_key_its_way() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let list = keys.list("").await;
        assert!(list["api_keys"].is_array(), "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_user_keys_belong_to_the_person_who_creates_them() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let created = keys.create(json!({ "name": "mine" })).await;
        assert_eq!(created["key_type"], "user");
        assert_eq!(created["created_by_user_id"], server.world.id("user:member"));
        // The new key acts for the same person: it lists that person's keys, itself among them.
        let with_it = ApiKeys { key: created["key"].as_str().unwrap().to_owned(), ..keys };
        let listed = item(&with_it.list("").await["api_keys"], created["id"].as_str().unwrap());
        assert_eq!(listed["name"], "mine", "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_service_keys_belong_to_a_bot_user_with_roles_at_three_levels() {
    let server = TestServer::start().await;
    let space = server.world.id("S1");
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let created = keys.create_service_key(json!({ "name": "ci", "space_id": space })).await;
        assert_eq!(created["key_type"], "service");
        let bot = bot_user(&server, &created["id"]).await;
        assert_ne!(bot["id"], server.world.id("user:member"));
        assert!(bot["account_role"].is_object(), "{bot}");
        assert_eq!(bot["organizations"][0]["org_id"], server.world.id("O1"));
        assert!(bot["organizations"][0]["role"].is_object(), "{bot}");
        assert_eq!(bot["organizations"][0]["spaces"][0]["space_id"], space);
        assert!(bot["organizations"][0]["spaces"][0]["role"].is_object(), "{bot}");
    }
}

#[tokio::test]
async fn seed_list_pages_by_fifty() {
    let server = TestServer::start().await;
    let keys = ApiKeys::of(&server, go("0.12.0"), "other");
    for n in 0..60 {
        keys.create(json!({ "name": format!("key {n}") })).await;
    }
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "other");
        // A request without a limit and one with the wrapper's own are the same page.
        let unlimited = keys.send("GET", "/v2/api-keys", Value::Null).await.json(200);
        let first = keys.list("").await;
        assert_eq!(first["api_keys"], unlimited["api_keys"]);
        assert_eq!(first["api_keys"].as_array().unwrap().len(), 50);
        assert_eq!(first["pagination"]["has_more"], true);
        let cursor = first["pagination"]["next_cursor"].as_str().unwrap();
        let second = keys.list(&format!("&cursor={cursor}")).await;
        assert_eq!(second["pagination"], json!({ "has_more": false }));
        let mut ids = column(&first["api_keys"], "id");
        ids.extend(column(&second["api_keys"], "id"));
        let count = ids.len();
        ids.sort();
        ids.dedup();
        // The sixty, and the two that `other` has in every test.
        assert_eq!((count, ids.len()), (62, 62), "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_list_takes_a_limit() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let list = keys.send("GET", "/v2/api-keys?limit=2", Value::Null).await.json(200);
        assert_eq!(list["api_keys"].as_array().unwrap().len(), 2, "{sdk:?}");
        assert_eq!(list["pagination"]["has_more"], true);
    }
}

#[tokio::test]
async fn seed_list_filters_by_key_type() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for (filter, wanted, unwanted) in [("user", "uk", "sk"), ("service", "sk", "uk")] {
            let list = keys.list(&format!("&key_type={filter}")).await["api_keys"].clone();
            assert!(column(&list, "key_type").iter().all(|key_type| key_type == filter), "{list}");
            let ids = column(&list, "id");
            assert!(ids.contains(&server.world.id(wanted).to_owned()), "{sdk:?} {filter}");
            assert!(!ids.contains(&server.world.id(unwanted).to_owned()), "{sdk:?} {filter}");
        }
    }
}

#[tokio::test]
async fn seed_list_filters_by_status() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let removed = if sdk.version() == "0.12.0" { "revoked" } else { "deleted" };
        for (filter, wanted, unwanted) in
            [("active", "uk", "uk_revoked"), (removed, "uk_revoked", "uk")]
        {
            let list = keys.list(&format!("&status={filter}")).await["api_keys"].clone();
            assert!(column(&list, "status").iter().all(|status| status == filter), "{list}");
            let ids = column(&list, "id");
            assert!(ids.contains(&server.world.id(wanted).to_owned()), "{sdk:?} {filter}");
            assert!(!ids.contains(&server.world.id(unwanted).to_owned()), "{sdk:?} {filter}");
        }
        // Active is what is listed if nothing is asked for.
        assert_eq!(keys.list("").await["api_keys"], keys.list("&status=active").await["api_keys"]);
    }
}

#[tokio::test]
async fn seed_list_filters_by_space_name_or_id() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "both");
        for (name, wanted, unwanted) in [("S1", "sk", None), ("S2", "sk_two", Some("sk"))] {
            let space = keys.space(name).await;
            assert_eq!(space, server.world.id(name));
            let space = space.replace('=', "%3D");
            let ids = column(&keys.list(&format!("&space_id={space}")).await["api_keys"], "id");
            assert!(ids.contains(&server.world.id(wanted).to_owned()), "{sdk:?} {name}");
            if let Some(unwanted) = unwanted {
                assert!(!ids.contains(&server.world.id(unwanted).to_owned()), "{sdk:?} {name}");
            }
        }
    }
}

#[tokio::test]
async fn seed_list_shows_id_name_type_and_status() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let listed = item(&keys.list("").await["api_keys"], server.world.id("uk"));
        assert_eq!(listed["name"], "a key");
        assert_eq!(listed["key_type"], "user");
        assert_eq!(listed["status"], "active", "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_create_takes_name_description_and_expiry() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        // Go writes instants in the caller's offset, with as many digits as it has.
        let request = json!({
            "name": "thirty days", "description": "for the nightly run",
            "expires_at": "2026-12-23T14:00:00.123456789+02:00",
        });
        let created = keys.create(request).await;
        assert_eq!(created["name"], "thirty days");
        assert_eq!(created["description"], "for the nightly run");
        assert_eq!(created["expires_at"], "2026-12-23T12:00:00.123456Z", "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_create_returns_the_secret_only_then() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let created = keys.create(json!({ "name": "once" })).await;
        assert!(keys.works(&created["key"]).await, "{sdk:?}");
        let list = keys.list("").await;
        let listed = item(&list["api_keys"], created["id"].as_str().unwrap());
        assert!(listed.is_object() && listed["key"].is_null(), "{listed}");
        assert!(!list.to_string().contains(created["key"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn seed_create_service_key_for_a_space_by_name_or_id() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for space in [server.world.id("S1b").to_owned(), keys.space("S1b").await] {
            let created = keys.create_service_key(json!({ "name": "ci", "space_id": space })).await;
            assert!(keys.works(&created["key"]).await, "{sdk:?}");
            let bot = bot_user(&server, &created["id"]).await;
            let bound = &bot["organizations"][0]["spaces"];
            assert_eq!(column(bound, "space_id"), [server.world.id("S1b")], "{sdk:?}");
        }
    }
}

#[tokio::test]
async fn seed_empty_roles_become_the_default_of_each_scope() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "admin");
        let space = server.world.id("S1");
        let created = keys.create_service_key(json!({ "name": "ci", "space_id": space })).await;
        let bot = bot_user(&server, &created["id"]).await;
        assert_eq!(bot["account_role"], predefined("MEMBER"), "{sdk:?}");
        assert_eq!(bot["organizations"][0]["role"], predefined("READ_ONLY"));
        assert_eq!(bot["organizations"][0]["spaces"][0]["role"], predefined("MEMBER"));
    }
}

/// The wrapper sends `roles` with those that were set, in the spelling of its constants.
#[tokio::test]
async fn seed_a_role_that_is_given_is_given_at_its_scope_alone() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "admin");
        for (roles, account, organization, space) in [
            (json!({ "account_role": "admin" }), "ADMIN", "READ_ONLY", "MEMBER"),
            (json!({ "org_role": "member" }), "MEMBER", "MEMBER", "MEMBER"),
            (json!({ "space_role": "read-only" }), "MEMBER", "READ_ONLY", "READ_ONLY"),
        ] {
            let request =
                json!({ "name": "ci", "space_id": server.world.id("S1"), "roles": roles });
            let created = keys.create_service_key(request).await;
            let bot = bot_user(&server, &created["id"]).await;
            assert_eq!(bot["account_role"], predefined(account), "{sdk:?} {roles}");
            assert_eq!(bot["organizations"][0]["role"], predefined(organization));
            assert_eq!(bot["organizations"][0]["spaces"][0]["role"], predefined(space));
        }
    }
}

#[tokio::test]
async fn seed_refresh_rotates_the_secret() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let old = keys.create(json!({ "name": "nightly", "description": "words" })).await;
        let new = keys.refresh(&old["id"], json!({})).await;
        assert_ne!(new["key"], old["key"]);
        assert!(keys.works(&new["key"]).await, "{sdk:?}");
        assert!(!keys.works(&old["key"]).await, "{sdk:?}");
        assert_eq!(new["name"], "nightly");
        assert_eq!(new["description"], "words");
        assert_eq!(new["key_type"], "user");
    }
}

#[tokio::test]
async fn seed_refresh_without_expiry_never_expires() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let request = json!({ "name": "nightly", "expires_at": "2026-12-23T12:00:00Z" });
        let old = keys.create(request).await;
        let new = keys.refresh(&old["id"], json!({})).await;
        assert!(new["expires_at"].is_null(), "{sdk:?}: {new}");
        let listed = item(&keys.list("").await["api_keys"], new["id"].as_str().unwrap());
        assert!(listed.is_object() && listed["expires_at"].is_null(), "{listed}");
    }
}

/// The key works long after the old one would have ended.
#[tokio::test]
async fn seed_refreshed_key_outlives_the_old_expiry() {
    let server = TestServer::start().await;
    let keys = ApiKeys::of(&server, go("0.7.0"), "member");
    let request = json!({ "name": "nightly", "expires_at": "2026-12-23T12:00:00Z" });
    let old = keys.create(request).await;
    let new = keys.refresh(&old["id"], json!({})).await;
    server.advance(365 * 86_400);
    assert!(keys.works(&new["key"]).await);
}

#[tokio::test]
async fn seed_refresh_takes_an_expiry_earlier_or_later() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for expiry in ["2026-12-01T12:00:00Z", "2027-12-23T12:00:00Z"] {
            let request = json!({ "name": "nightly", "expires_at": "2026-12-23T12:00:00Z" });
            let old = keys.create(request).await;
            let new = keys.refresh(&old["id"], json!({ "expires_at": expiry })).await;
            assert_eq!(new["expires_at"], expiry, "{sdk:?}");
        }
    }
}

#[tokio::test]
async fn seed_refresh_with_grace_keeps_the_old_secret_for_a_while() {
    let server = TestServer::start().await;
    for sdk in [go("0.9.0"), go("0.10.0"), go("0.11.0"), go("0.12.0")] {
        let keys = ApiKeys::of(&server, sdk, "member");
        for seconds in [1, 300, 86_400] {
            let old = keys.create(json!({ "name": "nightly" })).await;
            let new = keys.refresh(&old["id"], json!({ "grace_period_seconds": seconds })).await;
            server.advance(seconds - 1);
            assert!(keys.works(&old["key"]).await, "{sdk:?} {seconds}");
            assert!(keys.works(&new["key"]).await, "{sdk:?} {seconds}");
            server.advance(1);
            assert!(!keys.works(&old["key"]).await, "{sdk:?} {seconds}");
            assert!(keys.works(&new["key"]).await, "{sdk:?} {seconds}");
        }
    }
}

#[tokio::test]
async fn seed_refresh_without_grace_ends_the_old_secret_at_once() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        for request in [json!({}), json!({ "grace_period_seconds": 0 })] {
            let old = keys.create(json!({ "name": "nightly" })).await;
            keys.refresh(&old["id"], request).await;
            assert!(!keys.works(&old["key"]).await, "{sdk:?}");
        }
    }
}

#[tokio::test]
async fn seed_service_keys_are_refreshed_with_their_bot_user() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let space = server.world.id("S1");
        let old = keys.create_service_key(json!({ "name": "ci", "space_id": space })).await;
        let before = bot_user(&server, &old["id"]).await;
        let new = keys.refresh(&old["id"], json!({})).await;
        assert_eq!(new["key_type"], "service");
        assert_eq!(bot_user(&server, &new["id"]).await, before, "{sdk:?}");
    }
}

#[tokio::test]
async fn seed_delete_removes_the_key_and_answers_nothing() {
    let server = TestServer::start().await;
    for sdk in WINDOW {
        let keys = ApiKeys::of(&server, sdk, "member");
        let created = keys.create(json!({ "name": "short" })).await;
        let answer = keys.delete(&created["id"]).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{sdk:?}");
        assert!(!keys.works(&created["key"]).await, "{sdk:?}");
        let ids = column(&keys.list("").await["api_keys"], "id");
        assert!(!ids.contains(&created["id"].as_str().unwrap().to_owned()));
    }
}
