//! Requests to the store: credential, client address, and state during execution.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use claviger_domain::{
    AccountId, ApiKeyId, KeyText, Refusal, RequestContext, SignInPurpose, UserId,
};
use jiff::Timestamp;

use crate::authority::Authority;

/// What a request shows of who sends it. It is proven inside the transaction.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An API key.
    ApiKey(KeyText),
    /// A secret that lets a person in once.
    SignInSecret(KeyText),
    /// The command line of the machine that the database is on.
    Host,
    /// Nothing: for operations that anybody may ask for.
    None,
}

/// Who asks, and from where. When is not known before the transaction starts.
#[derive(Clone, Debug)]
pub struct Request {
    /// What shows who asks.
    pub credential: Credential,
    /// Where the request came from, for the audit.
    pub context: RequestContext,
    /// What limits the minting of keys, if anything.
    pub quota: Option<Arc<dyn Quota>>,
}

impl Request {
    /// A request with an API key that nothing else is known of.
    pub fn with_key(key: KeyText) -> Self {
        Self::with(Credential::ApiKey(key))
    }

    /// A request of the host's own.
    pub fn host() -> Self {
        Self::with(Credential::Host)
    }

    /// A request of somebody who shows no credential.
    pub fn anonymous(context: RequestContext) -> Self {
        Self { context, ..Self::with(Credential::None) }
    }

    /// The request with its secret taken for one that lets a person in.
    #[must_use]
    pub fn with_sign_in_secret(self) -> Self {
        let credential = match self.credential {
            Credential::ApiKey(text) => Credential::SignInSecret(text),
            other => other,
        };
        Self { credential, ..self }
    }

    fn with(credential: Credential) -> Self {
        Self { credential, context: RequestContext::default(), quota: None }
    }
}

/// Whose part of a limit it is: a person's own, or the one that all bots behind a person have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// The person, or who made the bot, at the end of the line.
    pub person: UserId,
    /// Whether it is the bots' and not the person's own.
    pub is_of_bots: bool,
}

/// Who sends a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The tenant.
    pub account: AccountId,
    /// Whose share it takes from.
    pub share: Share,
    /// Whether it is a person who administers the account.
    pub is_administrator: bool,
}

/// How often keys are minted, how much is changed, and how often letters go out, share by share. Asked inside the transaction, where it is
/// known who asks.
pub trait Quota: Send + Sync + std::fmt::Debug {
    /// Counts one more key, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit(&self, share: Share) -> Result<(), Refusal>;

    /// Counts one more change, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit_change(&self, share: Share) -> Result<(), Refusal>;

    /// Counts one more letter with a sign-in secret to this address, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit_letter(
        &self,
        sender: Sender,
        purpose: SignInPurpose,
        address: &str,
    ) -> Result<(), Refusal> {
        let _ = (sender, purpose, address);
        Ok(())
    }

    /// Admits the look-up of a key that this caller has verified, or refuses.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`] with the time to wait.
    fn admit_presented(&self, caller: ApiKeyId, presented: &KeyText) -> Result<(), Refusal> {
        let _ = (caller, presented);
        Ok(())
    }
}

/// A request that is carried out: what outlives one try of its transaction.
#[derive(Debug)]
pub(crate) struct Execution {
    pub request: Request,
    pub authority: Authority,
    counts: Mutex<Counts>,
    effects: Mutex<Effects>,
}

/// How often the quota was asked.
#[derive(Debug, Default)]
struct Counts {
    /// In this try.
    asked: u32,
    /// In all tries, as far as it granted it.
    granted: u32,
}

/// What is to happen once the transaction is over, however often it was tried.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// The keys that were used, and when: the caller's, and those that were verified.
    pub used: Vec<(ApiKeyId, Timestamp)>,
    /// A key whose appearance in a URL was counted. It is taken back if the record could not be written.
    pub counted_exposure: Option<ApiKeyId>,
}

impl Execution {
    pub(crate) fn new(request: Request, authority: Authority) -> Self {
        Self { request, authority, counts: Mutex::default(), effects: Mutex::default() }
    }

    /// Returns the address that the request comes from: for IPv6 its /64 network, all of which one client has.
    pub(crate) fn source(&self) -> Option<IpAddr> {
        let source = self.request.context.source?.to_canonical();
        Some(match source {
            IpAddr::V4(_) => source,
            IpAddr::V6(address) => Ipv6Addr::from(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }

    /// Asks the quota, if there is one. A transaction that is tried again asks for the same in the same order, and what an earlier try
    /// was granted is not counted again.
    pub(crate) fn admit(
        &self,
        ask: impl FnOnce(&dyn Quota) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Some(quota) = &self.request.quota else { return Ok(()) };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.asked == counts.granted {
            ask(&**quota)?;
            counts.granted += 1;
        }
        counts.asked += 1;
        Ok(())
    }

    /// Changes what is to happen afterwards.
    pub(crate) fn on_end(&self, change: impl FnOnce(&mut Effects)) {
        change(&mut self.effects.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Forgets what a try of the transaction wanted, and takes back what it had counted.
    pub(crate) fn undo(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).asked = 0;
        let effects = self.take_effects();
        if let Some(key) = effects.counted_exposure {
            self.authority.exposures.take_back(&key);
        }
    }

    /// Does what the transaction wanted, now that it is over and stands.
    pub(crate) fn apply(&self) {
        for (key, at) in self.take_effects().used {
            self.authority.uses.note(key, at);
        }
    }

    fn take_effects(&self) -> Effects {
        std::mem::take(&mut *self.effects.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
