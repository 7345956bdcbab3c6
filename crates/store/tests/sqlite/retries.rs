//! Transactions that are tried again.

use std::sync::Arc;

use claviger_store::conformance::retries::{FAILED_TRIES, Interruptions, play_every_operation};
use claviger_store::{Authenticate, CallError, Faults, StoreError};

use super::{DatabaseDir, found};

/// Whichever statements of whichever operations are interrupted, and however often: the rows, the audit and what was counted are the
/// same as without.
#[tokio::test]
async fn an_interrupted_transaction_comes_to_the_same_end() {
    let undisturbed = play_every_operation(&DatabaseDir::new().create()).await;
    let mut first = 1;
    loop {
        let place = DatabaseDir::new();
        let store = place.create();
        let interruptions = Arc::new(Interruptions::from(first));
        store.set_faults(Arc::clone(&interruptions) as Arc<dyn Faults>);
        assert_eq!(play_every_operation(&store).await, undisturbed, "from statement {first} on");
        first += FAILED_TRIES;
        if first > interruptions.most_statements() {
            break;
        }
    }
    assert!(first > 2 * FAILED_TRIES, "{first} statements are few");
}

/// Fails every statement.
#[derive(Debug)]
struct Always;

impl Faults for Always {
    fn before(&self, _: &'static str) -> Result<(), StoreError> {
        Ok(())
    }

    fn at_statement(&self) -> Result<(), StoreError> {
        Err(StoreError::Serialization)
    }
}

/// A store gives up some time, and says so.
#[tokio::test]
async fn a_transaction_is_not_tried_for_ever() {
    let place = DatabaseDir::new();
    let store = place.create();
    let request = found(&store).await;
    store.set_faults(Arc::new(Always));
    let refused = store.execute(request, Authenticate).await;
    assert!(matches!(refused, Err(CallError::Store(StoreError::Serialization))), "{refused:?}");
}
