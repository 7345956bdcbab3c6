//! Everything that the handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_domain::{
    Clock, Entropy, EntropyUnavailable, KeyType, MintedKey, ObjectIdCodec, User, UserKind,
    UserStatus,
};
use claviger_store::Store;
use tokio::sync::Semaphore;

use crate::contact::SecurityContact;
use crate::input::cursor::CursorCodec;
use crate::leaks::GithubReports;
use crate::letters::Letter;
use crate::mail::Outbox;
use crate::middleware::cors::CorsOrigin;
use crate::middleware::failure_throttle::FailureThrottle;
use crate::middleware::request_id::RequestIds;
use crate::throttle::{ChangeThrottle, LetterThrottle, Quotas};
use claviger_http::TrustedProxies;

use crate::wire::dialect::Dialect;

/// How many large bodies are decoded and handled at once.
const LARGE_BODIES: usize = 4;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many keys one person may mint a minute, and all their service keys together; no limit if 0.
    pub mint_rate_per_minute: u32,
    /// How many other changes one person may make a minute, and all their service keys together; no limit if 0.
    pub change_rate_per_minute: u32,
    /// How many requests with a key that does not authenticate one address may send a minute; no limit if 0.
    pub failure_rate_per_minute: u32,
    /// How many keys that do not exist one caller may have verified a minute, before only keys that have worked lately are looked up for
    /// them, and as many others; no limit if 0.
    pub unknown_key_rate_per_minute: u32,
    /// How many invitations, password resets and notices one address is sent an hour, each counted apart; no limit if 0.
    pub letters_per_recipient: u32,
    /// How many invitations and password resets an account sends an hour, each counted apart, and those of administrators too; no limit if
    /// 0.
    pub letters_per_account: u32,
    /// The dialect of clients that are not recognised.
    pub dialect: Dialect,
    /// The proxies whose word on where a request came from counts.
    pub trusted_proxies: TrustedProxies,
    /// Whether each request is logged at `info`.
    pub access_log: bool,
    /// The origins whose web pages may call the API from a browser; none by default.
    pub cors_origins: Vec<CorsOrigin>,
    /// Where weaknesses of this server are reported, if not where those of the program are.
    pub security_contact: Option<SecurityContact>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mint_rate_per_minute: 600,
            change_rate_per_minute: 600,
            failure_rate_per_minute: 20,
            unknown_key_rate_per_minute: 6_000,
            letters_per_recipient: 5,
            letters_per_account: 100,
            dialect: Dialect::NEWEST,
            trusted_proxies: TrustedProxies::default(),
            access_log: false,
            cors_origins: Vec::new(),
            security_contact: None,
        }
    }
}

/// What the application reaches outside of itself, as far as an operator has said where that is.
#[derive(Debug, Default)]
pub struct Integrations {
    /// What sends mail.
    pub outbox: Option<Outbox>,
    /// What tells GitHub's reports of leaked keys from anybody's.
    pub github: Option<GithubReports>,
}

/// The application: cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// What is behind an [`App`].
#[derive(Debug)]
pub struct Shared {
    /// What remembers.
    pub store: Store,
    /// What measures time for limits and ages. What the date is, only the store says, inside a transaction.
    pub(crate) clock: Arc<dyn Clock>,
    /// What supplies secrets.
    pub entropy: Arc<dyn Entropy>,
    /// What an operator has set.
    pub options: Options,
    pub(crate) codec: ObjectIdCodec,
    pub(crate) cursors: CursorCodec,
    pub(crate) quotas: Arc<Quotas>,
    pub(crate) failures: Option<FailureThrottle>,
    pub(crate) large_bodies: Arc<Semaphore>,
    pub(crate) request_ids: RequestIds,
    pub(crate) integrations: Integrations,
    is_stopping: AtomicBool,
}

impl App {
    /// An application over a store.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: Options,
        integrations: Integrations,
    ) -> Self {
        let id_key = store.installation().id_key;
        let (mints, changes) = (options.mint_rate_per_minute, options.change_rate_per_minute);
        let changes = ChangeThrottle::new(mints, changes, Arc::clone(&clock));
        let (recipient, account) = (options.letters_per_recipient, options.letters_per_account);
        let letters = LetterThrottle::new(recipient, account, Arc::clone(&clock));
        let unknown_keys =
            FailureThrottle::new(options.unknown_key_rate_per_minute, Arc::clone(&clock));
        let failures = FailureThrottle::new(options.failure_rate_per_minute, Arc::clone(&clock));
        Self(Arc::new(Shared {
            codec: ObjectIdCodec::new(&id_key),
            cursors: CursorCodec::new(&id_key),
            quotas: Arc::new(Quotas { changes, letters, unknown_keys }),
            failures,
            large_bodies: Arc::new(Semaphore::new(LARGE_BODIES)),
            request_ids: RequestIds::new(&*entropy),
            integrations,
            is_stopping: AtomicBool::new(false),
            store,
            clock,
            entropy,
            options,
        }))
    }

    /// Answers from now on that this server is not ready, so that load balancers send no more requests. Those that come are handled.
    pub fn begin_stopping(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Relaxed)
    }

    /// Waits for the mail that is on its way, but not for long.
    pub async fn finish_mail(&self) {
        if let Some(outbox) = &self.integrations.outbox {
            outbox.finish().await;
        }
    }

    /// Returns a new secret with its handle.
    pub(crate) fn mint(&self, key_type: KeyType) -> Result<MintedKey, EntropyUnavailable> {
        MintedKey::generate(key_type, self.store.installation().tag, &*self.entropy)
    }

    /// Tells a person of something that was done in their name, where the server sends mail. After several notices
    /// within an hour, no more are sent; the audit log has all of it.
    pub(crate) fn notify(&self, person: &User, letter: impl FnOnce(&Outbox) -> Letter) {
        let Some(outbox) = &self.integrations.outbox else { return };
        if person.kind != UserKind::Person || person.status == UserStatus::Blocked {
            return;
        }
        if self.quotas.letters.admit_notice(&person.email).is_err() {
            tracing::warn!(user.id = %person.id, "too many notices to one person; dropped one");
            return;
        }
        match outbox.room() {
            Some(room) => room.send(person, letter(outbox)),
            None => {
                tracing::error!(user.id = %person.id, "too much mail is waiting; dropped a notice");
            }
        }
    }

    /// What has to be done every minute or so, and before the end: writes down when keys were last used and the time, and looks after
    /// the clock.
    pub async fn run_maintenance(&self) {
        if let Err(error) = self.store.write_last_uses().await {
            tracing::warn!(%error, "cannot write the last uses of keys");
        }
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
