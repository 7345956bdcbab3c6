//! Which keys a list shows: the selection rules, and what they leave open as decided here.

use std::collections::BTreeSet;

use claviger_testkit::TestServer;
use serde_json::{Value, json};

use crate::acts::{listed, make_user_key, number, text};
use crate::edits;

/// The names of the world's keys that a query shows to a caller.
async fn shown(server: &TestServer, who: &str, query: &str) -> BTreeSet<String> {
    let keys = listed(server, who, &filled(server, query)).await;
    keys.iter().map(|key| name(server, text(key, "id"))).collect()
}

/// A query with `{name}` in the place of ids.
fn filled(server: &TestServer, query: &str) -> String {
    let mut text = query.to_owned();
    while let Some((start, rest)) = text.split_once('{') {
        let (name, end) = rest.split_once('}').unwrap();
        text = format!("{start}{}{end}", server.world.id(name).replace('=', "%3D"));
    }
    text
}

/// The keys of the world.
pub(crate) const KEYS: [&str; 22] = [
    "key:admin",
    "key:member",
    "key:other",
    "key:both",
    "key:reader",
    "key:space_admin",
    "key:annotator",
    "key:stranger",
    "uk",
    "uk_expiring",
    "uk_expired",
    "uk_revoked",
    "expired",
    "revoked",
    "uk_other",
    "fk",
    "bot",
    "sk",
    "sk_other",
    "sk_two",
    "sk_admin",
    "key:plain",
];

fn name(server: &TestServer, id: &str) -> String {
    let found = KEYS.iter().find(|name| server.world.id(name) == id);
    (*found.unwrap_or_else(|| panic!("an unknown key is listed: {id}"))).to_owned()
}

/// Checks rows of caller, query, and what is shown or the status of the refusal.
/// Who asks, for what, and the keys or the status that answers.
type Row<'a> = (&'a str, &'a str, Result<&'a [&'a str], u16>);

async fn check(server: &TestServer, rows: &[Row<'_>]) {
    for (who, query, expected) in rows {
        match expected {
            Ok(names) => {
                let names = names.iter().map(|name| (*name).to_owned()).collect();
                assert_eq!(shown(server, who, query).await, names, "{who}: {query}");
            }
            Err(status) => {
                let path = format!("/v2/api-keys?{}", filled(server, query));
                let answer = server.call(who, "GET", &path, Value::Null).await;
                assert_eq!(answer.status, *status, "{who}: {query}: {}", answer.text);
            }
        }
    }
}

const OF_S1: &[&str] = &["bot", "sk", "sk_other", "sk_two", "sk_admin"];
const OWN: &[&str] = &["key:member", "uk", "uk_expiring", "uk_expired", "expired"];

/// Rules 1 to 3: lists of a space.
#[tokio::test]
async fn lists_of_a_space() {
    let server = TestServer::start().await;
    let of_member: &[&str] = &["bot", "sk"];
    check(
        &server,
        &[
            // 1: the space alone means its service keys. 2: saying so changes nothing.
            ("member", "space_id={S1}", Ok(OF_S1)),
            ("member", "space_id={S1}&key_type=SERVICE", Ok(OF_S1)),
            ("admin", "space_id={S1}", Ok(OF_S1)),
            ("space_admin", "space_id={S1}", Ok(OF_S1)),
            ("reader", "space_id={S1}", Ok(OF_S1)),
            ("bot", "space_id={S1}", Ok(OF_S1)),
            ("both", "space_id={S2}", Ok(&["sk_two"])),
            ("member", "space_id={S1}&status=REVOKED", Ok(&[])),
            ("member", "space_id={S1b}", Ok(&[])),
            // 3: those that one user made.
            ("member", "space_id={S1}&user_id={user:member}", Ok(of_member)),
            ("other", "space_id={S1}&user_id={user:member}", Ok(of_member)),
            ("other", "space_id={S1}&user_id={user:member}&key_type=SERVICE", Ok(of_member)),
            ("reader", "space_id={S1}&user_id={user:both}", Ok(&["sk_two"])),
            ("both", "space_id={S2}&user_id={user:member}", Ok(&[])),
            ("admin", "space_id={S1}&user_id={user:stranger}", Err(404)),
            // A caller who cannot see the space gets 404; user keys are in no space.
            ("member", "space_id={S2}", Err(404)),
            ("member", "space_id={S1p}", Err(404)),
            ("admin", "space_id={GS1}", Err(404)),
            ("member", "space_id={S1}&key_type=USER", Err(400)),
            ("plain", "space_id={S1}", Err(403)),
        ],
    )
    .await;

    // Without SERVICE_KEY_READ the space's keys are closed, and one user's are open (rule 3).
    edits::organization_role(&server, "reader", "O1", "annotator");
    edits::space_role(&server, "reader", "S1", "annotator");
    check(
        &server,
        &[
            ("reader", "space_id={S1}", Err(403)),
            ("reader", "space_id={S1}&key_type=SERVICE", Err(403)),
            ("reader", "space_id={S1}&user_id={user:member}", Ok(of_member)),
        ],
    )
    .await;
    // And who left has access to neither.
    edits::leave_organization(&server, "reader", "O1");
    edits::leave_space(&server, "reader", "S1");
    check(&server, &[("reader", "space_id={S1}&user_id={user:member}", Err(404))]).await;
}

/// Rules 4 to 6, and lists that bots ask for: without a space.
#[tokio::test]
async fn lists_without_a_space() {
    let server = TestServer::start().await;
    check(
        &server,
        &[
            // 4: one's own user keys. Expired ones stay active, with their expiry.
            ("member", "", Ok(OWN)),
            ("member", "key_type=USER", Ok(OWN)),
            ("member", "status=ACTIVE", Ok(OWN)),
            ("member", "status=REVOKED", Ok(&["uk_revoked", "revoked"])),
            ("admin", "", Ok(&["key:admin"])),
            ("stranger", "", Ok(&["key:stranger", "fk"])),
            ("annotator", "", Ok(&["key:annotator"])),
            ("plain", "", Err(403)),
            // 5: somebody else's, for administrators of the account; one's own for everybody.
            ("admin", "user_id={user:member}", Ok(OWN)),
            ("admin", "user_id={user:member}&key_type=USER", Ok(OWN)),
            ("admin", "user_id={user:stranger}", Err(404)),
            ("member", "user_id={user:member}", Ok(OWN)),
            ("member", "user_id={user:other}", Err(403)),
            ("member", "user_id={user:stranger}", Err(403)),
            ("space_admin", "user_id={user:member}", Err(403)),
            ("bot", "user_id={user:member}", Err(403)),
            ("stranger", "user_id={user:member}", Err(404)),
            // 6 is silent: service keys without a space are those one made; all of them for administrators.
            ("member", "key_type=SERVICE", Ok(&["bot", "sk"])),
            ("other", "key_type=SERVICE", Ok(&["sk_other"])),
            ("reader", "key_type=SERVICE", Ok(&[])),
            ("admin", "key_type=SERVICE", Ok(OF_S1)),
            ("stranger", "key_type=SERVICE", Ok(&[])),
            ("admin", "key_type=SERVICE&user_id={user:both}", Ok(&["sk_two"])),
            ("member", "key_type=SERVICE&user_id={user:member}", Ok(&["bot", "sk"])),
            ("member", "key_type=SERVICE&user_id={user:other}", Err(403)),
            // Bots have one kind of key: their own.
            ("bot", "", Ok(&["bot"])),
            ("bot", "key_type=SERVICE", Ok(&["bot"])),
            ("bot", "key_type=USER", Ok(&[])),
        ],
    )
    .await;
}

/// The newest key comes first, in every list.
#[tokio::test]
async fn lists_begin_with_the_newest() {
    let server = TestServer::start().await;
    for _ in 0..3 {
        make_user_key(&server, "member").await;
    }
    for query in ["", "space_id={S1}", "key_type=SERVICE"] {
        let keys = listed(&server, "member", &filled(&server, query)).await;
        let numbers: Vec<i64> = keys.iter().map(|key| number(text(key, "id"))).collect();
        assert!(numbers.len() > 1 && numbers.is_sorted_by(|a, b| a > b), "{query}: {numbers:?}");
    }
}

/// A list that a space filters does not tell which other places a bot has access to (docs/contract/keys.md#bot-user).
#[tokio::test]
async fn a_spaces_list_hides_other_bindings() {
    let server = TestServer::start().await;
    let space = filled(&server, "space_id={S1}");
    for key in listed(&server, "member", &space).await {
        assert_eq!(key["bot_user"]["organizations"], json!([]), "{key}");
    }
    let own = listed(&server, "both", "key_type=SERVICE").await;
    assert_eq!(own[0]["bot_user"]["organizations"].as_array().unwrap().len(), 2);
}
