//! Limits on how often: minting and other changes, per user; failing to authenticate, per address; letters, per recipient and per account.
//!
//! All are token buckets in memory, so that a restart fills them. A valid key is never throttled for what others do from the same address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use claviger_domain::{AccountId, Clock, Refusal, SignInPurpose, UserId};
use claviger_store::Quota;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota as Rate, RateLimiter};
use jiff::SignedDuration;

use crate::front::network;

/// Above this many buckets, the full ones are let go.
const MOST_BUCKETS: usize = 50_000;

/// The uptime of the injected clock, as the limiter reads it: it goes on when the wall clock stands still or jumps.
#[derive(Clone, Debug)]
struct Ticks(Arc<dyn Clock>);

impl GovernorClock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(u64::try_from(self.0.uptime().as_nanos()).unwrap_or(0))
    }
}

/// Who may do what how often: what the store asks inside a transaction.
#[derive(Debug)]
pub(crate) struct Quotas {
    pub changes: ChangeThrottle,
    pub letters: LetterThrottle,
}

impl Quota for Quotas {
    fn admit(&self, user: UserId) -> Result<(), Refusal> {
        self.changes.admit(user)
    }

    fn admit_change(&self, user: UserId) -> Result<(), Refusal> {
        self.changes.admit_change(user)
    }

    fn admit_letter(
        &self,
        account: AccountId,
        purpose: SignInPurpose,
        address: &str,
    ) -> Result<(), Refusal> {
        let admitted = self.letters.admit(account, Some(purpose), address);
        admitted.map_err(|wait| Refusal::TooManyLetters { retry_after: whole_seconds(wait) })
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Nanos>>;

fn limiter<K: std::hash::Hash + Eq + Clone>(per_minute: u32, ticks: &Ticks) -> Option<Limiter<K>> {
    Some(limiter_at(Rate::per_minute(NonZeroU32::new(per_minute)?), ticks))
}

fn hourly<K: std::hash::Hash + Eq + Clone>(per_hour: u32, ticks: &Ticks) -> Option<Limiter<K>> {
    Some(limiter_at(Rate::per_hour(NonZeroU32::new(per_hour)?), ticks))
}

fn limiter_at<K: std::hash::Hash + Eq + Clone>(rate: Rate, ticks: &Ticks) -> Limiter<K> {
    RateLimiter::new(rate, DashMapStateStore::default(), ticks.clone())
}

/// Counts one, or says how long to wait.
fn admit<K: std::hash::Hash + Eq + Clone>(
    limiter: &Limiter<K>,
    ticks: &Ticks,
    key: &K,
) -> Result<(), Duration> {
    if limiter.len() > MOST_BUCKETS {
        limiter.retain_recent();
    }
    let now = ticks.now();
    limiter.check_key(key).map_err(|early| early.wait_time_from(now))
}

/// How often one user may mint keys, and how much one may change. A missing limiter limits nothing.
#[derive(Debug)]
pub(crate) struct ChangeThrottle {
    mints: Option<Limiter<UserId>>,
    changes: Option<Limiter<UserId>>,
    ticks: Ticks,
}

impl ChangeThrottle {
    pub(crate) fn new(mints: u32, changes: u32, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        Self { mints: limiter(mints, &ticks), changes: limiter(changes, &ticks), ticks }
    }

    fn count(&self, limiter: Option<&Limiter<UserId>>, user: UserId) -> Result<(), Refusal> {
        let Some(limiter) = limiter else { return Ok(()) };
        admit(limiter, &self.ticks, &user)
            .map_err(|wait| Refusal::TooMany { retry_after: whole_seconds(wait) })
    }
}

impl ChangeThrottle {
    fn admit(&self, user: UserId) -> Result<(), Refusal> {
        self.count(self.mints.as_ref(), user)
    }

    fn admit_change(&self, user: UserId) -> Result<(), Refusal> {
        self.count(self.changes.as_ref(), user)
    }
}

/// What a letter is for: a sign-in secret of this purpose, or a notice.
type LetterKind = Option<SignInPurpose>;

/// How many letters go out. Invitations, ways back in and notices are counted apart, so that none of them keeps another back.
#[derive(Debug)]
pub(crate) struct LetterThrottle {
    recipients: Option<Limiter<(LetterKind, String)>>,
    accounts: Option<Limiter<(LetterKind, AccountId)>>,
    ticks: Ticks,
}

impl LetterThrottle {
    pub(crate) fn new(per_recipient: u32, per_account: u32, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        let (recipients, accounts) = (hourly(per_recipient, &ticks), hourly(per_account, &ticks));
        Self { recipients, accounts, ticks }
    }

    /// Counts a letter to an address, or says how long to wait. Notices count for their recipient alone: in an account, nobody uses up
    /// what is to tell others.
    pub(crate) fn admit(
        &self,
        account: AccountId,
        kind: LetterKind,
        address: &str,
    ) -> Result<(), Duration> {
        if let Some(recipients) = &self.recipients {
            admit(recipients, &self.ticks, &(kind, address.to_lowercase()))?;
        }
        match (&self.accounts, kind) {
            (Some(accounts), Some(_)) => admit(accounts, &self.ticks, &(kind, account)),
            _ => Ok(()),
        }
    }
}

/// How often one address may present keys that do not authenticate.
#[derive(Debug)]
pub(crate) struct FailureThrottle {
    limiter: Limiter<IpAddr>,
    ticks: Ticks,
}

impl FailureThrottle {
    pub(crate) fn new(per_minute: u32, clock: Arc<dyn Clock>) -> Option<Self> {
        let ticks = Ticks(clock);
        Some(Self { limiter: limiter(per_minute, &ticks)?, ticks })
    }

    /// Counts a failure; above the limit, says how long to wait.
    pub(crate) fn failed(&self, source: IpAddr) -> Result<(), SignedDuration> {
        admit(&self.limiter, &self.ticks, &network(source)).map_err(whole_seconds)
    }
}

/// `Retry-After` counts whole seconds (RFC 9110 §10.2.3): rounded up, so that coming back then succeeds.
fn whole_seconds(wait: Duration) -> SignedDuration {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    SignedDuration::from_secs(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX))
}
