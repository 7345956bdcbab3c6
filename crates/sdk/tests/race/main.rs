//! 64 tasks share a client while the network fails in every way it can: no success that is none, nothing made twice, no call that
//! outlives its time-out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod proxy;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arize::api_keys::{ApiKey, CreateRequest, KeyStatus, ListRequest, RefreshRequest};
use arize::{Client, Config, Retries};
use claviger_testkit::TestServer;

use crate::proxy::{Chance, Proxy};

const TASKS: u64 = 64;
const ROUNDS: u64 = 12;
const TIME_OUT: Duration = Duration::from_millis(400);
/// A call that takes this long has forgotten its time-out; what is in between is a busy machine.
const FORGOTTEN: Duration = Duration::from_mins(10);

/// What one task saw.
#[derive(Default)]
struct Seen {
    /// Names of keys, and what came of making them.
    made: Vec<(String, Outcome)>,
    /// Ids of keys whose revocation was confirmed.
    revoked: Vec<String>,
    /// Secrets that were issued, by whether they were refreshed since.
    texts: Vec<(arize::Secret, bool)>,
    /// Calls that were answered or failed before their time was over. How many were not depends on how busy the machine is.
    calls: u64,
    successes: u64,
}

/// What is known of a key that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
    Made(String),
    NotMade,
    Unknown,
}

fn client(address: std::net::SocketAddr, key: &str) -> Client {
    Client::new(Config {
        api_key: key.into(),
        api_host: address.to_string().into(),
        api_scheme: "http".into(),
        timeout: TIME_OUT.into(),
        retries: Retries { max: 3, first_pause: Duration::from_millis(1), ..Retries::default() },
        ..Config::without_environment()
    })
    .unwrap()
}

async fn bounded<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(FORGOTTEN, call).await.expect("every time-out is honoured")
}

/// Makes keys, refreshes and revokes some, reads in between, and notes what it was told.
async fn work(client: Client, task: u64, space_id: String) -> Seen {
    let mut seen = Seen::default();
    let mut chance = Chance::new(task + 1);
    for round in 0..ROUNDS {
        let name = format!("race {task}/{round}");
        let request = CreateRequest::new(name.clone());
        let created = match bounded(client.api_keys().create(request)).await {
            Ok(created) => created,
            Err(error) => {
                seen.calls += u64::from(!error.is_timeout());
                let outcome =
                    if error.was_not_done() { Outcome::NotMade } else { Outcome::Unknown };
                seen.made.push((name, outcome));
                continue;
            }
        };
        seen.calls += 1;
        seen.successes += 1;
        assert_eq!(created.name, name, "the answer belongs to the question");
        seen.made.push((name.clone(), Outcome::Made(created.id.clone())));
        match chance.below(3) {
            0 => {
                let revoked = bounded(client.api_keys().revoke(&created.id)).await;
                if revoked.is_ok() {
                    seen.revoked.push(created.api_key.id);
                }
            }
            1 => {
                let request = RefreshRequest::new(&created.id).without_grace();
                match bounded(client.api_keys().refresh(request)).await {
                    Ok(refreshed) => {
                        assert_eq!(refreshed.name, name);
                        seen.texts.push((created.key, true));
                        seen.texts.push((refreshed.key, false));
                    }
                    Err(error) if error.was_not_done() => seen.texts.push((created.key, false)),
                    Err(_) => {}
                }
            }
            _ => seen.texts.push((created.key, false)),
        }
        match bounded(client.spaces().get("S1")).await {
            Ok(space) => {
                seen.calls += 1;
                seen.successes += 1;
                assert_eq!(space.id, space_id);
            }
            Err(error) => seen.calls += u64::from(!error.is_timeout()),
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn race_a_shared_client_on_a_failing_network() {
    let server = TestServer::start().await;
    // The world's own member may hold 1,000 keys; this one asks for fewer.
    let address = server.listen().await;
    let key = server.world.key("member").to_owned();
    let proxy = Proxy::start(address, 7).await;
    let shared = client(proxy.address, &key);
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| tokio::spawn(work(shared.clone(), task, server.world.id("S1").to_owned())))
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.unwrap());
    }
    proxy.report();
    let (calls, successes) =
        all.iter().fold((0, 0), |sum, seen| (sum.0 + seen.calls, sum.1 + seen.successes));
    assert!(successes * 4 >= calls, "the network fails, it is not gone: {successes} of {calls}");

    let direct = Client::new(Config {
        api_key: key.as_str().into(),
        api_host: address.to_string().into(),
        api_scheme: "http".into(),
        timeout: FORGOTTEN.into(),
        ..Config::without_environment()
    })
    .unwrap();
    let by_name = Arc::new(everything(&direct).await);
    for seen in all {
        check(&direct, &by_name, seen).await;
    }
}

/// All keys of the member, by name.
async fn everything(direct: &Client) -> HashMap<String, Vec<ApiKey>> {
    let mut by_name: HashMap<String, Vec<ApiKey>> = HashMap::new();
    for status in [KeyStatus::Active, KeyStatus::Revoked] {
        let request = ListRequest::new().status(status).limit(100);
        let keys: Vec<ApiKey> = direct.api_keys().list_all(request).collect().await.unwrap();
        for key in keys {
            by_name.entry(key.name.clone()).or_default().push(key);
        }
    }
    by_name
}

/// Holds what a task was told against what is there.
async fn check(direct: &Client, by_name: &HashMap<String, Vec<ApiKey>>, seen: Seen) {
    for (name, outcome) in seen.made {
        let keys = by_name.get(&name).map_or(&[][..], Vec::as_slice);
        // A refreshed key leaves two rows: the second was made by refreshing, not by making twice.
        match &outcome {
            Outcome::Made(id) => assert!(keys.iter().any(|key| &key.id == id), "{name}"),
            Outcome::NotMade => assert_eq!(keys.len(), 0, "{name} was not made"),
            Outcome::Unknown => assert!(keys.len() <= 1, "{name} was made twice"),
        }
        let fresh = keys.iter().filter(|key| key.status == KeyStatus::Active).count();
        assert!(fresh <= 1, "{name} is there twice");
        assert!(keys.len() <= 2, "{name}: one made, one refreshed");
    }
    for id in seen.revoked {
        let key = by_name.values().flatten().find(|key| key.id == id).unwrap();
        assert_eq!(key.status, KeyStatus::Revoked, "{id} was confirmed to be revoked");
    }
    for (text, was_refreshed) in seen.texts {
        let own = direct.with_key(text).unwrap();
        let works = own.api_keys().list(ListRequest::new().limit(1)).await;
        assert_eq!(works.is_ok(), !was_refreshed);
    }
}
