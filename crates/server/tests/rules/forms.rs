//! Bodies and queries as chance makes them: near what clients send, and far from it.

use claviger_testkit::TestServer;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Every member that some request body has.
const MEMBERS: [&str; 20] = [
    "name",
    "description",
    "key_type",
    "expires_at",
    "space_id",
    "roles",
    "account_role",
    "organizations",
    "org_id",
    "role",
    "spaces",
    "space_role",
    "org_role",
    "type",
    "id",
    "grace_period_seconds",
    "status",
    "__proto__",
    "",
    "key",
];

/// Texts that mean something in some member.
fn words(server: &TestServer) -> Vec<String> {
    let mut words: Vec<String> = [
        "USER",
        "SERVICE",
        "service",
        "ADMIN",
        "MEMBER",
        "READ_ONLY",
        "read-only",
        "ANNOTATOR",
        "PREDEFINED",
        "CUSTOM",
        "2027-01-01T00:00:00Z",
        "2020-01-01T00:00:00Z",
        "a",
        "",
        "9999-12-31T23:59:59.999999999+23:59",
        "0000-01-01T00:00:00-23:59",
        "MEMBER_UI_ONLY",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in ["O1", "O2", "S1", "S2", "S1p", "G1", "GS1", "CR_small", "GCR", "uk", "sk", "fk"] {
        words.push(server.world.id(id).to_owned());
    }
    words
}

/// Any JSON, with members and texts that the API knows more often than not.
pub(crate) fn json_values(server: &TestServer) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        6 => select(words(server)).prop_map(Value::String),
        2 => any::<String>().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
    ];
    let member =
        prop_oneof![9 => select(&MEMBERS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            3 => vec((member.clone(), inner.clone()), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            1 => vec(inner, 0..4).prop_map(Value::Array),
        ]
    })
    .boxed()
}

/// A creation as clients send it, with any number of its members put out of joint.
pub(crate) fn bent_creations(server: &TestServer) -> BoxedStrategy<Value> {
    let id = |name: &str| server.world.id(name).to_owned();
    let nested = json!({
        "key_type": "SERVICE", "name": "a", "description": "b", "expires_at": "2027-01-01T00:00:00Z",
        "account_role": { "type": "PREDEFINED", "name": "MEMBER" },
        "organizations": [{
            "org_id": id("O1"), "role": { "type": "PREDEFINED", "name": "READ_ONLY" },
            "spaces": [{ "space_id": id("S1"), "role": { "type": "CUSTOM", "id": id("CR_small") } }],
        }],
    });
    let flat = json!({
        "key_type": "service", "name": "a", "space_id": id("S1"),
        "roles": { "space_role": "member", "org_role": "read-only", "account_role": "member" },
    });
    let user = json!({ "key_type": "USER", "name": "a", "expires_at": "2027-01-01T00:00:00Z" });
    let places = select(vec![
        "/key_type",
        "/name",
        "/description",
        "/expires_at",
        "/account_role",
        "/organizations",
        "/account_role/name",
        "/account_role/type",
        "/organizations/0",
        "/organizations/0/org_id",
        "/organizations/0/role",
        "/organizations/0/spaces",
        "/organizations/0/spaces/0",
        "/organizations/0/spaces/0/space_id",
        "/organizations/0/spaces/0/role",
        "/organizations/0/spaces/0/role/id",
        "/space_id",
        "/roles",
        "/roles/space_role",
    ]);
    let bends = vec((places, json_values(server)), 0..4);
    (select(vec![nested, flat, user]), bends)
        .prop_map(|(mut body, bends)| {
            for (place, value) in bends {
                if let Some(found) = body.pointer_mut(place) {
                    *found = value;
                }
            }
            body
        })
        .boxed()
}

/// A query: names and values from what lists know, and any bytes, percent-encoded or not.
pub(crate) fn queries(server: &TestServer) -> BoxedStrategy<String> {
    let names = select(vec![
        "key_type", "status", "space_id", "user_id", "limit", "cursor", "org_id", "name", "email",
        "nobody",
    ]);
    let words = select(words(server)).prop_map(|word| word.replace('=', "%3D"));
    let raw = vec(any::<u8>(), 0..40).prop_map(|bytes| {
        percent_encoding::percent_encode(&bytes, percent_encoding::NON_ALPHANUMERIC).to_string()
    });
    let plain = "[!$-;=?-Z_a-z~]{0,40}";
    let value = prop_oneof![3 => words, 2 => raw, 1 => Just("1".to_owned()), 1 => plain];
    vec((names, value), 0..6)
        .prop_map(|pairs| {
            let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join("&")
        })
        .boxed()
}
