//! Hash chain of the audit log.
//!
//! - A record has a [`RecordMac`] of its own under the pepper, made when it is written: over its content and its place in the log. Nothing
//!   that somebody else puts into the log, or edits in it, has one. Only records with a genuine one are linked.
//! - A record's [`Link`] is SHA-256 over its content and the link before it. Whatever is edited, moved, added or left out changes every
//!   link from there on.
//! - A [`Seal`] is a MAC under the pepper over the link of the last record of a commit: who writes to the database and has no pepper
//!   can compute links and make no seal.
//! - The [`HeadSeal`] is a MAC over which seal is the last one: without it, a log whose end was cut off would look whole. It covers the
//!   [`DatabaseProof`] too, so that a database can't be taken back to a state in which its log was not sealed yet.
//!
//! Rule: a head that does not fit is never built upon. The chain then begins again in a new segment, and the break stays to be seen.

use hmac::Mac as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::database_proof::DatabaseProof;
use crate::id::AuditRecordId;
use crate::pepper::{PepperId, PepperRing};

const RECORD_CONTEXT: &[u8] = b"clv-audit-record-v1\0";
const BEGIN_CONTEXT: &[u8] = b"clv-audit-begin-v1\0";
const LINK_CONTEXT: &[u8] = b"clv-audit-link-v1\0";
const SEAL_CONTEXT: &[u8] = b"clv-audit-seal-v1\0";
/// Of heads that say nothing of their database: made by versions that made no proofs.
const UNBOUND_HEAD_CONTEXT: &[u8] = b"clv-audit-head-v1\0";
const HEAD_CONTEXT: &[u8] = b"clv-audit-head-v2\0";

/// A record as it is kept: every column, as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log.
    pub id: AuditRecordId,
    /// The number of the account.
    pub account: i64,
    /// When.
    pub at: Timestamp,
    /// The number of the user who did it; none if it was done on the host itself.
    pub actor: Option<i64>,
    /// The number of the key that it was done with.
    pub actor_key: Option<i64>,
    /// What was done.
    pub action: String,
    /// The kind of what it was done to.
    pub target_kind: String,
    /// The number of what it was done to.
    pub target_id: i64,
    /// Particulars: a JSON object.
    pub details: String,
    /// The id that the response carried.
    pub request_id: String,
    /// The address of the peer.
    pub source: Option<String>,
    /// What the client said it was.
    pub user_agent: Option<String>,
}

impl AuditEntry {
    /// Gives every column to `take`, in such a way that no two records give the same bytes.
    fn encode(&self, mut take: impl FnMut(&[u8])) {
        for number in [self.id.number(), self.account, self.at.as_microsecond(), self.target_id] {
            take(&number.to_be_bytes());
        }
        for number in [self.actor, self.actor_key] {
            take(&[u8::from(number.is_some())]);
            take(&number.unwrap_or(0).to_be_bytes());
        }
        let texts = [&self.action, &self.target_kind, &self.details, &self.request_id];
        let texts = texts.into_iter().map(Some);
        for text in texts.chain([self.source.as_ref(), self.user_agent.as_ref()]) {
            take(&[u8::from(text.is_some())]);
            let text = text.map(String::as_bytes).unwrap_or_default();
            take(&(text.len() as u64).to_be_bytes());
            take(text);
        }
    }
}

/// A MAC over one record and its place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordMac {
    /// The pepper it was made under.
    pub pepper: PepperId,
    /// The MAC.
    pub mac: [u8; 32],
}

/// What a record and all before it come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

/// The end of a run of records that were committed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Which chain: 0, and one more after every break.
    pub segment: i64,
    /// The last record that it covers.
    pub last: AuditRecordId,
    /// The link of that record.
    pub link: Link,
    /// The pepper it was made under.
    pub pepper: PepperId,
    /// The MAC.
    pub mac: [u8; 32],
}

impl Seal {
    /// How far the chain had come when it was sealed.
    pub fn head(&self) -> ChainHead {
        ChainHead { segment: self.segment, last: self.last, link: self.link }
    }
}

/// Which seal is the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadSeal {
    /// The segment of the last seal.
    pub segment: i64,
    /// The last record that is sealed; 0 if none is.
    pub last: AuditRecordId,
    /// The pepper it was made under.
    pub pepper: PepperId,
    /// The MAC.
    pub mac: [u8; 32],
}

/// How far the chain has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The segment.
    pub segment: i64,
    /// The last record in it.
    pub last: AuditRecordId,
    /// The link of that record.
    pub link: Link,
}

impl ChainHead {
    /// Where the first segment begins.
    pub fn start() -> Self {
        Self::of_segment(0, AuditRecordId::UNASSIGNED)
    }

    /// Whether no record has been linked into the segment yet.
    pub fn is_start(self) -> bool {
        self == Self::of_segment(self.segment, self.last)
    }

    /// The head of a segment that begins after this record.
    pub fn of_segment(segment: i64, after: AuditRecordId) -> Self {
        let digest = Sha256::new()
            .chain_update(BEGIN_CONTEXT)
            .chain_update(segment.to_be_bytes())
            .chain_update(after.number().to_be_bytes())
            .finalize();
        Self { segment, last: after, link: Link(digest.into()) }
    }

    /// The head with one more record.
    #[must_use]
    pub fn then(self, entry: &AuditEntry) -> Self {
        Self { last: entry.id, link: self.link.then(entry), ..self }
    }
}

impl Link {
    /// The link of the record that comes after.
    #[must_use]
    pub fn then(self, entry: &AuditEntry) -> Self {
        let mut hash = Sha256::new().chain_update(LINK_CONTEXT).chain_update(self.0);
        entry.encode(|bytes| hash.update(bytes));
        Self(hash.finalize().into())
    }
}

/// Makes the MACs of records, seals and heads, and tells whether kept ones are its own.
#[derive(Clone, Debug)]
pub struct AuditSealer {
    peppers: PepperRing,
    /// The MAC of the database's proof; none for a database of a version that made no proofs.
    database: Option<[u8; 32]>,
}

impl AuditSealer {
    /// A sealer under these peppers, for the database of this proof.
    pub fn new(peppers: PepperRing, database: &DatabaseProof) -> Self {
        Self { peppers, database: Some(database.mac) }
    }

    /// A sealer for a database of a version that made no proofs.
    pub fn without_proof(peppers: PepperRing) -> Self {
        Self { peppers, database: None }
    }

    /// The peppers that it seals under.
    pub fn peppers(&self) -> &PepperRing {
        &self.peppers
    }

    /// The MAC of a record that is being written.
    pub fn sign(&self, entry: &AuditEntry) -> RecordMac {
        let pepper = self.peppers.primary();
        RecordMac { pepper, mac: self.record_mac(pepper, entry).unwrap_or_default() }
    }

    /// Whether the record is one that was written with these peppers, in this place of the log.
    pub fn wrote(&self, entry: &AuditEntry, kept: &RecordMac) -> bool {
        self.record_mac(kept.pepper, entry).is_some_and(|mac| mac.ct_eq(&kept.mac).into())
    }

    /// The seal over everything up to here.
    pub fn seal(&self, head: ChainHead) -> Seal {
        let pepper = self.peppers.primary();
        let mac = self.seal_mac(pepper, head).unwrap_or_default();
        Seal { segment: head.segment, last: head.last, link: head.link, pepper, mac }
    }

    /// The head that says that this is the end.
    pub fn head_seal(&self, head: ChainHead) -> HeadSeal {
        let pepper = self.peppers.primary();
        let mac = self.head_mac(pepper, head).unwrap_or_default();
        HeadSeal { segment: head.segment, last: head.last, pepper, mac }
    }

    /// Whether the seal was made by a sealer of these peppers.
    pub fn made_seal(&self, seal: &Seal) -> bool {
        self.seal_mac(seal.pepper, seal.head()).is_some_and(|mac| mac.ct_eq(&seal.mac).into())
    }

    /// Whether the head was made by a sealer of these peppers, for a chain that ends here.
    pub fn made_head_seal(&self, kept: &HeadSeal, head: ChainHead) -> bool {
        let fits = kept.segment == head.segment && kept.last == head.last;
        fits && self.head_mac(kept.pepper, head).is_some_and(|mac| mac.ct_eq(&kept.mac).into())
    }

    fn record_mac(&self, pepper: PepperId, entry: &AuditEntry) -> Option<[u8; 32]> {
        let mut mac = self.peppers.mac(pepper)?;
        mac.update(RECORD_CONTEXT);
        entry.encode(|bytes| mac.update(bytes));
        Some(mac.finalize().into_bytes().into())
    }

    fn seal_mac(&self, pepper: PepperId, head: ChainHead) -> Option<[u8; 32]> {
        self.mac(&[SEAL_CONTEXT], pepper, head)
    }

    fn head_mac(&self, pepper: PepperId, head: ChainHead) -> Option<[u8; 32]> {
        match &self.database {
            Some(database) => self.mac(&[HEAD_CONTEXT, database], pepper, head),
            None => self.mac(&[UNBOUND_HEAD_CONTEXT], pepper, head),
        }
    }

    fn mac(&self, context: &[&[u8]], pepper: PepperId, head: ChainHead) -> Option<[u8; 32]> {
        let mut mac = self.peppers.mac(pepper)?;
        for part in context {
            mac.update(part);
        }
        mac.update(&head.segment.to_be_bytes());
        mac.update(&head.last.number().to_be_bytes());
        mac.update(&head.link.0);
        Some(mac.finalize().into_bytes().into())
    }
}
