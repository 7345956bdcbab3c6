//! Writes and reads audit records.

use claviger_domain::{
    AccountId, Action, ApiKeyId, AuditEntry, AuditRecord, AuditRecordId, Caller, Refusal, Target,
    User, UserId, decide,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::authenticate;
use super::page::{self, After, Page};
use super::shares::{self, Origin};
use crate::CallResult;
use crate::operation::{Kind, Operation};
use crate::tables::AuditPage;
use crate::transaction::{Driver, Transaction};

/// How far back a list goes if nobody says (docs/contract/audit-logs.md).
const DEFAULT_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who did what is written to the audit log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Actor {
    account: AccountId,
    user: Option<UserId>,
    key: Option<ApiKeyId>,
    /// Whose changes are counted, if this one is.
    counted: Option<Origin>,
}

impl Actor {
    /// Nobody who is known: the host, or somebody who showed no credential.
    pub(super) fn nobody(account: AccountId) -> Self {
        Self { account, user: None, key: None, counted: None }
    }

    /// A person, who used no key.
    pub(super) fn user(user: &User) -> Self {
        Self { account: user.account, user: Some(user.id), key: None, counted: None }
    }

    /// A caller whose change is not counted if it only takes rights away.
    pub(super) fn taking_away(caller: &Caller, takes_away: bool) -> Self {
        let actor = Self::from(caller);
        Self { counted: actor.counted.filter(|_| !takes_away), ..actor }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self {
            account: caller.account.id,
            user: Some(caller.user.id),
            key: Some(caller.key.id),
            counted: Some(caller.into()),
        }
    }
}

impl<D: Driver> Transaction<'_, D> {
    /// Writes to the audit log what was done and by whom, and counts it: who makes a caller do too much is refused, and with the record all
    /// else is undone.
    pub(super) async fn audit(
        &mut self,
        actor: impl Into<Actor> + Send,
        action: Action,
        target: Target,
        details: Value,
    ) -> CallResult<()> {
        let Actor { account, user, key, counted } = actor.into();
        if let (true, Some(origin)) = (is_counted(action), counted) {
            shares::admit_change(self, account, origin).await?;
        }
        let record = AuditRecord {
            at: self.now().at,
            account,
            actor: user,
            actor_key: key,
            action,
            target,
            details,
            context: self.request().context.clone(),
        };
        self.insert_audit_record(&record).await?;
        Ok(())
    }
}

/// Whether a change takes from its caller's share. Minting has a share of its own, refusals are bounded by [`RecordLimit`], and nothing may
/// come between somebody and the end of a key, a right or a thing: there are no more ends than beginnings, and those are counted.
///
/// [`RecordLimit`]: crate::authority::RecordLimit
fn is_counted(action: Action) -> bool {
    !matches!(
        action,
        Action::ApiKeyCreate
            | Action::ServiceKeyCreate
            | Action::ApiKeyRefresh
            | Action::ApiKeyRevoke
            | Action::ApiKeyRevokeAll
            | Action::ChangeRefuse
            | Action::OrganizationDelete
            | Action::OrganizationMemberRemove
            | Action::ProjectDelete
            | Action::ProjectRestrict
            | Action::RoleBindingDelete
            | Action::RoleDelete
            | Action::SpaceDelete
            | Action::SpaceMemberRemove
            | Action::UserDelete
    )
}

/// How many revoked keys a record names; it counts all.
const MAX_NAMED: usize = 100;

/// Adds to the details of a record which keys the change revoked: all are counted in the member `count`, and the oldest are named. A key
/// that has a record of its own, as its target or as what a new key `replaces`, is not named again.
pub(super) fn note_revoked(details: &mut Value, count: &str, keys: &[ApiKeyId]) {
    let mut named: Vec<_> = keys.iter().map(|id| id.number()).collect();
    named.sort_unstable();
    named.truncate(MAX_NAMED);
    details[count] = keys.len().into();
    details["revoked_keys"] = named.into();
}

/// Which records to list.
#[derive(Clone, Debug)]
pub struct ListAuditRecords {
    /// Not before this instant; thirty days before the end if it is not said.
    pub from: Option<Timestamp>,
    /// Not after this instant; now if it is not said.
    pub to: Option<Timestamp>,
    /// Done by this user.
    pub user: Option<UserId>,
    /// With one of these actions, by name: up to twenty. With any if there is none.
    pub actions: Vec<String>,
    /// Changes alone are written down: a list of anything else is empty.
    pub of_changes: bool,
    /// Those before this one in the order of the list.
    pub after: Option<After<AuditRecordId>>,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListAuditRecords {
    type Output = Page<AuditEntry>;
    const NAME: &'static str = "list_audit_records";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Page<AuditEntry>> {
        let now = tx.now();

        let caller = authenticate::caller(tx).await?;
        decide::read_audit(&caller)?;
        let account = caller.account.id;
        let to = self.to.unwrap_or(now.latest);
        let from =
            self.from.unwrap_or_else(|| to.checked_sub(DEFAULT_SPAN).unwrap_or(Timestamp::MIN));
        if from > to && self.to.is_some() {
            return Err(Refusal::invalid("start_time", "it must not be after `end_time`").into());
        }
        let before = match page::place(&caller, self.after)? {
            // Records stay: one that a cursor came from is there.
            Some(id) => (tx.audit_record_time(account, id).await?.unwrap_or(from), id),
            None => (to, AuditRecordId::new(i64::MAX)),
        };
        let wanted = AuditPage {
            account,
            from,
            before,
            actor: self.user,
            actions: self.actions,
            limit: self.limit + 1,
        };
        let found = if self.of_changes { tx.audit_records(&wanted).await? } else { Vec::new() };
        Ok(page::cut(&caller, found, self.limit))
    }
}
