//! Ids of other tenants, of nobody, and of the wrong kind: on every route that takes one, they tell nothing.

use claviger_domain::{ObjectIdCodec, ObjectKind};
use claviger_testkit::{TestResponse, TestServer};
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::acts::{create, number, predefined, service_key};
use crate::operations::{kind_of, operations};
use crate::successes::success;

/// An id that the caller has no business with.
struct Strange {
    kind: &'static str,
    what: &'static str,
    id: String,
}

const KINDS: [(ObjectKind, &str, &str, &str); 7] = [
    (ObjectKind::ApiKey, "ApiKey", "fk", "sk"),
    (ObjectKind::Organization, "Organization", "G1", "O1"),
    (ObjectKind::Project, "Model", "GP", "P1"),
    (ObjectKind::RoleBinding, "RoleBinding", "GB", "B1"),
    (ObjectKind::Role, "Role", "GCR", "CR_small"),
    (ObjectKind::Space, "Space", "GS1", "S1"),
    (ObjectKind::User, "User", "user:stranger", "user:member"),
];

/// For each kind: one of another tenant, one that nobody has, and three whose check does not fit what they name.
fn strange_ids(server: &TestServer) -> Vec<Strange> {
    let codec = ObjectIdCodec::new(&server.store.installation().id_key);
    let mut found = Vec::new();
    for (kind, word, foreign, own) in KINDS {
        let (foreign, own) = (server.world.id(foreign), server.world.id(own));
        let forged =
            |id: &str| BASE64.encode(format!("{word}:{}:aBcDeFgHiJk", number(id)).as_bytes());
        let bare = BASE64.encode(format!("{word}:{}", number(own)).as_bytes());
        let ids = [
            ("another tenant's", foreign.to_owned()),
            ("nobody's", codec.encode(kind, 4_000_000_000)),
            ("zero", codec.encode(kind, 0)),
            ("the caller's own, with a forged check", forged(own)),
            ("another tenant's, with a forged check", forged(foreign)),
            ("the caller's own, without its check", bare),
        ];
        found.extend(ids.into_iter().map(|(what, id)| Strange { kind: word, what, id }));
    }
    found
}

/// An answer with everything in it that may tell something: all but the request's id, and the path that the caller sent.
fn told(answer: &TestResponse) -> (u16, Value, Vec<(String, String)>) {
    let mut body: Value = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    if let Some(body) = body.as_object_mut() {
        body.remove("instance");
    }
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id" && *name != "content-length")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status, body, headers)
}

/// Every route with an id in its path, asked by everybody, for every strange id: 404 in the same words, or 400 for another kind.
/// A caller without the permission in the first place of the path gets 403 for that, whatever the second id is.
#[tokio::test]
async fn idor_matrix() {
    let server = TestServer::start().await;
    let strange = strange_ids(&server);
    let before = server.dump().await;
    let mut asked = 0;
    for operation in operations(&server).await {
        let body = success(&server.world, &operation).body;
        for (place, name) in operation.ids().into_iter().enumerate() {
            let kind = kind_of(name);
            for who in ["admin", "member", "reader", "bot"] {
                let mut first: [Option<(u16, Value, Vec<_>)>; 2] = [None, None];
                for Strange { kind: word, what, id } in &strange {
                    let path = operation.at(&server.world, name, id);
                    let request = server.call(who, &operation.method, &path, body.clone());
                    let answer = told(&request.await);
                    let fits = *word == kind;
                    let case =
                        format!("{who}: {} {}, {word}, {what}", operation.method, operation.path);
                    let hidden = answer.0 == 404 || (place > 0 && answer.0 == 403);
                    assert!(if fits { hidden } else { answer.0 == 400 }, "{case}: {answer:?}");
                    let first = first[usize::from(fits)].get_or_insert_with(|| answer.clone());
                    assert_eq!(&answer, first, "{case}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked >= 6 * 4 * strange.len(), "only {asked} requests");
    assert_eq!(server.dump().await, before);
}

/// A place of a request that takes an id.
#[derive(Clone, Debug)]
enum Place {
    Path { method: String, path: String, body: Value },
    OrganizationOfNewSpace,
    UserOfMember { path: String },
    RoleOfMember,
    Query { path: String },
    OrganizationOfNewKey,
    SpaceOfNewKey,
    RoleOfNewKey,
    SpaceOfFlatKey,
}

async fn ask(server: &TestServer, who: &str, place: &Place, id: &str) -> TestResponse {
    let mut body = service_key(server, &[("O1", &["S1"])]);
    let organization = &mut body["organizations"][0];
    match place {
        Place::Path { method, path, body } => {
            let path = path.replace("{}", id);
            return server.call(who, method, &path, body.clone()).await;
        }
        Place::UserOfMember { path } => {
            let body = json!({ "user_id": id, "role": predefined("READ_ONLY") });
            return server.call(who, "POST", path, body).await;
        }
        Place::RoleOfMember => {
            let role = json!({ "type": "CUSTOM", "id": id });
            let body = json!({ "user_id": server.world.id("user:other"), "role": role });
            let path = format!("/v2/spaces/{}/users", server.world.id("S1"));
            return server.call(who, "POST", &path, body).await;
        }
        Place::OrganizationOfNewSpace => {
            let body = json!({ "name": "made in a test", "organization_id": id });
            return server.call(who, "POST", "/v2/spaces", body).await;
        }
        Place::Query { path } => {
            let id = id.replace('=', "%3D").replace('+', "%2B");
            return server.call(who, "GET", &format!("{path}{id}"), Value::Null).await;
        }
        Place::OrganizationOfNewKey => organization["org_id"] = json!(id),
        Place::SpaceOfNewKey => organization["spaces"][0]["space_id"] = json!(id),
        Place::RoleOfNewKey => {
            organization["spaces"][0]["role"] = json!({ "type": "CUSTOM", "id": id });
        }
        Place::SpaceOfFlatKey => {
            body = json!({ "key_type": "service", "name": "a", "space_id": id });
        }
    }
    create(server, who, body).await
}

/// Every place that takes an id, with the kind of thing that it names.
async fn places(server: &TestServer) -> Vec<(&'static str, Place)> {
    let mut found = vec![
        ("Organization", Place::OrganizationOfNewKey),
        ("Organization", Place::OrganizationOfNewSpace),
        ("Space", Place::SpaceOfNewKey),
        ("Role", Place::RoleOfNewKey),
        ("Space", Place::SpaceOfFlatKey),
        ("Role", Place::RoleOfMember),
    ];
    for (collection, place) in [("organizations", "O1"), ("spaces", "S1")] {
        let path = format!("/v2/{collection}/{}/users", server.world.id(place));
        found.push(("User", Place::UserOfMember { path }));
    }
    for operation in operations(server).await {
        for name in operation.ids() {
            let (method, path) =
                (operation.method.clone(), operation.at(&server.world, name, "{}"));
            let body = success(&server.world, &operation).body;
            found.push((kind_of(name), Place::Path { method, path, body }));
        }
        for name in operation.query.iter().filter(|name| name.ends_with("_id")) {
            let mut others = vec![""];
            if operation.path == "/v2/role-bindings" {
                others = vec!["resource_type=SPACE&", "resource_type=PROJECT&"];
            }
            if operation.path == "/v2/api-keys" {
                others.extend(["status=REVOKED&", "key_type=SERVICE&"]);
            }
            for other in others {
                let path = format!("{}?{other}{name}=", operation.path);
                found.push((kind_of(name), Place::Query { path }));
            }
        }
    }
    found
}

/// Who asks.
const CALLERS: [&str; 8] =
    ["admin", "member", "other", "space_admin", "reader", "annotator", "plain", "bot"];

/// What is in the account and closed to a caller: who, which kind of thing, which things.
const HIDDEN: &[(&str, &str, &[&str])] = &[
    ("member", "Space", &["S1p", "S2"]),
    ("member", "Organization", &["O2"]),
    ("reader", "Space", &["S1p", "S2"]),
    ("reader", "Organization", &["O2"]),
    ("space_admin", "Space", &["S1p", "S2"]),
    ("annotator", "Space", &["S1p", "S2"]),
    ("bot", "Space", &["S1p", "S2"]),
    ("bot", "Organization", &["O2"]),
    ("member", "ApiKey", &["uk_other", "key:other", "key:admin"]),
    ("other", "ApiKey", &["uk", "uk_expiring", "uk_expired", "uk_revoked"]),
    ("space_admin", "ApiKey", &["uk", "uk_revoked"]),
    ("bot", "ApiKey", &["uk", "uk_revoked"]),
    ("annotator", "User", &["user:member", "user:admin"]),
    ("member", "Model", &["PR", "P3"]),
    ("other", "Model", &["PR", "P3"]),
    ("reader", "Model", &["PR", "P3"]),
    ("bot", "Model", &["PR", "P3"]),
    ("member", "RoleBinding", &["B1"]),
    ("other", "RoleBinding", &["B1"]),
    ("annotator", "Role", &["CR_small", "CR_big"]),
    ("plain", "Space", &["S1p", "S2"]),
];

/// What is there and not visible to the caller is answered like what is nowhere: in every place, for callers of every rank.
#[tokio::test]
async fn existence_oracle_matrix() {
    let server = TestServer::start().await;
    let strange = strange_ids(&server);
    let places = places(&server).await;
    let before = server.dump().await;
    let mut complaints = Vec::new();
    for (kind, place) in &places {
        for who in CALLERS {
            let mut ids: Vec<(&str, &str)> = strange
                .iter()
                .filter(|id| id.kind == *kind)
                .map(|id| (id.what, id.id.as_str()))
                .collect();
            for (_, _, names) in HIDDEN.iter().filter(|row| row.0 == who && row.1 == *kind) {
                ids.extend(names.iter().map(|name| (*name, server.world.id(name))));
            }
            let mut first = None;
            for (what, id) in ids {
                let answer = told(&ask(&server, who, place, id).await);
                let first = first.get_or_insert_with(|| answer.clone());
                // The audit of somebody who is nobody is an empty page: it has no 404 (docs/contract/audit-logs.md).
                let empty = matches!(place, Place::Query { path } if path.starts_with("/v2/audit-logs"))
                    && answer.1["logs"] == json!([]);
                if answer != *first || !(empty || [403, 404].contains(&answer.0)) {
                    complaints.push(format!("{who}, {place:?}, {kind}, {what}: {answer:?}"));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(server.dump().await, before);
}

/// A role that the caller may not give is refused before it could tell whether a place exists: 404 comes first.
#[tokio::test]
async fn a_role_above_ones_own_is_no_oracle() {
    let server = TestServer::start().await;
    for id in strange_ids(&server).iter().filter(|id| id.kind == "Space") {
        let mut body = service_key(&server, &[("O1", &["S1"])]);
        body["account_role"] = predefined("ADMIN");
        body["organizations"][0]["spaces"][0]["space_id"] = json!(id.id);
        assert_eq!(create(&server, "member", body).await.status, 404, "{}", id.what);
    }
}
