//! Limits on failures to authenticate, per address, and the lines of the log about them.
//!
//! An address above its limit is blocked until it may fail again. What a blocked address presents is looked up in the database only if it
//! has worked lately, or within a second limit of the same size. So a key in use goes on, whatever others send from its address, and what
//! is made up costs no more than a bounded number of look-ups. All of it is in memory, and bounded.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use claviger_domain::{ApiKeyId, Clock, KeyText};
use claviger_http::network;
use governor::clock::Clock as _;
use governor::nanos::Nanos;
use jiff::SignedDuration;

use super::RequestInfo;
use crate::app::App;
use crate::problem::{Problem, ProblemKind};
use crate::throttle::{Buckets, Ticks, whole_seconds};

/// How many credentials that have worked are remembered.
const PROVEN: u64 = 65_536;
/// How many blocked networks are told apart.
const BLOCKED: u64 = 16_384;

/// Throttles failures to authenticate, and logs what was refused to a key.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let info = request.extensions().get::<RequestInfo>().cloned();
    let credential = request.headers().get(header::AUTHORIZATION).cloned();
    let (Some(credential), Some(info)) = (credential, info) else { return next.run(request).await };
    let credential = app.failures.as_ref().map(|it| it.fingerprint(credential.as_bytes()));
    match info.wait(&app, credential) {
        Some(wait) => info.failed_too_often(wait),
        None => info.judge(&app, credential, next.run(request).await),
    }
}

impl RequestInfo {
    /// Returns how long the client must wait before its key may be looked up, if it must. Keys of other installations are never looked up.
    fn wait(&self, app: &App, credential: Option<Fingerprint>) -> Option<SignedDuration> {
        let tag = app.store.installation().tag;
        self.key.filter(|key| key.tag() == tag)?;
        app.failures.as_ref()?.admit(self.client?, credential).err()
    }

    /// Remembers whether the presented key has worked, logs what was refused to it, and answers a failure to authenticate above its
    /// client's limit with 429.
    fn judge(&self, app: &App, credential: Option<Fingerprint>, response: Response) -> Response {
        self.remember(app, credential, response.status());
        let (id, client, key) = (&self.id, self.client(), self.key());
        let (method, route) = (&self.method, self.route());
        match response.status() {
            StatusCode::UNAUTHORIZED => match count(app, self.client) {
                None => {
                    tracing::info!(request.id = %id, client.address = %client, key.handle = key, %method, route, "authentication failed");
                    response
                }
                Some(wait) => self.failed_too_often(wait),
            },
            // The audit has a bounded number of these on record (decision 0010).
            StatusCode::FORBIDDEN if self.method != Method::GET => {
                tracing::warn!(request.id = %id, client.address = %client, key.handle = key, %method, route, "change refused: not allowed");
                response
            }
            _ => response,
        }
    }

    /// Remembers a key that has worked, and forgets one that has not.
    fn remember(&self, app: &App, credential: Option<Fingerprint>, status: StatusCode) {
        let Some((failures, credential)) = app.failures.as_ref().zip(credential) else { return };
        // Every operation under these paths needs a key, so that success proves it. Others ignore what they are sent.
        let is_under = |path| self.route().starts_with(path);
        let needs_key = ["/v2/", "/auth/v1/verify", "/auth/v1/self"].into_iter().any(is_under)
            && self.method != Method::OPTIONS;
        if status == StatusCode::UNAUTHORIZED {
            failures.forget(credential);
        } else if needs_key && (status.is_success() || status == StatusCode::FORBIDDEN) {
            failures.worked(credential);
        }
    }

    /// Answers a client that is above its limit. A log line of its own kind: who fails too often crowds out nobody else's failures.
    fn failed_too_often(&self, wait: SignedDuration) -> Response {
        let (id, client, key) = (&self.id, self.client(), self.key());
        let (method, route) = (&self.method, self.route());
        tracing::info!(request.id = %id, client.address = %client, key.handle = key, %method, route, "too many failed authentications");
        too_many(wait).into_response()
    }
}

/// Counts a failure of the client. Above its limit, returns how long it has to wait.
pub(super) fn count(app: &App, client: Option<IpAddr>) -> Option<SignedDuration> {
    app.failures.as_ref()?.failed(client?).err()
}

/// The answer to a client above its limit.
pub(super) fn too_many(wait: SignedDuration) -> Problem {
    Problem::new(
        ProblemKind::RateLimitExceeded,
        "too many requests with an API key that is not valid",
    )
    .with_header(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()))
}

/// A credential, hashed with a random key: told from others, but not readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

/// How often one source, such as an address, may present credentials that do not authenticate.
#[derive(Debug)]
pub(crate) struct FailureThrottle<K: Clone + Eq + Hash = IpAddr> {
    failures: Buckets<K>,
    /// Look-ups for blocked sources of what has not worked lately.
    lookups: Buckets<K>,
    blocked: Table,
    proven: Table,
    ticks: Ticks,
}

/// The most nanoseconds that failures which happened together block their source.
const MAX_OWED: u64 = 60_000_000_000;

impl FailureThrottle {
    /// Counts a failure. Above the limit, blocks the address and says for how long.
    pub(crate) fn failed(&self, source: IpAddr) -> Result<(), SignedDuration> {
        self.failed_by(&network(source))
    }

    /// Says whether a credential may be looked up in the database, or how long its address has to wait.
    pub(crate) fn admit(
        &self,
        source: IpAddr,
        credential: Option<Fingerprint>,
    ) -> Result<(), SignedDuration> {
        self.admit_from(&network(source), credential)
    }

    /// Returns what a credential is remembered by.
    pub(crate) fn fingerprint(&self, credential: &[u8]) -> Fingerprint {
        Fingerprint(self.proven.hash(credential))
    }
}

impl FailureThrottle<ApiKeyId> {
    /// Returns what a key that a caller has verified is remembered by. Nobody learns what others have verified.
    pub(crate) fn fingerprint_of(&self, caller: ApiKeyId, key: &KeyText) -> Fingerprint {
        Fingerprint(self.proven.hash(&(caller, key.fingerprint(&self.proven.hasher))))
    }

    /// Counts a failure that could not be kept from happening, such as one of a batch. Above the limit, each blocks the source for as long as
    /// it takes until another one is due, after those before it.
    pub(crate) fn owe(&self, source: ApiKeyId) {
        let Err(wait) = self.failures.admit(&source) else { return };
        let now = self.ticks.now().as_u64();
        let wait = u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX);
        let slot = self.blocked.slot(self.blocked.hash(&source));
        let longer = |until: u64| {
            let until = until.max(now).saturating_add(wait);
            Some(until.min(now.saturating_add(MAX_OWED)))
        };
        slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, longer).ok();
    }
}

impl<K: Clone + Eq + Hash> FailureThrottle<K> {
    /// A limit of so many failures a minute. Zero limits nothing: there is no throttle.
    pub(crate) fn new(per_minute: u32, clock: Arc<dyn Clock>) -> Option<Self> {
        let ticks = Ticks(clock);
        Some(Self {
            failures: Buckets::per_minute(per_minute, &ticks)?,
            lookups: Buckets::per_minute(per_minute, &ticks)?,
            blocked: Table::new(BLOCKED),
            proven: Table::new(PROVEN),
            ticks,
        })
    }

    /// Counts a failure. Above the limit, blocks the source and says for how long.
    pub(crate) fn failed_by(&self, source: &K) -> Result<(), SignedDuration> {
        self.failures.admit(source).map_err(|wait| {
            let until = self.ticks.now() + Nanos::from(wait);
            self.blocked.slot(self.blocked.hash(source)).store(until.as_u64(), Ordering::Relaxed);
            whole_seconds(wait)
        })
    }

    /// Says whether a credential may be looked up in the database, or how long its source has to wait.
    pub(crate) fn admit_from(
        &self,
        source: &K,
        credential: Option<Fingerprint>,
    ) -> Result<(), SignedDuration> {
        // Where two sources have the same slot, the look-ups of both have the second limit, each its own.
        let slot = self.blocked.slot(self.blocked.hash(source));
        let until = slot.load(Ordering::Relaxed);
        let wait = Duration::from_nanos(until.saturating_sub(self.ticks.now().as_u64()));
        if wait.is_zero() || credential.is_some_and(|credential| self.is_proven(credential)) {
            return Ok(());
        }
        self.lookups.admit(source).map_err(|_| whole_seconds(wait))
    }

    /// Remembers that a credential has worked, as long as there is room.
    pub(crate) fn worked(&self, Fingerprint(hash): Fingerprint) {
        self.proven.slot(hash).store(hash, Ordering::Relaxed);
    }

    /// Forgets a credential that does not work any more.
    pub(crate) fn forget(&self, credential: Fingerprint) {
        // The slot may be another's by now.
        if self.is_proven(credential) {
            self.proven.slot(credential.0).store(0, Ordering::Relaxed);
        }
    }

    fn is_proven(&self, Fingerprint(hash): Fingerprint) -> bool {
        self.proven.slot(hash).load(Ordering::Relaxed) == hash
    }
}

/// A number for each hash, in slots that are there from the beginning. Who comes later to a slot takes it.
#[derive(Debug)]
struct Table {
    slots: Box<[AtomicU64]>,
    /// Keyed at random, so that nobody chooses whose slot they take.
    hasher: RandomState,
}

impl Table {
    fn new(slots: u64) -> Self {
        Self { slots: (0..slots).map(|_| AtomicU64::new(0)).collect(), hasher: RandomState::new() }
    }

    fn hash<T: std::hash::Hash + ?Sized>(&self, value: &T) -> u64 {
        self.hasher.hash_one(value)
    }

    fn slot(&self, hash: u64) -> &AtomicU64 {
        let count = u64::try_from(self.slots.len()).unwrap_or(u64::MAX);
        let index = usize::try_from(hash % count).unwrap_or_default();
        &self.slots[index]
    }
}
