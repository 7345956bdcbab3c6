//! Verifies keys that are presented to others. Claviger's own operations authenticate by the same rules, in `authenticate`.
//!
//! Rule: everything about all keys of a request is read by a fixed number of statements. A key of another account is not found.

mod holders;
mod own;
mod places;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use claviger_domain::{ApiKeyId, Caller, KeyText, OrganizationId, Permission, ProjectId, SpaceId};
use claviger_verify::{Code, Expression, Facts, decide};

use self::holders::Holders;
pub use self::own::GetSelf;
use self::places::Places;
use super::authenticate;
use crate::CallResult;
use crate::error::{CallError, StoreError};
use crate::operation::{Kind, Operation};
use crate::transaction::{Driver, Transaction};

/// A key to verify, and what for.
#[derive(Clone, Debug)]
pub struct Question {
    /// The presented key; nothing if what was presented cannot be one.
    pub key: Option<KeyText>,
    /// What it must be permitted.
    pub permissions: Option<Expression<Permission>>,
    /// Where.
    pub scope: VerifyScope,
}

/// Where permissions are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VerifyScope {
    /// In the account as a whole.
    Account,
    /// In an organization.
    Organization(IdOrName<OrganizationId>),
    /// In a space.
    Space(IdOrName<SpaceId>),
    /// In a project.
    Project(IdOrName<ProjectId>),
}

/// What names a thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IdOrName<Id> {
    /// Its id.
    Id(Id),
    /// Its very name.
    Name(String),
}

/// What comes of one key.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What the caller is told: without the reason for a no if they may not know it.
    pub code: Code,
    /// The key and what it is permitted, if it is accepted.
    pub accepted: Option<Facts>,
    /// Whether the key works, whatever it is permitted; nothing if it was not looked up.
    pub is_accepted: Option<bool>,
}

/// What comes of all keys of a request.
#[derive(Debug)]
pub struct Verification<T> {
    /// The key of the caller.
    pub caller: ApiKeyId,
    /// What comes of what was asked, in the same order.
    pub answer: T,
}

/// Verifies one key.
#[derive(Clone, Debug)]
pub struct VerifyKey(pub Question);

impl Operation for VerifyKey {
    type Output = Verification<Verified>;
    const NAME: &'static str = "verify_key";
    const KIND: Kind = Kind::Proof;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Self::Output> {
        let Verification { caller, answer } = verify(tx, &[self.0]).await?;
        let answer = answer.into_iter().next().unwrap_or_else(|| {
            Err(StoreError::Contradiction("a question was not answered".into()).into())
        })?;
        Ok(Verification { caller, answer })
    }
}

/// Verifies many keys. What is wrong with one changes nothing for the others.
#[derive(Clone, Debug)]
pub struct VerifyKeys(pub Vec<Question>);

impl Operation for VerifyKeys {
    type Output = Verification<Vec<CallResult<Verified>>>;
    const NAME: &'static str = "verify_keys";
    const KIND: Kind = Kind::Read;

    async fn run<D: Driver>(self, tx: &mut Transaction<'_, D>) -> CallResult<Self::Output> {
        verify(tx, &self.0).await
    }
}

async fn verify<D: Driver>(
    tx: &mut Transaction<'_, D>,
    questions: &[Question],
) -> CallResult<Verification<Vec<CallResult<Verified>>>> {
    let now = tx.now();
    let (caller, access) = authenticate::caller_and_access(tx).await?;
    let scopes: Vec<_> = questions.iter().map(|question| &question.scope).collect();
    let places = Places::read(tx, caller.account.id, &scopes).await?;
    let mut found = HashMap::new();
    let mut asked = Vec::with_capacity(questions.len());
    for question in questions {
        // Once for each scope, which may be that of all questions: a name can be that of many places.
        let place = match found.entry(&question.scope) {
            Entry::Occupied(place) => place.into_mut(),
            Entry::Vacant(place) => place.insert(places.find(&access, &question.scope)),
        };
        let place = place.clone().map_err(CallError::from);
        asked.push(place.and_then(|place| Ok((place, to_look_up(tx, &caller, question)?))));
    }
    let handles = asked.iter().flatten().filter_map(|(_, key)| key.map(|key| key.handle));
    let holders = Holders::read(tx, caller.account.id, handles.collect()).await?;
    let mut answer = Vec::with_capacity(questions.len());
    for (question, asked) in questions.iter().zip(asked) {
        let verified = asked.and_then(|(place, key)| {
            let facts = match key {
                Some(key) => holders.facts(&tx.authority().keyring, key, &place)?,
                None => None,
            };
            let code = decide(facts.as_ref(), question.permissions.as_ref(), now);
            let may_know = access.may(Permission::KeyVerifyReason, place.scope());
            Ok(Verified {
                code: if may_know { code } else { code.without_reason() },
                is_accepted: key.map(|_| decide(facts.as_ref(), None, now).is_valid()),
                accepted: facts.filter(|_| code.is_valid()),
            })
        });
        if let Ok(Verified { accepted: Some(Facts { holder, .. }), .. }) = &verified {
            tx.execution.on_end(|effects| effects.used.push((holder.key.id, now.at)));
        }
        answer.push(verified);
    }
    Ok(Verification { caller: caller.key.id, answer })
}

/// The presented key, if it has to be looked up: one of another installation has not. Refuses where too many were unknown.
fn to_look_up<'q, D: Driver>(
    tx: &Transaction<'_, D>,
    caller: &Caller,
    question: &'q Question,
) -> CallResult<Option<&'q KeyText>> {
    let Some(key) = question.key.as_ref().filter(|key| tx.authority().keyring.is_own(key)) else {
        return Ok(None);
    };
    tx.execution.admit(|quota| quota.admit_presented(caller.key.id, key))?;
    Ok(Some(key))
}
