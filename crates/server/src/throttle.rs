//! Limits on how often: minting and other changes, per share; letters, per recipient, sender and account. Failures to authenticate are in
//! `failures.rs`.
//!
//! All are token buckets in memory, so that a restart fills them.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claviger_domain::{AccountId, ApiKeyId, Clock, KeyText, RateLimit, Refusal, SignInPurpose};
use claviger_store::{Quota, Sender, Share};
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota as Rate, RateLimiter};
use jiff::SignedDuration;

use crate::middleware::failure_throttle::FailureThrottle;

/// The most buckets of one limit that each count one key alone.
const MAX_BUCKETS: usize = 50_000;
/// How many buckets the keys share that come when there are so many.
const SHARED_BUCKETS: u64 = 1_024;
/// How long after one search for full buckets the next begins, at the earliest.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(10);

/// The uptime of the injected clock, as the limiter reads it: it goes on when the wall clock stands still or jumps.
#[derive(Clone, Debug)]
pub(crate) struct Ticks(pub Arc<dyn Clock>);

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
    /// Keys that were verified and not accepted, by the key of who had them verified.
    pub unknown_keys: Option<FailureThrottle<ApiKeyId>>,
}

impl Quota for Quotas {
    fn admit(&self, share: Share) -> Result<(), Refusal> {
        self.changes.admit(share)
    }

    fn admit_change(&self, share: Share) -> Result<(), Refusal> {
        self.changes.admit_change(share)
    }

    fn admit_letter(
        &self,
        sender: Sender,
        purpose: SignInPurpose,
        address: &str,
    ) -> Result<(), Refusal> {
        let admitted = self.letters.admit(sender, purpose, address);
        admitted.map_err(|wait| too_many(RateLimit::Letters, wait))
    }

    fn admit_presented(&self, caller: ApiKeyId, presented: &KeyText) -> Result<(), Refusal> {
        let Some(throttle) = &self.unknown_keys else { return Ok(()) };
        let admitted =
            throttle.admit_from(&caller, Some(throttle.fingerprint_of(caller, presented)));
        let limit = RateLimit::UnknownKeys;
        admitted.map_err(|retry_after| Refusal::TooMany { limit, retry_after })
    }
}

impl Quotas {
    /// Notes whether a key that a caller has verified is accepted. Revoked and expired ones count like unknown ones, so that a limit does not
    /// tell which it is.
    pub(crate) fn note_presented(&self, caller: ApiKeyId, presented: &KeyText, is_accepted: bool) {
        let Some(throttle) = &self.unknown_keys else { return };
        let fingerprint = throttle.fingerprint_of(caller, presented);
        if is_accepted {
            throttle.worked(fingerprint);
        } else {
            throttle.forget(fingerprint);
            throttle.owe(caller);
        }
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Nanos>>;

/// What one bucket counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Bucket<K> {
    /// One key.
    Own(K),
    /// All keys with this remainder of their hash.
    Shared(u64),
}

/// A token bucket for each key. There are never more than [`MAX_BUCKETS`] and [`SHARED_BUCKETS`], whatever comes.
#[derive(Debug)]
pub(crate) struct Buckets<K: Clone + Eq + Hash> {
    limiter: Limiter<Bucket<K>>,
    /// Keyed at random, so that nobody chooses with whom they share.
    hasher: RandomState,
    /// The uptime in nanoseconds at the last search for full buckets, which are let go.
    swept: AtomicU64,
    ticks: Ticks,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// Buckets for so many a minute. Zero limits nothing: there are none.
    pub(crate) fn per_minute(count: u32, ticks: &Ticks) -> Option<Self> {
        Some(Self::at(Rate::per_minute(NonZeroU32::new(count)?), ticks))
    }

    /// Buckets for so many an hour. Zero limits nothing: there are none.
    fn per_hour(count: u32, ticks: &Ticks) -> Option<Self> {
        Some(Self::at(Rate::per_hour(NonZeroU32::new(count)?), ticks))
    }

    fn at(rate: Rate, ticks: &Ticks) -> Self {
        let limiter = RateLimiter::new(rate, DashMapStateStore::default(), ticks.clone());
        let (hasher, swept) = (RandomState::new(), AtomicU64::new(0));
        Self { limiter, hasher, swept, ticks: ticks.clone() }
    }

    /// Counts one, or says how long to wait.
    pub(crate) fn admit(&self, key: &K) -> Result<(), Duration> {
        let now = self.ticks.now();
        let bucket = if self.has_room(now) {
            Bucket::Own(key.clone())
        } else {
            Bucket::Shared(self.hasher.hash_one(key) % SHARED_BUCKETS)
        };
        self.limiter.check_key(&bucket).map_err(|early| early.wait_time_from(now))
    }

    /// Whether there can be one bucket more. Looking for full ones takes time, so it is not done for every key that finds no room.
    fn has_room(&self, now: Nanos) -> bool {
        if self.limiter.len() < MAX_BUCKETS {
            return true;
        }
        let (now, swept) = (now.as_u64(), self.swept.load(Ordering::Relaxed));
        let is_due = Duration::from_nanos(now.saturating_sub(swept)) >= BETWEEN_SWEEPS;
        let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
        if is_due && self.swept.compare_exchange(swept, now, success, failure).is_ok() {
            self.limiter.retain_recent();
        }
        self.limiter.len() < MAX_BUCKETS
    }
}

/// How often keys may be minted, and how much may be changed, share by share. A missing limiter limits nothing.
#[derive(Debug)]
pub(crate) struct ChangeThrottle {
    mints: Option<Buckets<Share>>,
    changes: Option<Buckets<Share>>,
}

impl ChangeThrottle {
    pub(crate) fn new(mints: u32, changes: u32, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        let (mints, changes) =
            (Buckets::per_minute(mints, &ticks), Buckets::per_minute(changes, &ticks));
        Self { mints, changes }
    }

    fn admit(&self, share: Share) -> Result<(), Refusal> {
        count(self.mints.as_ref(), RateLimit::Keys, share)
    }

    fn admit_change(&self, share: Share) -> Result<(), Refusal> {
        count(self.changes.as_ref(), RateLimit::Changes, share)
    }
}

fn count(buckets: Option<&Buckets<Share>>, limit: RateLimit, share: Share) -> Result<(), Refusal> {
    let Some(buckets) = buckets else { return Ok(()) };
    buckets.admit(&share).map_err(|wait| too_many(limit, wait))
}

fn too_many(limit: RateLimit, wait: Duration) -> Refusal {
    Refusal::TooMany { limit, retry_after: whole_seconds(wait) }
}

/// What a letter is for: a sign-in secret of this purpose, or a notice.
type LetterKind = Option<SignInPurpose>;

/// A sender who does not administer the account sends this part of what all of them may.
const SENDERS: u32 = 4;

/// How many letters go out. Invitations, password resets and notices are counted apart, so that none of them keeps another back; and so are
/// the letters of administrators and those of others.
#[derive(Debug)]
pub(crate) struct LetterThrottle {
    recipients: Option<Buckets<(LetterKind, String)>>,
    senders: Option<Buckets<(SignInPurpose, Share)>>,
    accounts: Option<Buckets<(SignInPurpose, AccountId, bool)>>,
}

impl LetterThrottle {
    pub(crate) fn new(per_recipient: u32, per_account: u32, clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        let recipients = Buckets::per_hour(per_recipient, &ticks);
        let senders = Buckets::per_hour(per_account.div_ceil(SENDERS), &ticks);
        let accounts = Buckets::per_hour(per_account, &ticks);
        Self { recipients, senders, accounts }
    }

    /// Counts a letter with a sign-in secret, or says how long to wait. The sender's share is asked first: beyond it, nothing is taken
    /// from what others have.
    fn admit(&self, sender: Sender, purpose: SignInPurpose, address: &str) -> Result<(), Duration> {
        let Sender { account, share, is_administrator } = sender;
        if let (Some(senders), false) = (&self.senders, is_administrator) {
            senders.admit(&(purpose, share))?;
        }
        self.admit_to(Some(purpose), address)?;
        match &self.accounts {
            Some(accounts) => accounts.admit(&(purpose, account, is_administrator)),
            None => Ok(()),
        }
    }

    /// Counts a notice, or says how long to wait. Notices count for their recipient alone: in an account, nobody uses up what is to tell
    /// others.
    pub(crate) fn admit_notice(&self, address: &str) -> Result<(), Duration> {
        self.admit_to(None, address)
    }

    fn admit_to(&self, kind: LetterKind, address: &str) -> Result<(), Duration> {
        match &self.recipients {
            Some(recipients) => recipients.admit(&(kind, address.to_lowercase())),
            None => Ok(()),
        }
    }
}

/// `Retry-After` counts whole seconds (RFC 9110 §10.2.3): rounded up, so that coming back then succeeds.
pub(crate) fn whole_seconds(wait: Duration) -> SignedDuration {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    SignedDuration::from_secs(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    use claviger_testkit::FixedClock;

    fn buckets() -> (Arc<FixedClock>, Buckets<u32>) {
        let clock = Arc::new(FixedClock::at(jiff::Timestamp::UNIX_EPOCH));
        let ticks = Ticks(Arc::clone(&clock) as Arc<dyn Clock>);
        (clock, Buckets::per_minute(1, &ticks).unwrap())
    }

    /// However many keys come, and however often they come back, memory has a bound (fault F16).
    #[test]
    fn there_are_never_more_buckets_than_the_bound() {
        let (clock, buckets) = buckets();
        for key in 0..200_000 {
            if key % 10_000 == 0 {
                clock.advance(SignedDuration::from_secs(1));
            }
            // Whether it is admitted does not matter here.
            buckets.admit(&key).ok();
        }
        let most = MAX_BUCKETS + usize::try_from(SHARED_BUCKETS).unwrap();
        assert!(buckets.limiter.len() <= most, "{}", buckets.limiter.len());
        let refused = (200_000..210_000).filter(|key| buckets.admit(key).is_err()).count();
        assert!(refused > 8_000, "only {refused} of those that share buckets were refused");
    }

    /// After a flood everybody has a bucket of their own again.
    #[test]
    fn full_buckets_make_room() {
        let (clock, buckets) = buckets();
        let refused = (0..100_000).filter(|key| buckets.admit(key).is_err()).count();
        assert!(refused > 0, "all had buckets of their own");
        clock.advance(SignedDuration::from_mins(2));
        for key in 200_000..210_000 {
            assert_eq!(buckets.admit(&key), Ok(()), "{key}");
        }
        assert!(buckets.limiter.len() <= 10_000 + 1, "{}", buckets.limiter.len());
    }
}
