//! A log that was changed while the server was stopped, or while it ran, is not built upon.

use claviger_domain::{AuditFault, AuditRecordId};
use claviger_store::ListAuditRecords;

use super::tampering::without_guards;
use super::{DatabaseDir, create, found};

/// Tampers with a closed database, and says what a check finds after it was opened and written to again.
async fn faults_after(statements: &str) -> Vec<AuditFault> {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    for name in ["one", "two"] {
        create(&store, &call, name).await;
    }
    store.close().await;
    drop(store);
    if !statements.is_empty() {
        without_guards(&place.database(), statements);
    }
    let store = place.open().unwrap();
    create(&store, &call, "three").await;
    let faults = store.verify_audit(None).await.unwrap().faults;
    // A break stays to be seen, also after the next start.
    store.close().await;
    drop(store);
    let store = place.open().unwrap();
    create(&store, &call, "four").await;
    assert_eq!(store.verify_audit(None).await.unwrap().faults, faults);
    store.close().await;
    faults
}

#[tokio::test]
async fn a_log_that_is_not_as_it_was_left_is_not_built_upon() {
    let id = AuditRecordId::new;
    assert_eq!(faults_after("").await, []);
    let cut = "DELETE FROM audit_records WHERE id = 3; DELETE FROM audit_seals WHERE last_id = 3";
    assert_eq!(faults_after(cut).await, [AuditFault::Break(id(4))]);
    let own_head = [cut, "UPDATE audit_head SET last_id = 2"].join(";");
    assert_eq!(faults_after(&own_head).await, [AuditFault::Break(id(3))]);
    assert_eq!(faults_after("DELETE FROM audit_head").await, [AuditFault::Break(id(4))]);
    assert_eq!(
        faults_after(FORGED).await,
        [AuditFault::ForgedRecord(id(4)), AuditFault::Break(id(5))]
    );
}

/// A record behind the third.
const FORGED: &str = "INSERT INTO audit_records SELECT 4, account_id, at, actor_id, actor_key_id, 'forged', target_kind, target_id,
    details, request_id, source, user_agent, pepper, mac FROM audit_records WHERE id = 3";

/// What is added while the server runs is shown by no list, before and after the next change (fault R4).
#[tokio::test]
async fn records_added_beside_the_server_are_not_listed() {
    let place = DatabaseDir::new();
    let store = place.create();
    let call = found(&store).await;
    for name in ["one", "two"] {
        create(&store, &call, name).await;
    }
    let zero = FORGED.replace("SELECT 4", "SELECT 0");
    let connection = place.connection();
    connection.pragma_update(None, "ignore_check_constraints", true).unwrap();
    connection.execute_batch(FORGED).unwrap();
    connection.execute_batch(&zero).unwrap();
    let everything = ListAuditRecords {
        from: None,
        to: None,
        user: None,
        actions: vec![],
        of_changes: true,
        after: None,
        limit: 100,
    };
    for (listed, next) in [(&[3, 2, 1][..], "three"), (&[6, 5, 3, 2, 1], "four")] {
        let page = store.execute(call.clone(), everything.clone()).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|entry| entry.id.number()).collect();
        assert_eq!(ids, listed);
        create(&store, &call, next).await;
    }
    let id = AuditRecordId::new;
    assert_eq!(
        store.verify_audit(None).await.unwrap().faults,
        [AuditFault::Planted(id(0)), AuditFault::ForgedRecord(id(4)), AuditFault::Break(id(5))]
    );
    store.close().await;
}
