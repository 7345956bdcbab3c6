//! Holding a log against its seals: what is named.

use claviger_domain::{
    AuditCheck, AuditEntry, AuditFault, AuditRecordId, AuditSealer, ChainHead, RecordMac,
};

use crate::fixtures::{now, peppers};

fn id(number: i64) -> AuditRecordId {
    AuditRecordId::new(number)
}

fn entry(number: i64) -> AuditEntry {
    AuditEntry {
        id: id(number),
        account: 1,
        at: now(),
        actor: Some(1),
        actor_key: None,
        action: "api_key.create".to_owned(),
        target_kind: "api_key".to_owned(),
        target_id: number,
        details: "{}".to_owned(),
        request_id: String::new(),
        source: None,
        user_agent: None,
    }
}

type Log = Vec<(AuditEntry, RecordMac)>;

/// What is named in a log of four records under one seal after something was done to it.
fn faults(change: impl FnOnce(&mut Log)) -> Vec<AuditFault> {
    let sealer = AuditSealer::without_proof(peppers());
    let mut log: Log = (1..=4).map(entry).map(|one| (one.clone(), sealer.sign(&one))).collect();
    let head = log.iter().fold(ChainHead::start(), |head, (entry, _)| head.then(entry));
    change(&mut log);
    let mut check = AuditCheck::new(&sealer, None);
    for (entry, mac) in &log {
        check.record(entry, mac);
    }
    check.seal(&sealer.seal(head));
    check.end(Some(&sealer.head_seal(head))).faults
}

/// A record that was edited is named, and none of those that were sealed together with it.
#[test]
fn the_single_record_at_fault_is_named() {
    assert_eq!(faults(|_| {}), []);
    let forged = |number| AuditFault::ForgedRecord(id(number));
    assert_eq!(faults(|log| log[1].0.target_id = 9), [forged(2)]);
    assert_eq!(faults(|log| log[1].1 = log[2].1), [forged(2)]);
    let swap = |log: &mut Log| {
        log.swap(1, 2);
        (log[1].0.id, log[2].0.id) = (id(2), id(3));
    };
    assert_eq!(faults(swap), [forged(2), forged(3)]);
    let copy = |log: &mut Log| log.push((AuditEntry { id: id(5), ..log[3].0.clone() }, log[3].1));
    assert_eq!(faults(copy)[0], forged(5));
}

/// Nothing of a record that is gone says which one it was; an edit beside it does not hide that.
#[test]
fn a_missing_record_is_named_by_its_seal() {
    let altered = AuditFault::Altered { from: id(1), to: id(4) };
    let remove = |log: &mut Log| drop(log.remove(2));
    assert_eq!(faults(remove), std::slice::from_ref(&altered));
    let both = |log: &mut Log| {
        log[0].0.account = 2;
        log.remove(2);
    };
    assert_eq!(faults(both), [AuditFault::ForgedRecord(id(1)), altered]);
}
