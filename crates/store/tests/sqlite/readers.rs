//! What reads wait for, and what they never wait for.

use std::sync::Arc;
use std::sync::mpsc::channel;

use claviger_store::Authenticate;

use super::{DatabaseDir, found};

/// While every thread that reads for users is at work, keys are proven and the store says that it is ready (fault R10).
#[tokio::test(flavor = "multi_thread")]
async fn lists_hold_up_neither_proofs_nor_readiness() {
    let place = DatabaseDir::new();
    let store = Arc::new(place.create());
    let call = found(&store).await;
    let (begun, held) = channel();
    let mut gates = Vec::new();
    let mut reads = Vec::new();
    for _ in 0..2 {
        let (gate, closed) = channel();
        let (store, begun) = (Arc::clone(&store), begun.clone());
        reads.push(tokio::spawn(async move { store.hold_reader(begun, closed).await }));
        gates.push(gate);
        held.recv().unwrap();
    }
    store.execute(call, Authenticate).await.unwrap();
    store.ready().await.unwrap();
    drop(gates);
    for read in reads {
        read.await.unwrap().unwrap();
    }
}
