//! The steps that a schema is made by: forward only, each once, in the order of their numbers.
//!
//! Rule: a step that has been released is never edited. Its checksum is kept, and a database made by other steps does not open.

use sha2::{Digest as _, Sha256};

use crate::open_error::OpenError;

/// All steps of a kind of database: their numbers and their statements.
pub(crate) struct Steps(pub &'static [(i64, &'static str)]);

/// One step.
pub(crate) struct Step {
    pub version: i64,
    pub text: &'static str,
}

impl Step {
    pub(crate) fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.text).into()
    }
}

impl Steps {
    /// The last one.
    pub(crate) const fn newest(&self) -> i64 {
        match self.0 {
            [.., (version, _)] => *version,
            [] => 0,
        }
    }

    /// Those behind one, up to another.
    pub(crate) fn between(&self, after: i64, until: i64) -> impl Iterator<Item = Step> {
        let all = self.0.iter().map(|(version, text)| Step { version: *version, text });
        all.filter(move |step| step.version > after && step.version <= until)
    }

    /// A digest of all up to one.
    pub(crate) fn digest(&self, version: i64) -> [u8; 32] {
        let mut digest = Sha256::new();
        for step in self.between(0, version) {
            digest.update(step.version.to_be_bytes());
            digest.update(step.checksum());
        }
        digest.finalize().into()
    }

    /// The last step that a database has seen, from the numbers and checksums that it keeps: it has seen every step before it, in this
    /// version's words, and nothing else.
    pub(crate) fn found(&self, kept: Vec<(i64, Vec<u8>)>) -> Result<i64, OpenError> {
        let found = kept.last().map_or(0, |(version, _)| *version);
        if found > self.newest() {
            return Err(OpenError::Newer { found, known: self.newest() });
        }
        let mut kept = kept.into_iter();
        for step in self.between(0, found) {
            if kept.next() != Some((step.version, step.checksum().to_vec())) {
                return Err(OpenError::Edited(step.version));
            }
        }
        match (kept.next(), found) {
            (Some((version, _)), _) => Err(OpenError::Edited(version)),
            (None, 0) => Err(OpenError::NotFounded),
            (None, found) => Ok(found),
        }
    }
}
