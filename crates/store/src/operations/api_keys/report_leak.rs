//! Reports of leaked keys.
//!
//! Rules: nobody is named as the actor, since a report is not the owner's doing, and it does not count as a use of the key. A report
//! revokes all keys of the line: a thief may have refreshed it. A key without a live one in its line is recorded once.

use claviger_domain::{Action, ApiKey, KeyText, Target, User, decide};
use serde_json::json;

use super::revoke;
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::{Actor, note_revoked};
use crate::transaction::{Driver, Transaction};

/// Who says that a key has leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// Somebody who holds it.
    Holder,
    /// GitHub's secret scanning.
    Github,
}

/// What came of a report.
#[derive(Clone, Debug)]
pub enum Leak {
    /// The key or others of its line were not revoked, and are.
    Revoked {
        /// The key.
        key: Box<ApiKey>,
        /// Who made it.
        creator: Option<User>,
    },
    /// All keys of its line were revoked before: that it was found is recorded.
    Recorded {
        /// The key.
        key: Box<ApiKey>,
        /// Who made it.
        creator: Option<User>,
    },
    /// The same, and recorded before: nothing was written.
    DeadBefore,
    /// There is no such key: nothing was written.
    Unknown,
}

impl Reporter {
    /// The name that is kept.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Github => "github",
        }
    }
}

/// That a key has leaked. All keys of its line are revoked. The secret is the reporter's proof.
#[derive(Clone, Debug)]
pub struct ReportLeak {
    /// The key that was found.
    pub key: KeyText,
    /// Who says so.
    pub reporter: Reporter,
    /// Where it was found. It holds no secret.
    pub url: Option<String>,
}

impl ReportLeak {
    /// The key, dead or alive. Nothing is written.
    async fn found<D: Driver>(&self, tx: &mut Transaction<'_, D>) -> CallResult<Option<ApiKey>> {
        let found = tx.find_by_handle(self.key.handle).await?;
        Ok(decide::leaked_key(&tx.authority().keyring, &self.key, found))
    }
}

impl Operation for ReportLeak {
    type Output = Leak;
    const NAME: &'static str = "report_leak";
    const KIND: Kind = Kind::Write;
    const PEEKS: bool = true;

    /// Nothing is written of what is made up, and nothing twice of what is dead.
    async fn peek<D: Driver>(&self, tx: &mut Transaction<'_, D>) -> CallResult<Option<Leak>> {
        let Some(key) = self.found(tx).await? else {
            return Ok(Some(Leak::Unknown));
        };
        let is_over = tx.unrevoked_line(key.account, key.id).await?.is_empty()
            && tx.is_leak_recorded(key.account, key.id).await?;
        Ok(is_over.then_some(Leak::DeadBefore))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Leak> {
        let at = tx.now().at;
        let Some(key) = self.found(tx).await? else {
            return Ok(Leak::Unknown);
        };
        let ended = tx.unrevoked_line(key.account, key.id).await?;
        if ended.is_empty() && tx.is_leak_recorded(key.account, key.id).await? {
            return Ok(Leak::DeadBefore);
        }
        for one in &ended {
            revoke::end(tx, one, at).await?;
        }
        let mut details = json!({ "reported_by": self.reporter.name(), "url": self.url });
        let others = ended.iter().map(|one| one.id).filter(|id| *id != key.id);
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            note_revoked(&mut details, "revoked_in_line", &others);
        }
        let target = Target::ApiKey(key.id);
        tx.audit(Actor::nobody(key.account), Action::ApiKeyLeak, target, details).await?;
        let creator = tx.user(key.account, key.created_by).await?;
        let key = Box::new(ApiKey { revoked_at: key.revoked_at.or(Some(at)), ..key });
        Ok(if ended.is_empty() {
            Leak::Recorded { key, creator }
        } else {
            Leak::Revoked { key, creator }
        })
    }
}
