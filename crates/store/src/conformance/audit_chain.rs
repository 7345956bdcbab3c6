//! Audit chain: the log verifies, and every manipulation is detected.

use claviger_domain::{AuditFault, AuditNote, AuditRecordId, AuditVerdict};

use super::fixture::{Fixture, now, refusal};
use crate::CreateUserKey;
use crate::Store;

/// What is wrong with the log. Of the schema nothing is said: these tests take its guards away.
async fn faults(store: &Store) -> Vec<AuditFault> {
    let mut faults = store.verify_audit(None).await.unwrap().faults;
    faults.retain(|fault| !matches!(fault, AuditFault::Schema(_)));
    faults
}

/// Ten records after the two foundings.
async fn ten_records(fixture: &Fixture<'_>) -> AuditVerdict {
    for name in 0..10 {
        fixture.create("member", &name.to_string()).await.unwrap();
    }
    fixture.store.verify_audit(None).await.unwrap()
}

/// The log is what was written, however it came about; and what was noted of it earlier still holds.
pub async fn audit_chain_verifies(store: &Store) {
    assert_eq!(store.verify_audit(None).await.unwrap().records, 0);
    assert_eq!(faults(store).await, []);
    let fixture = Fixture::found(store).await;
    let earlier = ten_records(&fixture).await;
    assert_eq!((earlier.records, earlier.fault_count), (12, 0));
    let (id, link) = earlier.tip;
    // What is refused in between leaves no gap.
    let past = CreateUserKey { expires_at: Some(now()), ..fixture.user_key("past") };
    refusal(store.execute(fixture.call("member"), past).await);
    ten_records(&fixture).await;
    let later = store.verify_audit(Some(AuditNote { id, link })).await.unwrap();
    assert_eq!((later.records, later.fault_count), (22, 0));
    let other = AuditNote { id: AuditRecordId::new(3), link };
    let verdict = store.verify_audit(Some(other)).await.unwrap();
    assert_eq!(verdict.faults, [AuditFault::NotAsNoted(other.id)]);
}

/// The application itself cannot change or delete what was written down.
pub async fn audit_is_append_only(store: &Store) {
    let fixture = Fixture::found(store).await;
    ten_records(&fixture).await;
    for statement in [
        "UPDATE audit_records SET action = 'x' WHERE id = 5",
        "DELETE FROM audit_records WHERE id = 5",
        "DELETE FROM audit_records",
        "INSERT INTO audit_records SELECT 0, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details,
            request_id, source, user_agent, pepper, mac FROM audit_records WHERE id = 5",
        "UPDATE audit_seals SET mac = link",
        "DELETE FROM audit_seals",
        "DELETE FROM audit_head",
    ] {
        store.tamper(statement).await.unwrap_err();
    }
    assert_eq!(faults(store).await, []);
}

/// Edits of the fifth record: each is found at it.
const EDITS: &[&str] = &[
    "UPDATE audit_records SET at = at + 1 WHERE id = 5",
    "UPDATE audit_records SET account_id = 2 WHERE id = 5",
    "UPDATE audit_records SET actor_id = 1 WHERE id = 5",
    "UPDATE audit_records SET actor_id = NULL WHERE id = 5",
    "UPDATE audit_records SET actor_key_id = 0 WHERE id = 5",
    "UPDATE audit_records SET action = 'api_key.refresh' WHERE id = 5",
    "UPDATE audit_records SET target_kind = 'user' WHERE id = 5",
    "UPDATE audit_records SET target_id = 1 WHERE id = 5",
    "UPDATE audit_records SET details = '{ }' WHERE id = 5",
    "UPDATE audit_records SET request_id = '' WHERE id = 5",
    "UPDATE audit_records SET source = NULL WHERE id = 5",
    "UPDATE audit_records SET user_agent = '' WHERE id = 5",
    "UPDATE audit_records SET pepper = 2 WHERE id = 5",
    "UPDATE audit_records SET mac = (SELECT mac FROM audit_records WHERE id = 6) WHERE id = 5",
];
const DELETE: &str = "DELETE FROM audit_records WHERE id = 5";

/// A record that is not Claviger's, put in at the end.
const ADD: &str = "INSERT INTO audit_records
    SELECT 13, account_id, at, actor_id, actor_key_id, action, target_kind, target_id, details, request_id, source, user_agent,
        pepper, mac
    FROM audit_records WHERE id = 12";
const CUT: [&str; 2] =
    ["DELETE FROM audit_records WHERE id > 10", "DELETE FROM audit_seals WHERE last_id > 10"];

fn one(id: i64) -> AuditRecordId {
    AuditRecordId::new(id)
}

fn forged(id: i64) -> AuditFault {
    AuditFault::ForgedRecord(one(id))
}

fn altered(from: i64, to: i64) -> AuditFault {
    AuditFault::Altered { from: one(from), to: one(to) }
}

/// What write access to the database can do to a log of twelve records, and what is then detected.
fn tamperings() -> Vec<(Vec<&'static str>, Vec<AuditFault>)> {
    let mut found: Vec<_> = EDITS.iter().map(|edit| (vec![*edit], vec![forged(5)])).collect();
    found.extend([
        (vec![DELETE], vec![altered(5, 5)]),
        (vec!["DELETE FROM audit_records WHERE id = 1"], vec![altered(1, 1)]),
        (vec!["DELETE FROM audit_records WHERE id = 12"], vec![altered(12, 12)]),
        // Gone with its seal: the next seal is over another past.
        (vec![DELETE, "DELETE FROM audit_seals WHERE last_id = 5"], vec![altered(5, 6)]),
        // Two records in each other's place.
        (
            vec![
                "UPDATE audit_records SET id = 100 WHERE id = 5",
                "UPDATE audit_records SET id = 5 WHERE id = 6",
                "UPDATE audit_records SET id = 6 WHERE id = 100",
            ],
            vec![forged(5), forged(6)],
        ),
        (vec![ADD], vec![forged(13)]),
        // The end cut off: with the head as it was, and with one of the attacker's own.
        (CUT.to_vec(), vec![AuditFault::End(one(12))]),
        (
            vec![CUT[0], CUT[1], "UPDATE audit_head SET last_id = 10"],
            vec![AuditFault::End(one(10))],
        ),
        (
            vec!["DELETE FROM audit_records", "DELETE FROM audit_seals"],
            vec![AuditFault::End(one(12))],
        ),
        // A seal that belongs elsewhere.
        (
            vec![
                "DELETE FROM audit_seals WHERE last_id = 5",
                "INSERT INTO audit_seals SELECT segment, 5, link, pepper, mac FROM seals WHERE last_id = 6",
            ],
            vec![AuditFault::ForgedSeal(one(5))],
        ),
    ]);
    found
}

/// Tampering is detected even if the triggers are removed first.
pub async fn audit_tamper_detected(store: &Store) {
    let fixture = Fixture::found(store).await;
    ten_records(&fixture).await;
    for trigger in ["audit_records_stay", "audit_records_are_not_changed", "audit_seals_stay"] {
        store.tamper(&["DROP TRIGGER ", trigger].concat()).await.unwrap();
    }
    store.tamper("CREATE TABLE records AS SELECT * FROM audit_records").await.unwrap();
    store.tamper("CREATE TABLE seals AS SELECT * FROM audit_seals").await.unwrap();
    for (statements, expected) in tamperings() {
        for statement in &statements {
            assert_ne!(store.tamper(statement).await.unwrap(), 0, "{statement}");
        }
        assert_eq!(faults(store).await, expected, "{statements:?}");
        for statement in [
            "DELETE FROM audit_records",
            "DELETE FROM audit_seals",
            "INSERT INTO audit_records SELECT * FROM records",
            "INSERT INTO audit_seals SELECT * FROM seals",
            "UPDATE audit_head SET last_id = 12",
        ] {
            store.tamper(statement).await.unwrap();
        }
        assert_eq!(faults(store).await, []);
    }
}

/// What is put in behind the server's back is not covered by what it writes next, though it has the MAC of a genuine record.
pub async fn audit_added_beside_the_server(store: &Store) {
    let fixture = Fixture::found(store).await;
    ten_records(&fixture).await;
    store.tamper(ADD).await.unwrap();
    fixture.create("member", "next").await.unwrap();
    assert_eq!(faults(store).await, [forged(13), AuditFault::Break(one(14))]);
}
