//! How many round trips to the server each operation takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use claviger_store::conformance::retries::play_every_operation;
use claviger_store::{Faults, StoreError};
use claviger_test_postgres::Cluster;

use super::proxy::Proxy;
use super::{clock, create, options, ring};

/// Notes how many round trips were made from the start of each operation to that of the next one.
struct Noted {
    round_trips: Box<dyn Fn() -> i64 + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<(&'static str, i64)>,
    /// The fewest of each: between some operations, the suite reads rows.
    fewest: BTreeMap<&'static str, i64>,
}

impl std::fmt::Debug for Noted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Noted")
    }
}

impl Faults for Noted {
    fn before(&self, operation: &'static str) -> Result<(), StoreError> {
        let now = (self.round_trips)();
        let mut state = self.state.lock().unwrap();
        if let Some((name, before)) = state.current.replace((operation, now)) {
            let fewest = state.fewest.entry(name).or_insert(i64::MAX);
            *fewest = (now - before).min(*fewest);
        }
        Ok(())
    }
}

/// Every operation takes a number of round trips that is known. With the network in between, they are what it takes to answer; and what a
/// change makes between its first and its last one, others wait for.
#[tokio::test]
async fn every_operation_takes_a_known_number_of_round_trips() {
    let cluster = Cluster::shared();
    let url = cluster.database();
    create(&url).await.close().await;
    let proxy = Proxy::before(cluster.directory());
    let url = Cluster::url_by(proxy.directory(), url.rsplit('/').next().unwrap());
    let store = options(&url).open(ring(1), clock()).await.unwrap();
    let noted =
        Arc::new(Noted { round_trips: Box::new(proxy.round_trips()), state: Mutex::default() });
    store.set_faults(Arc::clone(&noted) as Arc<dyn Faults>);
    play_every_operation(&store).await;
    let mut table = String::new();
    let state = noted.state.lock().unwrap();
    for (name, trips) in &state.fewest {
        assert!((1..=80).contains(trips), "{name} takes {trips} round trips");
        writeln!(table, "{name}: {trips}").unwrap();
    }
    insta::assert_snapshot!(table);
}
