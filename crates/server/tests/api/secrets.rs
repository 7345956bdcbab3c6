//! Where a key's secret is, and where it is not (docs/threat-model.md#secret-shown-once).

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use claviger_domain::{Entropy as _, KeyText, KeyType, MintedKey, SystemEntropy};
use claviger_testkit::{TestResponse, TestServer};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde_json::{Value, json};

use crate::capture;
use crate::sdk::item;

const PRINCIPALS: [&str; 5] = ["admin", "member", "bot", "stranger", "uk"];

/// The part of a key that is secret, without its checksum.
fn secret(key: &str) -> &str {
    &key[26..69]
}

/// The handle of a key, which may be known.
fn handle(key: &str) -> &str {
    &key[5..25]
}

async fn status_with(server: &TestServer, key: &str) -> u16 {
    server.call_with(key, "GET", "/v2/api-keys", Value::Null, &[]).await.status
}

/// Every value in every column of every table, as bytes.
fn columns(server: &TestServer) -> BTreeSet<Vec<u8>> {
    let database = server.database();
    let mut tables =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut values = BTreeSet::new();
    for table in tables {
        let columns = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        for column in columns.column_names() {
            let text = format!("SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\"");
            let mut statement = database.prepare(&text).unwrap();
            let rows = statement.query_map([], |row| row.get::<_, Option<Vec<u8>>>(0)).unwrap();
            values.extend(rows.filter_map(Result::unwrap));
        }
    }
    values
}

/// The bytes of the database's files, its write-ahead log among them.
pub(crate) fn files(server: &TestServer) -> Vec<(String, Vec<u8>)> {
    let files = server.database_files();
    files
        .into_iter()
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

/// SQLite keeps what was written last in a log of its own, which is one of the files.
#[track_caller]
pub(crate) fn has_log(server: &TestServer, files: &[(String, Vec<u8>)]) {
    let is_log = |name: &str| server.is_on_postgres() || name.ends_with("-wal");
    assert!(files.iter().any(|(name, bytes)| is_log(name) && !bytes.is_empty()));
}

pub(crate) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// A header with these bytes, if HTTP allows them.
fn bearer(bytes: &[u8]) -> Option<HeaderValue> {
    HeaderValue::from_bytes(&[b"Bearer ", bytes].concat()).ok()
}

#[tokio::test]
async fn stolen_db_cannot_authenticate() {
    let server = TestServer::start().await;
    let values = columns(&server);
    assert!(values.len() > 100, "the dump is nearly empty");
    let mut tried = 0;
    for value in values {
        let spellings = [
            value.clone(),
            HEXLOWER.encode(&value).into_bytes(),
            BASE64.encode(&value).into_bytes(),
            BASE64URL_NOPAD.encode(&value).into_bytes(),
        ];
        for header in spellings.iter().filter_map(|spelling| bearer(spelling)) {
            let request = Request::get("/v2/api-keys").header("authorization", header);
            let answer = server.send(request.body(Body::empty()).unwrap()).await;
            // A list of permissions has commas in it, and reads like two credentials.
            let expected =
                if answer.status == 400 { value.contains(&b',') } else { answer.status == 401 };
            assert!(expected, "{}: {value:?}", answer.status);
            tried += 1;
        }
    }
    assert!(tried > 300, "only {tried} were presented");
}

/// Neither whole nor without its checksum, neither in the tables nor in the bytes of the files.
#[tokio::test]
async fn stolen_files_hold_no_secret() {
    let server = TestServer::start().await;
    let dump = server.dump().await;
    let files = files(&server);
    has_log(&server, &files);
    for who in PRINCIPALS {
        let key = server.world.key(who);
        assert!(dump.contains(handle(key)), "the dump does not show the row of {who}");
        assert!(!dump.contains(secret(key)), "{who}");
        for (name, bytes) in &files {
            assert!(!contains(bytes, secret(key)), "{who} in {name}");
        }
        assert!(files.iter().any(|(_, bytes)| contains(bytes, handle(key))));
    }
}

/// The text of a key with one key's handle and another's secret.
pub(crate) fn spliced(handle: &str, secret: &str) -> String {
    let (handle, secret) = (KeyText::parse(handle).unwrap(), KeyText::parse(secret).unwrap());
    let text = KeyText { key_type: handle.key_type, handle: handle.handle, secret: secret.secret };
    MintedKey { text }.reveal()
}

/// Somebody who may write to the database puts the digest of their own key on an administrator's row.
#[tokio::test]
async fn digest_swap_between_rows_fails() {
    let server = TestServer::start().await;
    let (admin, member) = (server.world.key("admin"), server.world.key("member"));
    let forged = spliced(admin, member);
    assert_eq!(status_with(&server, &forged).await, 401, "before the change");
    let changed = server.database().execute(
        "UPDATE api_keys SET (digest, pepper) =
            (SELECT digest, pepper FROM api_keys WHERE handle = ?2) WHERE handle = ?1",
        [handle(admin), handle(member)],
    );
    assert_eq!(changed.unwrap(), 1);
    for key in [forged.as_str(), admin] {
        assert_eq!(status_with(&server, key).await, 401);
    }
    assert_eq!(status_with(&server, member).await, 200);
}

/// Somebody who may write to the database moves their own key, with all that belongs to it, to another account.
#[tokio::test]
async fn row_account_id_edit_invalidates_key() {
    let server = TestServer::start().await;
    let member = server.world.key("member");
    assert_eq!(status_with(&server, member).await, 200);
    let changed = server.database().execute(
        "UPDATE api_keys SET (account_id, acts_for_user_id, created_by_user_id) =
            (SELECT account_id, acts_for_user_id, created_by_user_id FROM api_keys WHERE handle = ?2)
        WHERE handle = ?1",
        [handle(member), handle(server.world.key("stranger"))],
    );
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(status_with(&server, member).await, 401);
}

/// Somebody who may write to the database lets their own key act for an administrator, and a bot's key for another bot or a person.
#[tokio::test]
async fn row_acts_for_edit_invalidates_key() {
    let server = TestServer::start().await;
    let acts_for = |key: &str| -> i64 {
        let text = "SELECT acts_for_user_id FROM api_keys WHERE handle = ?1";
        server.database().query_row(text, [handle(key)], |row| row.get(0)).unwrap()
    };
    let edit = |key: &str, user: i64| {
        let text = "UPDATE api_keys SET acts_for_user_id = ?2 WHERE handle = ?1";
        assert_eq!(server.database().execute(text, (handle(key), user)).unwrap(), 1);
    };
    let admin = acts_for(server.world.key("admin"));
    for who in ["member", "bot"] {
        let key = server.world.key(who);
        let own = acts_for(key);
        assert_ne!(own, admin);
        assert_eq!(status_with(&server, key).await, 200, "{who}");
        edit(key, admin);
        assert_eq!(status_with(&server, key).await, 401, "{who}");
        edit(key, own);
        assert_eq!(status_with(&server, key).await, 200, "{who}, as before");
    }
}

/// A service key does not become a user key by an edit of its row and another letter in its text.
#[tokio::test]
async fn row_key_type_edit_invalidates_key() {
    let server = TestServer::start().await;
    let bot = server.world.key("bot");
    assert_eq!(status_with(&server, bot).await, 200);
    let edit = "UPDATE api_keys SET key_type = 'user' WHERE handle = ?1";
    assert_eq!(server.database().execute(edit, [handle(bot)]).unwrap(), 1);
    let text = KeyText { key_type: KeyType::User, ..KeyText::parse(bot).unwrap() };
    for key in [MintedKey { text }.reveal().as_str(), bot] {
        assert_eq!(status_with(&server, key).await, 401);
    }
}

/// Without randomness nothing is minted, and nothing else stops.
#[tokio::test]
async fn mint_uses_os_csprng() {
    let server = TestServer::start().await;
    let space = server.world.id("S1");
    let refresh = format!("/v2/api-keys/{}/refresh", server.world.id("uk"));
    let before = server.dump().await;
    server.entropy.set_failing(true);
    for (path, body) in [
        ("/v2/api-keys", json!({ "name": "n", "key_type": "USER" })),
        ("/v2/api-keys", json!({ "name": "n", "key_type": "SERVICE", "space_id": space })),
        (refresh.as_str(), json!({})),
    ] {
        let answer = server.call("member", "POST", path, body).await;
        assert_eq!(answer.status, 503, "{path}: {}", answer.text);
        assert!(answer.header("retry-after").parse::<u32>().is_ok());
        assert!(!answer.text.contains("clv"), "{}", answer.text);
    }
    assert_eq!(server.dump().await, before);
    assert_eq!(status_with(&server, server.world.key("uk")).await, 200);
    server.entropy.set_failing(false);
    let body = json!({ "name": "n", "key_type": "USER" });
    assert_eq!(server.call("member", "POST", "/v2/api-keys", body).await.status, 201);

    // What the binary mints from fills all it is given, each time anew.
    let (mut first, mut second) = ([0; 64], [0; 64]);
    SystemEntropy.fill(&mut first).unwrap();
    SystemEntropy.fill(&mut second).unwrap();
    assert_ne!(first, second);
    assert!(first.chunks(16).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
}

/// What lists show of a key is made of its handle: of two keys that differ in the secret alone, it is the same.
#[tokio::test]
async fn redacted_key_independent_of_secret() {
    let server = TestServer::start().await;
    let keys = server.call("member", "GET", "/v2/api-keys", Value::Null).await.json(200);
    for name in ["uk", "uk_expiring"] {
        let listed = item(&keys["api_keys"], server.world.id(name));
        let shown = listed["redacted_key"].as_str().unwrap();
        let twin = spliced(server.world.key(name), server.world.key("stranger"));
        let (prefix, handle) = (&twin[..5], handle(&twin));
        assert_eq!(shown, format!("{prefix}{}...{}", &handle[..4], &handle[16..]));
    }
}

/// Everything that came out of the server while a key was played with.
#[derive(Default)]
struct Played {
    answers: Vec<String>,
    secrets: Vec<String>,
}

impl Played {
    fn note(&mut self, answer: &TestResponse) {
        self.answers.push(format!("{:?} {}", answer.headers, answer.text));
    }

    /// Notes an answer that shows a new key.
    fn minted(&mut self, answer: &TestResponse, status: u16) -> (String, String) {
        self.note(answer);
        let created = answer.json(status);
        let text = |member: &str| created[member].as_str().unwrap().to_owned();
        self.secrets.push(text("key"));
        (text("id"), text("key"))
    }
}

/// Creates, uses, refreshes and revokes keys of both types.
async fn play_life(server: &TestServer, played: &mut Played) {
    let space = server.world.id("S1");
    for body in [
        json!({ "name": "canary", "key_type": "USER", "description": "sings" }),
        json!({ "name": "canary", "key_type": "SERVICE", "space_id": space }),
    ] {
        let created = server.call("member", "POST", "/v2/api-keys", body).await;
        let (id, key) = played.minted(&created, 201);
        let path = format!("/v2/api-keys/{id}/refresh");
        let grace = json!({ "grace_period_seconds": 60 });
        let refreshed = server.call_with(&key, "POST", &path, grace, &[]).await;
        let (id, new) = played.minted(&refreshed, 200);
        for key in [&key, &new] {
            for path in ["/v2/api-keys", "/v2/spaces", "/v2/users", "/v2/organizations"] {
                played.note(&server.call_with(key, "GET", path, Value::Null, &[]).await);
            }
        }
        server.store.write_last_uses().await.unwrap();
        let leaked = "/auth/v1/leaked-keys";
        played.note(&server.call_with(&key, "POST", leaked, Value::Null, &[]).await);
        let path = format!("/v2/api-keys/{id}/revoke");
        played.note(&server.call_with(&new, "PUT", &path, Value::Null, &[]).await);
        played.note(&server.call_with(&new, "PUT", &path, Value::Null, &[]).await);
    }
}

/// Invites somebody, hands them another secret, and lets them in by both.
async fn play_sign_in(server: &TestServer, played: &mut Played) {
    let body = json!({
        "name": "canary", "email": "canary@example.com", "role": "member",
        "invite_mode": "TEMPORARY_PASSWORD",
    });
    let invited = server.call("admin", "POST", "/v2/users", body).await;
    played.note(&invited);
    let invited = invited.json(201);
    let path = format!("/auth/v1/users/{}/sign-in-secret", invited["id"].as_str().unwrap());
    let mut secret = invited["temporary_password"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        played.secrets.push(secret.clone());
        let signed_in = server.call_with(&secret, "POST", "/auth/v1/sign-in", json!({}), &[]).await;
        played.note(&signed_in);
        let key = signed_in.json(201)["api_key"]["key"].as_str().unwrap().to_owned();
        for (method, path) in [("POST", "/auth/v1/sign-in"), ("GET", "/v2/users")] {
            played.note(&server.call_with(&secret, method, path, Value::Null, &[]).await);
            played.note(&server.call_with(&key, method, path, Value::Null, &[]).await);
        }
        played.secrets.push(key);
        let handed = server.call("admin", "POST", &path, Value::Null).await;
        played.note(&handed);
        handed.json(201)["secret"].as_str().unwrap().clone_into(&mut secret);
    }
    // The last one is never used: it is shown once all the same.
    played.secrets.push(secret);
    let user = path.replace("/auth/v1", "/v2").replace("/sign-in-secret", "");
    played.note(&server.call("admin", "DELETE", &user, Value::Null).await);
}

/// Presents the keys in every place where they do not belong, and in requests that are refused for other reasons.
async fn play_refusals(server: &TestServer, played: &mut Played) {
    for key in &played.secrets.clone() {
        let key = key.as_str();
        let wrong = format!("{}{}", &key[..74], if key.ends_with('0') { '1' } else { '0' });
        for (presented, method, path, body) in [
            (key, "POST", "/v2/api-keys".to_owned(), json!({ "name": 7, "key": key })),
            (key, "POST", "/v2/api-keys".to_owned(), json!({ "name": "n", (key): true })),
            (key, "POST", "/v2/api-keys".to_owned(), json!({ "name": "n", "key_type": key })),
            (key, "POST", "/v2/api-keys".to_owned(), json!({ "name": "n", "space_id": key })),
            (key, "POST", "/v2/api-keys".to_owned(), json!(key)),
            (key, "GET", format!("/v2/api-keys?cursor={key}"), Value::Null),
            (key, "GET", format!("/v2/api-keys?{key}=1"), Value::Null),
            (key, "GET", format!("/v2/spaces/{key}"), Value::Null),
            (key, "PUT", format!("/v2/api-keys/{key}/revoke"), Value::Null),
            (key, "GET", format!("/{key}"), Value::Null),
            (wrong.as_str(), "GET", "/v2/api-keys".to_owned(), Value::Null),
            (server.world.key("admin"), "GET", format!("/v2/users?email={key}"), Value::Null),
            (server.world.key("admin"), "POST", "/v2/api-keys".to_owned(), json!({ (key): key })),
            (server.world.key("reader"), "POST", format!("/v2/api-keys/{key}/refresh"), json!({})),
        ] {
            let answer = server.call_with(presented, method, &path, body, &[]).await;
            assert!(answer.status >= 400, "{method}: {}", answer.text);
            played.note(&answer);
        }
        server.break_database();
        played.note(&server.call_with(key, "GET", "/v2/api-keys", Value::Null, &[]).await);
        server.mend_database();
    }
}

/// A secret is in the one answer that mints it, and nowhere else, whatever is done with it.
#[tokio::test]
async fn canary_secret_nowhere() {
    capture::start();
    let server = TestServer::start().await;
    let mut played = Played::default();
    play_life(&server, &mut played).await;
    play_sign_in(&server, &mut played).await;
    play_refusals(&server, &mut played).await;

    let (log, dump, files) = (capture::text(), server.dump().await, files(&server));
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "nothing was logged: {log}");
    assert!(log.contains("/v2/api-keys/{api_key_id}/refresh"), "no request was logged");
    assert_eq!(played.secrets.len(), 9);
    for key in &played.secrets {
        for part in [key.as_str(), secret(key)] {
            let shown = played.answers.iter().filter(|answer| answer.contains(part)).count();
            assert_eq!(shown, 1, "the secret was in {shown} answers");
            assert!(!log.contains(part), "the secret was logged");
            assert!(!dump.contains(part), "the secret was kept");
            for (name, bytes) in &files {
                assert!(!contains(bytes, part), "the secret is in {name}");
            }
        }
    }
}
