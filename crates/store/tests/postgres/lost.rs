//! Connections that are lost: what was answered is so, and what was not answered is said not to be known.

use claviger_store::{CallError, StoreError};
use claviger_test_postgres::Cluster;

use super::proxy::{Cut, Proxy};
use super::{clock, create, found, new_key, options, ring};

/// A connection is cut at each of the messages that it takes to make a key, before and behind it. A key that was answered is there once,
/// with its record; one that was not is not there, or comes to be there by the repetition that nobody sees.
#[tokio::test]
async fn a_lost_connection_loses_no_answer_and_makes_nothing_twice() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let direct = create(&url).await;
    let request = found(&direct).await;
    let proxy = Proxy::before(cluster.directory());
    let url = Cluster::url_by(proxy.directory(), url.rsplit('/').next().unwrap());
    let store = options(&url).open(ring(1), clock()).await.unwrap();
    let count = |text: &'static str| {
        let direct = &direct;
        async move { direct.query(text).await.unwrap()[0][0].parse::<u64>().unwrap() }
    };
    let keys = || count("SELECT count(*) FROM api_keys");
    let records = || count("SELECT count(*) FROM audit_records WHERE action = 'api_key.create'");
    let (mut seed, mut lost, mut cuts) = (1_000, 0, 0);
    for place in [Cut::Before, Cut::Behind] {
        for at in 1.. {
            seed += 1;
            let before = (keys().await, records().await);
            proxy.cut(at, place);
            let made = match store.execute(request.clone(), new_key(&store, seed)).await {
                Ok(_) => 1,
                Err(CallError::Store(StoreError::Unavailable(_))) => 0,
                Err(other) => panic!("{place:?} message {at}: {other:?}"),
            };
            let after = (keys().await, records().await);
            assert_eq!(after, (before.0 + made, before.1 + made), "{place:?} message {at}");
            if !proxy.has_cut() {
                break;
            }
            cuts += 1;
            lost += 1 - made;
        }
    }
    assert!(cuts > 20, "only {cuts} messages");
    assert!(lost < cuts, "no commit was ever looked up");
}

/// While the database is away, callers are told to come back. When it is there again, so is the store.
#[tokio::test]
async fn a_database_that_is_away_comes_back() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    let direct = create(&url).await;
    let request = found(&direct).await;
    let proxy = Proxy::before(cluster.directory());
    let url = Cluster::url_by(proxy.directory(), url.rsplit('/').next().unwrap());
    let store = options(&url).open(ring(1), clock()).await.unwrap();
    store.execute(request.clone(), claviger_store::Authenticate).await.unwrap();
    let socket = proxy.directory().join(".s.PGSQL.5432");
    let aside = socket.with_extension("aside");
    std::fs::rename(&socket, &aside).unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    cluster.sql(url.rsplit('/').next().unwrap(), end);
    let away = store.execute(request.clone(), claviger_store::Authenticate).await;
    assert!(matches!(away, Err(CallError::Store(StoreError::Unavailable(_)))), "{away:?}");
    std::fs::rename(&aside, &socket).unwrap();
    store.execute(request, claviger_store::Authenticate).await.unwrap();
}
