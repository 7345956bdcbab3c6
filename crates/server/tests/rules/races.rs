//! What happens at the same moment: many calls on several threads, over one database, a hundred rounds and more of each.
//!
//! Rule: a round is judged by what was written, in the order in which it was committed; nothing waits for time to pass.

use std::sync::Arc;

use claviger_testkit::{TestResponse, TestServer};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::acts::{
    authenticates, create, from_now, make_service_key, make_user_key, number, refresh,
    refresh_path, revoke, revoke_path, service_key, text, user_key,
};
use crate::edits;

pub(crate) const ROUNDS: usize = 100;

/// A request by the holder of a key.
#[derive(Clone)]
pub(crate) struct Ask {
    key: String,
    method: &'static str,
    path: String,
    body: Value,
}

impl Ask {
    pub(crate) fn new(
        key: &str,
        method: &'static str,
        path: impl Into<String>,
        body: Value,
    ) -> Self {
        Self { key: key.to_owned(), method, path: path.into(), body }
    }
}

/// Sends all requests at once, each from a task of its own, and answers the answers in the order of the requests.
pub(crate) async fn at_once(server: &Arc<TestServer>, asks: Vec<Ask>) -> Vec<TestResponse> {
    let start = Arc::new(Barrier::new(asks.len()));
    let mut tasks = JoinSet::new();
    for (place, ask) in asks.into_iter().enumerate() {
        let (server, start) = (Arc::clone(server), Arc::clone(&start));
        tasks.spawn(async move {
            start.wait().await;
            let Ask { key, method, path, body } = ask;
            (place, server.call_with(&key, method, &path, body, &[]).await)
        });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

pub(crate) fn count(answers: &[TestResponse], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// One number that the database knows.
pub(crate) fn ask_database(server: &TestServer, sql: &str, id: i64) -> i64 {
    server.database().query_row(sql, [id], |row| row.get(0)).unwrap()
}

const SUCCESSORS: &str = "SELECT count(*) FROM api_keys WHERE replaces_key_id = ?1";
const REVOCATIONS: &str = "
    SELECT count(*) FROM audit_records
    WHERE action = 'api_key.revoke' AND target_kind = 'api_key' AND target_id = ?1";

/// Of 64 refreshes of one key, one wins; with a grace and without one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_concurrent_refresh_single_winner() {
    let server = Arc::new(TestServer::start().await);
    for round in 0..ROUNDS {
        let grace = if round % 2 == 0 { 0 } else { 300 };
        let old = if round % 4 < 2 {
            make_user_key(&server, "member").await
        } else {
            make_service_key(&server, "member").await
        };
        // The expiry is one that the old key's grace allows too: what refuses the others is that there is a successor.
        let body = json!({ "grace_period_seconds": grace, "expires_at": from_now(&server, 200) });
        let path = refresh_path(text(&old, "id"));
        let keys = [server.world.key("member"), server.world.key("admin")];
        let asks = (0..64).map(|n| Ask::new(keys[n % 2], "POST", &path, body.clone()));
        let answers = at_once(&server, asks.collect()).await;

        assert_eq!((count(&answers, 200), count(&answers, 422)), (1, 63), "round {round}");
        assert_eq!(ask_database(&server, SUCCESSORS, number(text(&old, "id"))), 1);
        let new = answers.iter().find(|answer| answer.status == 200).unwrap().json(200);
        assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
        let old_works = authenticates(&server, text(&old, "key")).await;
        assert_eq!(old_works, if grace == 0 { 401 } else { 200 });
        assert_eq!(revoke(&server, "admin", text(&old, "id")).await.status, 204);
        assert_eq!(revoke(&server, "admin", text(&new, "id")).await.status, 204);
    }
}

/// The revocation wins, or the refresh does; never is a key that was revoked replaced afterwards, and the old one is dead in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_refresh_vs_revoke() {
    const AFTER_REVOCATION: &str = "
        SELECT count(*) FROM audit_records a JOIN audit_records b ON b.id > a.id
        WHERE a.action = 'api_key.revoke' AND a.target_id = ?1
          AND b.action = 'api_key.refresh' AND b.details ->> 'replaces' = ?1";
    let server = Arc::new(TestServer::start().await);
    let (mut refreshed, mut refused) = (0, 0);
    for round in 0..2 * ROUNDS {
        let old = make_user_key(&server, "member").await;
        let (id, own) = (text(&old, "id"), text(&old, "key"));
        let grace = json!({ "grace_period_seconds": if round % 2 == 0 { 0 } else { 300 } });
        // The key itself may be the one that asks: then it may be too late to prove it.
        let by_itself = round % 4 < 2;
        let asker = if by_itself { own } else { server.world.key("member") };
        let renew = Ask::new(asker, "POST", refresh_path(id), grace);
        let end = Ask::new(server.world.key("admin"), "PUT", revoke_path(id), Value::Null);
        let renew_first = round % 8 < 4;
        let asks = if renew_first { vec![renew, end] } else { vec![end, renew] };
        let answers = at_once(&server, asks).await;

        let (new, ended) =
            (&answers[usize::from(!renew_first)], &answers[usize::from(renew_first)]);
        assert_eq!(ended.status, 204);
        assert_eq!(authenticates(&server, own).await, 401, "round {round}");
        assert_eq!(ask_database(&server, AFTER_REVOCATION, number(id)), 0, "round {round}");
        if new.status == 200 {
            refreshed += 1;
            let new = new.json(200);
            assert_eq!(authenticates(&server, text(&new, "key")).await, 200);
            assert_eq!(revoke(&server, "admin", text(&new, "id")).await.status, 204);
        } else {
            refused += 1;
            assert_eq!(new.status, if by_itself { 401 } else { 422 }, "{}", new.text);
            assert_eq!(ask_database(&server, SUCCESSORS, number(id)), 0);
        }
    }
    assert_eq!(refreshed + refused, 2 * ROUNDS);
}

/// A thousand revocations of one key are all answered, and are one transition with one record.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_thousand_revokes_one_transition() {
    let server = Arc::new(TestServer::start().await);
    for round in 0..=ROUNDS {
        let key = make_user_key(&server, "member").await;
        let id = text(&key, "id");
        let asks = if round == 0 { 1_000 } else { 50 };
        let keys = [server.world.key("member"), server.world.key("admin")];
        let asks = (0..asks).map(|n| match n % 4 {
            0 | 1 => Ask::new(keys[n % 2], "PUT", revoke_path(id), Value::Null),
            _ => Ask::new(keys[n % 2], "DELETE", format!("/v2/api-keys/{id}"), Value::Null),
        });
        let asks: Vec<Ask> = asks.collect();
        let (wanted, before) = (asks.len(), server.dump().await);
        let answers = at_once(&server, asks).await;
        assert_eq!(count(&answers, 204), wanted, "round {round}");
        assert_eq!(ask_database(&server, REVOCATIONS, number(id)), 1);
        let changes = crate::rows::changes(&before, &server.dump().await);
        assert_eq!(
            changes.summary(|_| "one".to_owned()).lines().collect::<Vec<_>>(),
            ["+ audit_records one", "~ api_keys one: revoked_at, status", "~ users one: user_keys",]
        );
    }
}

/// A person is demoted while they make service keys. What is committed after the demotion is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_demote_vs_create() {
    let server = Arc::new(TestServer::start().await);
    let mut made = 0;
    for round in 0..ROUNDS {
        edits::organization_role(&server, "member", "O1", "member");
        edits::space_role(&server, "member", "S1", "member");
        let body = service_key(&server, &[("O1", &["S1"])]);
        let asks = (0..16)
            .map(|_| Ask::new(server.world.key("member"), "POST", "/v2/api-keys", body.clone()));
        let demotion = {
            let server = Arc::clone(&server);
            tokio::task::spawn_blocking(move || demote(&server))
        };
        let answers = at_once(&server, asks.collect()).await;
        let last_before = demotion.await.unwrap();

        assert_eq!(count(&answers, 201) + count(&answers, 403), 16, "round {round}");
        made += count(&answers, 201);
        let after = "SELECT count(*) FROM api_keys WHERE id > ?1";
        assert_eq!(ask_database(&server, after, last_before), 0, "round {round}");
        let late = create(&server, "member", body).await;
        assert_eq!(late.status, 403, "{}", late.text);
    }
    assert!(made > 0, "no key was ever made before the demotion: this shows nothing");
}

/// Demotes `member` in one transaction, and answers the newest key at that moment.
fn demote(server: &TestServer) -> i64 {
    let user = edits::user(server, "member");
    let database = server.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let newest = database.query_row("SELECT max(id) FROM api_keys", [], |row| row.get(0)).unwrap();
    for table in ["organization_members", "space_members"] {
        let sql = format!("UPDATE {table} SET role = 'read_only' WHERE user_id = ?1");
        assert_eq!(database.execute(&sql, [user]).unwrap(), 1);
    }
    database.execute_batch("COMMIT").unwrap();
    newest
}

/// A key is revoked while it mints. After the revocation is committed it has minted nothing, and after it was answered it is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn race_revoked_key_cannot_mint() {
    const ACTS_AFTER: &str = "
        SELECT count(*) FROM audit_records a JOIN audit_records b ON b.id > a.id
        WHERE a.action = 'api_key.revoke' AND a.target_id = ?1 AND b.actor_key_id = ?1";
    let server = Arc::new(TestServer::start().await);
    let mut minted = 0;
    for round in 0..ROUNDS {
        let thief = make_user_key(&server, "member").await;
        let (id, key) = (text(&thief, "id"), text(&thief, "key"));
        let prey = make_user_key(&server, "member").await;
        let service = service_key(&server, &[("O1", &["S1"])]);
        let mut asks: Vec<Ask> = (0..5)
            .flat_map(|_| [user_key(), service.clone()])
            .map(|body| Ask::new(key, "POST", "/v2/api-keys", body))
            .collect();
        asks.push(Ask::new(key, "POST", refresh_path(text(&prey, "id")), Value::Null));
        let end = Ask::new(server.world.key("admin"), "PUT", revoke_path(id), Value::Null);
        let place = round % (asks.len() + 1);
        asks.insert(place, end);
        let answers = at_once(&server, asks).await;

        assert_eq!(answers[place].status, 204);
        for (n, answer) in answers.iter().enumerate().filter(|(n, _)| *n != place) {
            assert!([200, 201, 401].contains(&answer.status), "{n}: {}", answer.text);
        }
        minted += answers.len() - 1 - count(&answers, 401);
        assert_eq!(ask_database(&server, ACTS_AFTER, number(id)), 0, "round {round}");
        let late = server.call_with(key, "POST", "/v2/api-keys", user_key(), &[]).await;
        assert_eq!(late.status, 401);
        for answer in answers.iter().filter(|answer| [200, 201].contains(&answer.status)) {
            let made: Value = serde_json::from_str(&answer.text).unwrap();
            assert_eq!(revoke(&server, "admin", text(&made, "id")).await.status, 204);
        }
        let replaced = refresh(&server, "member", text(&prey, "id"), Value::Null).await;
        assert!([200, 422].contains(&replaced.status), "{}", replaced.text);
    }
    assert!(minted > 0, "nothing was ever minted before the revocation: this shows nothing");
}
