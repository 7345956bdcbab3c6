//! Verifies an audit log against its seals.
//!
//! Rule: what one tampering hides is not hidden from the next run: checking goes on behind a fault, from the next seal that is genuine.

use crate::audit_chain::{AuditEntry, AuditSealer, ChainHead, HeadSeal, Link, RecordMac, Seal};
use crate::id::{ApiKeyId, AuditRecordId};

/// How many faults are told apart; beyond it they are counted.
const MAX_FAULTS: usize = 20;

/// Something about the log, or the database that it is in, that Claviger did not write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// A record is not the one that was written in its place.
    #[error("record {0} is not what was written: edited, moved or added by somebody else")]
    ForgedRecord(AuditRecordId),
    /// The records from one to another are not all that were sealed together.
    #[error("records {} to {} are not all that was written: some are missing or were replaced", .from, .to)]
    Altered {
        /// The first record of those that were sealed together.
        from: AuditRecordId,
        /// The last one.
        to: AuditRecordId,
    },
    /// A seal was not made with the pepper.
    #[error("the seal over record {0} was made by somebody else")]
    ForgedSeal(AuditRecordId),
    /// There are genuine records that no seal covers: a seal was removed.
    #[error("record {0} and what comes after it are not sealed: their seal is missing")]
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
    /// How far the genuine records lead.
    head: ChainHead,
    /// Where the last seal was.
    sealed: ChainHead,
    run: Run,
    verdict: AuditVerdict,
}

/// The records since the last seal.
#[derive(Debug, Default)]
struct Run {
    count: i64,
    first_genuine: Option<AuditRecordId>,
    has_forged: bool,
}

impl<'a> AuditCheck<'a> {
    /// Begins a check. `note` is what an earlier one said of some record.
    pub fn new(sealer: &'a AuditSealer, note: Option<AuditNote>) -> Self {
        let start = ChainHead::start();
        Self {
            sealer,
            note,
            noted: note.is_none(),
            head: start,
            sealed: start,
            run: Run::default(),
            verdict: AuditVerdict {
                records: 0,
                tip: (start.last, start.link),
                faults: Vec::new(),
                fault_count: 0,
            },
        }
    }

    /// Takes the next record.
    pub fn record(&mut self, entry: &AuditEntry, mac: &RecordMac) {
        if entry.id.number() < 1 {
            return self.fault(AuditFault::Planted(entry.id));
        }
        self.verdict.records += 1;
        self.run.count += 1;
        if !self.sealer.wrote(entry, mac) {
            self.run.has_forged = true;
            return self.fault(AuditFault::ForgedRecord(entry.id));
        }
        self.run.first_genuine.get_or_insert(entry.id);
        self.head = self.head.then(entry);
        if self.note == Some(AuditNote { id: entry.id, link: self.head.link }) {
            self.noted = true;
        }
    }

    /// Takes a record that cannot be read.
    pub fn unreadable(&mut self, id: AuditRecordId) {
        self.run.count += 1;
        self.run.has_forged = true;
        self.fault(AuditFault::Unreadable(id));
    }

    /// Takes a seal, behind the last record that it covers.
    pub fn seal(&mut self, seal: &Seal) {
        if !self.sealer.made_seal(seal) {
            return self.fault(AuditFault::ForgedSeal(seal.last));
        }
        let (run, sealed) = (std::mem::take(&mut self.run), seal.head());
        if sealed.segment != self.sealed.segment {
            if let Some(first) = run.first_genuine {
                self.fault(AuditFault::Unsealed(first));
            }
            self.fault(AuditFault::Break(AuditRecordId::new(sealed.last.number() + 1)));
        } else if self.head != sealed {
            let from = self.sealed.last.number() + 1;
            // A forged record, which was named, accounts for it unless others are missing too.
            let is_complete = run.count == sealed.last.number() - self.sealed.last.number();
            if !(run.has_forged && is_complete) {
                self.fault(AuditFault::Altered { from: AuditRecordId::new(from), to: seal.last });
            }
        }
        // Behind a fault, a genuine seal is where the rest is counted from.
        self.head = sealed;
        self.sealed = sealed;
    }

    /// Ends the check.
    pub fn end(mut self, head: Option<&HeadSeal>) -> AuditVerdict {
        if let Some(first) = self.run.first_genuine {
            self.fault(AuditFault::Unsealed(first));
        }
        if !head.is_some_and(|head| self.sealer.made_head_seal(head, self.sealed)) {
            let last = head.map_or(self.sealed.last, |head| head.last);
            self.fault(AuditFault::End(last));
        }
        if let Some(note) = self.note.filter(|_| !self.noted) {
            self.fault(AuditFault::NotAsNoted(note.id));
        }
        self.verdict.tip = (self.head.last, self.head.link);
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
