//! A key that some list shows to a caller is refused to them with 403, and one that no list shows with 404, by every operation on it.

use std::collections::BTreeSet;

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{refresh_path, revoke_path, text};
use crate::edits;
use crate::lists::KEYS;

const SPACES: [&str; 5] = ["S1", "S1b", "S1p", "S2", "GS1"];
const USERS: [&str; 10] = [
    "admin",
    "member",
    "other",
    "both",
    "reader",
    "space_admin",
    "annotator",
    "plain",
    "orphan",
    "stranger",
];

/// The key that somebody calls with, the name of its id, and what is done to their rights before.
type Caller = (&'static str, &'static str, fn(&TestServer));

const CALLERS: [Caller; 16] = [
    ("admin", "key:admin", |_| {}),
    ("member", "key:member", |_| {}),
    ("other", "key:other", |_| {}),
    ("both", "key:both", |_| {}),
    ("reader", "key:reader", |_| {}),
    ("space_admin", "key:space_admin", |_| {}),
    ("annotator", "key:annotator", |_| {}),
    ("bot", "bot", |_| {}),
    ("sk_two", "sk_two", |_| {}),
    ("sk_admin", "sk_admin", |_| {}),
    ("stranger", "key:stranger", |_| {}),
    ("reader", "key:reader", |server| {
        edits::organization_role(server, "reader", "O1", "annotator");
        edits::space_role(server, "reader", "S1", "annotator");
    }),
    ("reader", "key:reader", |server| holds(server, &["SPACE_READ"])),
    ("reader", "key:reader", |server| holds(server, &["SERVICE_KEY_READ"])),
    ("reader", "key:reader", |server| holds(server, &["SPACE_READ", "SERVICE_KEY_READ"])),
    ("member", "key:member", |server| {
        edits::leave_organization(server, "member", "O1");
        edits::leave_space(server, "member", "S1");
    }),
];

/// Makes the reader hold nothing but these permissions in `S1`.
fn holds(server: &TestServer, permissions: &[&str]) {
    edits::leave_organization(server, "reader", "O1");
    edits::permissions(server, "CR_small", permissions);
    edits::custom_space_role(server, "reader", "S1", "CR_small");
}

/// The ids of all keys that some list shows.
async fn listed_anywhere(server: &TestServer, key: &str) -> BTreeSet<String> {
    let id = |name: &str| server.world.id(name).replace('=', "%3D");
    let users = USERS.map(|name| format!("&user_id={}", id(&format!("user:{name}"))));
    let spaces = SPACES.map(|name| format!("&space_id={}", id(name)));
    let mut found = BTreeSet::new();
    for status in ["ACTIVE", "REVOKED"] {
        for user in users.iter().map(String::as_str).chain([""]) {
            let types = ["&key_type=USER", "&key_type=SERVICE"].map(str::to_owned);
            for rest in types.iter().chain(&spaces) {
                let path = format!("/v2/api-keys?limit=100&status={status}{user}{rest}");
                let page = server.call_with(key, "GET", &path, Value::Null, &[]).await;
                if page.status != 200 {
                    continue;
                }
                let page = page.json(200);
                assert_eq!(page["pagination"]["has_more"], false);
                let keys = page["api_keys"].as_array().unwrap();
                found.extend(keys.iter().map(|key| text(key, "id").to_owned()));
            }
        }
    }
    found
}

/// Every caller, every key, every operation (fault S5).
#[tokio::test]
async fn what_is_listed_is_never_missing() {
    for (number, (who, own, arrange)) in CALLERS.into_iter().enumerate() {
        let server = TestServer::start().await;
        arrange(&server);
        let key = server.world.key(who).to_owned();
        let listed = listed_anywhere(&server, &key).await;
        assert!(listed.contains(server.world.id(own)), "{who}");
        for name in KEYS.into_iter().filter(|name| *name != own) {
            let id = server.world.id(name);
            let operations = [
                ("POST", refresh_path(id), json!({ "grace_period_seconds": 60 })),
                ("DELETE", format!("/v2/api-keys/{id}"), Value::Null),
                ("PUT", revoke_path(id), Value::Null),
                ("POST", refresh_path(id), Value::Null),
            ];
            for (method, path, body) in operations {
                let answer = server.call_with(&key, method, &path, body, &[]).await;
                let is_missing = answer.status == 404;
                assert!([200, 204, 403, 404, 422].contains(&answer.status), "{}", answer.text);
                assert_eq!(
                    is_missing,
                    !listed.contains(id),
                    "caller {number}, {who}: {method} of {name}: {}",
                    answer.text
                );
            }
        }
    }
}
