//! Rows that cannot be read: whom they belong to is denied, lists leave them out, and everybody else goes on.
//!
//! Every column of every table of the schema holds garbage of every kind in turn, while the server runs. A damaged file keeps no
//! constraint, so the second connection works on a schema without any; the server's own connections go on with theirs.

use claviger_store::{ListAccounts, Request, SetPolicy};
use std::collections::BTreeMap;
use std::path::Path;

use claviger_domain::AccountPolicy;
use claviger_testkit::{Damage, DamagedRow, GARBAGE, TABLES_OF_ALL, TestServer};
use serde_json::{Value, json};

use crate::acts::{number, revoke_path, text, user_key};
use crate::edits;

const LISTS: [&str; 11] = [
    "/v2/api-keys?limit=100",
    "/v2/api-keys?limit=100&key_type=SERVICE",
    "/v2/api-keys?limit=100&space_id={S1}",
    "/v2/organizations?limit=100",
    "/v2/spaces?limit=100",
    "/v2/projects?limit=100",
    "/v2/users?limit=100",
    "/v2/roles?limit=100",
    "/v2/role-bindings?limit=100&resource_type=SPACE",
    "/v2/role-bindings?limit=100&resource_type=PROJECT",
    "/v2/audit-logs?limit=5",
];

/// The row of a table that is damaged: one of the person `other` if there is one, else the last of `acme`, else the last; of the
/// accounts, that of `globex`.
fn victim(server: &TestServer, damage: &Damage, table: &str, column: &str) -> DamagedRow {
    let columns = damage.columns(table);
    let has = |name: &str| columns.iter().any(|column| column == name);
    let other = edits::user(server, "other");
    let condition = match table {
        "accounts" => "name = 'globex'".to_owned(),
        "users" => format!("id = {other}"),
        "api_keys" => format!("id = {}", number(server.world.id("uk_other"))),
        "api_key_spaces" => format!("api_key_id = {}", number(server.world.id("sk_other"))),
        _ if has("user_id") => format!("user_id = {other}"),
        _ if has("account_id") => format!("account_id = {}", server.world.account.number()),
        _ => "1".to_owned(),
    };
    damage.row(table, column, &condition)
}

/// What everybody is answered: status, and how many items.
type Answers = BTreeMap<(String, String), (u16, usize)>;

async fn ask(server: &TestServer, who: &str, path: &str) -> (u16, usize) {
    let path = path.replace("{S1}", &server.world.id("S1").replace('=', "%3D"));
    let answer = server.call(who, "GET", &path, Value::Null).await;
    if answer.status != 200 {
        assert!(answer.status < 500 || answer.status == 503, "{who}: {path}: {}", answer.text);
        return (answer.status, 0);
    }
    let page = answer.json(200);
    let items = page.as_object().unwrap().values().find_map(Value::as_array).map_or(0, Vec::len);
    (200, items)
}

async fn answers(server: &TestServer) -> Answers {
    let mut answers = Answers::new();
    for who in ["admin", "member", "stranger"] {
        // Others than the administrator are asked for half of the lists, and never for another account's space.
        let step = if who == "admin" { 1 } else { 2 };
        for list in LISTS.into_iter().step_by(step) {
            if who == "stranger" && list.contains("{S1}") {
                continue;
            }
            answers.insert((who.to_owned(), list.to_owned()), ask(server, who, list).await);
        }
    }
    answers
}

/// Writes of people whom the row does not belong to, and reads and changes of what it may be.
async fn writes(server: &TestServer, what: &str, may_fail: bool) {
    for who in ["member", "stranger"] {
        if what.starts_with("accounts ") && who == "stranger" {
            continue;
        }
        let made = server.call(who, "POST", "/v2/api-keys", user_key()).await;
        if may_fail && made.status == 503 {
            continue;
        }
        let made = made.json(201);
        let ended = server.call(who, "PUT", &revoke_path(text(&made, "id")), Value::Null).await;
        assert_eq!(ended.status, 204, "{what}: {}", ended.text);
    }
    let id = |name: &str| server.world.id(name);
    for (method, path, body) in [
        ("GET", format!("/v2/users/{}", id("user:other")), Value::Null),
        ("PATCH", format!("/v2/users/{}", id("user:other")), json!({ "name": "other" })),
        ("GET", format!("/v2/spaces/{}", id("S2")), Value::Null),
        ("PATCH", format!("/v2/organizations/{}", id("O2")), json!({ "description": what })),
        ("POST", format!("/v2/api-keys/{}/refresh", id("uk_revoked")), Value::Null),
        ("POST", "/v2/projects".to_owned(), json!({ "name": what, "space_id": id("S1b") })),
    ] {
        let answer = server.call("admin", method, &path, body).await;
        let is_fine = answer.status < 500 || answer.status == 503;
        assert!(is_fine, "{what}: {method} {path}: {}", answer.text);
    }
    // The owner of the row is denied, or not; never by a failure.
    let owner = server.world.key("uk_other");
    for (method, path, body) in [
        ("GET", LISTS[0], Value::Null),
        ("GET", "/v2/spaces", Value::Null),
        ("POST", "/v2/api-keys", user_key()),
    ] {
        let answer = server.call_with(owner, method, path, body, &[]).await;
        let is_fine = answer.status < 500 || answer.status == 503;
        assert!(is_fine, "{what}: the owner: {method} {path}: {}", answer.text);
        // Lists are narrowed by the memberships of who asks; making a user key asks for none.
        if what == "users role 'garbage'"
            || what == "space_members role 'garbage'" && path != LISTS[0]
        {
            let is_denied = answer.status == 503 && answer.text.contains("damaged");
            assert!(is_denied || method == "POST", "{what}: {path}: {}", answer.text);
        }
    }
}

/// Nobody but the owner of a damaged row is denied anything, lists leave out the row alone, the host's commands and readiness go on,
/// and nothing fails with 500 (fault R29).
#[tokio::test]
async fn poison_rows_deny_only_owner() {
    let server = TestServer::on_a_file().await;
    let acme = server.world.account;
    writes(&server, "before", false).await;
    let secret = format!("/auth/v1/users/{}/sign-in-secret", server.world.id("user:other"));
    let made = server.call("admin", "POST", &secret, Value::Null).await;
    assert!([200, 201].contains(&made.status), "{}", made.text);
    let damage = Damage::open(Path::new(server.database().path().unwrap()));
    let (mut damaged, mut impossible) = (0, 0);
    for table in &damage.tables() {
        let is_of_all = TABLES_OF_ALL.contains(&table.as_str());
        let before = answers(&server).await;
        for column in damage.columns(table) {
            for garbage in GARBAGE {
                let row = victim(&server, &damage, table, &column);
                if !damage.inflict(&row, garbage) {
                    impossible += 1;
                    continue;
                }
                damaged += 1;
                let what = format!("{table} {column} {garbage}");
                for ((who, list), after) in answers(&server).await {
                    let (status, items) = before[&(who.clone(), list.clone())];
                    if table == "accounts" && who == "stranger" {
                        continue;
                    }
                    assert_eq!(after.0, status, "{what}: {who}: {list}");
                    let is_place = ["spaces", "organizations"].contains(&table.as_str());
                    let is_complete = after.1 + 1 >= items || is_place || list.contains("audit");
                    assert!(is_complete, "{what}: {who}: {list}: {} of {items}", after.1);
                }
                writes(&server, &what, is_of_all).await;
                let ready = server.store.ready().await;
                assert!(ready.is_ok() || is_of_all, "{what}: {ready:?}");
                let accounts = server.store.execute(Request::host(), ListAccounts).await.unwrap();
                assert!(accounts.iter().any(|account| account.id == acme), "{what}");
                let set = server
                    .store
                    .execute(
                        Request::host(),
                        SetPolicy { account: acme, policy: AccountPolicy::default() },
                    )
                    .await;
                assert!(set.is_ok() || is_of_all, "{what}: {set:?}");
                damage.repair(&row, garbage);
            }
        }
    }
    assert!(damaged > 500 && impossible < damaged, "{damaged} damaged, {impossible} impossible");
    // All is as before: nothing that was refused had an effect.
    writes(&server, "after", false).await;
}
