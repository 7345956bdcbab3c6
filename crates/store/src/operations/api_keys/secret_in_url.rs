//! Keys in URLs.
//!
//! Nobody is named as the actor: a URL is no credential, and its author need not be the key's owner. For the same reason it does not
//! count as a use of the key.

use claviger_domain::{Action, Caller, KeyText, Target, decide};
use serde_json::json;

use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::operations::audit_logs::Actor;
use crate::transaction::{Driver, Transaction};

/// That a key was in a URL. It is written to the audit log at most once an hour for each key, if the key works; the next record counts
/// those that were left out.
#[derive(Clone, Debug)]
pub struct NoteSecretInUrl {
    /// The key.
    pub key: KeyText,
}

impl NoteSecretInUrl {
    async fn owner<D: Driver>(&self, tx: &mut Transaction<'_, D>) -> CallResult<Caller> {
        let found = tx.find_by_handle(self.key.handle).await?;
        Ok(decide::authenticate(&tx.authority().keyring, &self.key, found, tx.now())?)
    }
}

impl Operation for NoteSecretInUrl {
    type Output = ();
    const NAME: &'static str = "note_secret_in_url";
    const KIND: Kind = Kind::Write;
    const PEEKS: bool = true;

    /// Keys that are made up or recorded already cost the writer nothing.
    async fn peek<D: Driver>(&self, tx: &mut Transaction<'_, D>) -> CallResult<Option<()>> {
        let owner = self.owner(tx).await?;
        let authority = tx.authority();
        let is_due = authority.exposures.allows(&owner.key.id, authority.clock.uptime());
        Ok((!is_due).then_some(()))
    }

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<()> {
        let owner = self.owner(tx).await?;
        let (id, authority) = (owner.key.id, tx.authority());
        let Some(left_out) = authority.exposures.admit(id, authority.clock.uptime()) else {
            return Ok(());
        };
        tx.execution.on_end(|effects| effects.counted_exposure = Some(id));
        let details = if left_out > 0 { json!({ "left_out_before": left_out }) } else { json!({}) };
        let actor = Actor::nobody(owner.account.id);
        tx.audit(actor, Action::SecretInUrl, Target::ApiKey(id), details).await
    }
}
