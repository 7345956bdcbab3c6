//! Verifies an audit log against its seals.
//!
//! Rule: what one tampering hides is not hidden from the next run: checking goes on behind a fault, from the next seal that is genuine.

use crate::audit_chain::{AuditEntry, AuditSealer, ChainHead, Head, Link, Seal};
use crate::id::{ApiKeyId, AuditRecordId};

/// How many faults are told apart; beyond it they are counted.
const MAX_FAULTS: usize = 20;

/// Something about the log, or the database that it is in, that Claviger did not write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// The records from one to another are not those that were sealed: edited, moved, added to, or some are missing.
    #[error("records {} to {} are not what was written: edited, moved, added to or removed", .from, .to)]
    Altered {
        /// The first record that may be at fault.
        from: AuditRecordId,
        /// The last one.
        to: AuditRecordId,
    },
    /// A seal was not made with the pepper.
    #[error("the seal over record {0} was made by somebody else")]
    ForgedSeal(AuditRecordId),
    /// There are records behind the last seal.
    #[error("record {0} and what comes after it were added by somebody else")]
    Unsealed(AuditRecordId),
    /// The log does not end where it ended.
    #[error(
        "the end of the log is missing or was replaced: it does not end with record {0} as it should"
    )]
    End(AuditRecordId),
    /// The server found the end of the log missing or replaced when it started, and began a new chain.
    #[error("the log was found broken before record {0} was written")]
    Break(AuditRecordId),
    /// The record that was noted down earlier is another one now, or is gone.
    #[error("record {0} is not the one that was noted down: the log was replaced or cut off")]
    NotAsNoted(AuditRecordId),
    /// There is a record with a number that Claviger gives to none.
    #[error("record {0} was added by somebody else: records are numbered from 1 on")]
    Planted(AuditRecordId),
    /// A record holds something that no version of Claviger writes.
    #[error("record {0} cannot be read")]
    Unreadable(AuditRecordId),
    /// The proof of the database is missing, or was not made with the pepper for this database.
    #[error(
        "the database is not proven to be the one that was made with this pepper: its installation, the steps of its schema or its \
         proof were changed"
    )]
    Unproven,
    /// A table, index, trigger or view is not the one of this version.
    #[error("the schema of the database was changed: {0}")]
    Schema(String),
    /// The file contradicts itself: an index and its table, or a reference that leads nowhere.
    #[error("the database contradicts itself: {0}")]
    Inconsistent(String),
    /// A key works although the log says that it was revoked.
    #[error("the key with the number {0} works, although the log says that it was revoked")]
    Revived(ApiKeyId),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// How many records there are.
    pub records: u64,
    /// The last record and its link: to be noted down elsewhere, and compared with the log later.
    pub tip: (AuditRecordId, Link),
    /// What is wrong; at most twenty.
    pub faults: Vec<AuditFault>,
    /// How many faults there are.
    pub fault_count: u64,
}

/// A record and its link, as an earlier verdict gave them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// The record.
    pub id: AuditRecordId,
    /// Its link.
    pub link: Link,
}

/// A check under way. Records and seals come in the order of their ids.
#[derive(Debug)]
pub struct AuditCheck<'a> {
    sealer: &'a AuditSealer,
    note: Option<AuditNote>,
    noted: bool,
    tip: ChainHead,
    /// Where the last seal was.
    sealed: ChainHead,
    verdict: AuditVerdict,
}

impl<'a> AuditCheck<'a> {
    /// Begins a check. `note` is what an earlier one said of some record.
    pub fn new(sealer: &'a AuditSealer, note: Option<AuditNote>) -> Self {
        let start = ChainHead::of_segment(0, AuditRecordId::UNASSIGNED);
        Self {
            sealer,
            note,
            noted: note.is_none(),
            tip: start,
            sealed: start,
            verdict: AuditVerdict {
                records: 0,
                tip: (start.last, start.link),
                faults: Vec::new(),
                fault_count: 0,
            },
        }
    }

    /// Takes the next record.
    pub fn record(&mut self, entry: &AuditEntry) {
        if entry.id.number() < 1 {
            return self.fault(AuditFault::Planted(entry.id));
        }
        self.tip = self.tip.then(entry);
        self.verdict.records += 1;
        if self.note == Some(AuditNote { id: entry.id, link: self.tip.link }) {
            self.noted = true;
        }
    }

    /// Takes a seal, behind the last record that it covers.
    pub fn seal(&mut self, seal: &Seal) {
        let from = AuditRecordId::new(self.sealed.last.number() + 1);
        let sealed = ChainHead { segment: seal.segment, last: seal.last, link: seal.link };
        if !self.sealer.made_seal(seal) {
            return self.fault(AuditFault::ForgedSeal(seal.last));
        }
        if seal.segment != self.sealed.segment {
            if self.tip.last > self.sealed.last {
                self.fault(AuditFault::Unsealed(from));
            }
            self.fault(AuditFault::Break(AuditRecordId::new(seal.last.number() + 1)));
        } else if self.tip != sealed {
            self.fault(AuditFault::Altered { from, to: seal.last });
        }
        // Behind a fault, a genuine seal is where the rest is counted from.
        self.tip = sealed;
        self.sealed = sealed;
    }

    /// Ends the check.
    pub fn end(mut self, head: Option<&Head>) -> AuditVerdict {
        if self.tip.last > self.sealed.last {
            self.fault(AuditFault::Unsealed(AuditRecordId::new(self.sealed.last.number() + 1)));
        }
        if !head.is_some_and(|head| self.sealer.made_head(head, self.sealed)) {
            let last = head.map_or(self.sealed.last, |head| head.last);
            self.fault(AuditFault::End(last));
        }
        if let Some(note) = self.note.filter(|_| !self.noted) {
            self.fault(AuditFault::NotAsNoted(note.id));
        }
        self.verdict.tip = (self.tip.last, self.tip.link);
        self.verdict
    }

    /// Takes something that was found beside the records and seals.
    pub fn fault(&mut self, fault: AuditFault) {
        self.verdict.fault_count += 1;
        if self.verdict.faults.len() < MAX_FAULTS {
            self.verdict.faults.push(fault);
        }
    }
}
