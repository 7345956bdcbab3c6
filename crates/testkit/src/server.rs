//! The real router over a real database, with the clock standing still.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use claviger_domain::{AccountPolicy, Clock as _, PepperRing};
use claviger_http::{Limits, TrustedProxies};
use claviger_server::leaks::{GithubReports, SigningKeys};
use claviger_server::mail::{Mailer, Outbox};
use claviger_server::{App, Integrations, Options, router};
use claviger_store::{Faults, SetPolicy, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::ambient::{FixedClock, SeededEntropy};
use crate::database::{self, Beside, TestDatabase};
use crate::faults::Switch;
use crate::letters::Letters;
use crate::response::TestResponse;
use crate::scanner::Scanner;
use crate::world::{self, World};

/// When the world is made. Two hours later, some of its keys have expired, and tests begin.
const FOUNDED: &str = "2026-11-23T10:00:00Z";

/// Longer than the slowest machine takes for anything.
const HANG: Duration = Duration::from_mins(10);

/// A server for one test.
#[derive(Debug)]
pub struct TestServer {
    /// Its clock. Tests begin at 2026-11-23T12:00:00Z.
    pub clock: Arc<FixedClock>,
    /// Its randomness.
    pub entropy: Arc<SeededEntropy>,
    /// What is in its database.
    pub world: World,
    /// Its store.
    pub store: Store,
    faults: Arc<Switch>,
    router: Router,
    database: TestDatabase,
}

impl TestServer {
    /// A server without limits on how often.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with options of its own. It sends mail, which nobody reads.
    pub async fn with(set: impl FnOnce(&mut Options)) -> Self {
        Self::with_letters(set).await.0
    }

    /// A server that sends mail, and what it sends.
    pub async fn with_mail() -> (Self, Arc<Letters>) {
        Self::with_letters(|_| {}).await
    }

    /// A server with options of its own, and the mail that it sends.
    pub async fn with_letters(set: impl FnOnce(&mut Options)) -> (Self, Arc<Letters>) {
        let letters = Arc::new(Letters::default());
        let outbox = Some(outbox(&letters));
        (
            Self::with_integrations(set, Integrations { outbox, ..Integrations::default() }).await,
            letters,
        )
    }

    /// A server that sends no mail.
    pub async fn without_mail() -> Self {
        Self::with_integrations(|_| {}, Integrations::default()).await
    }

    /// A server that takes reports of leaked keys, and who sends them.
    pub async fn with_scanner(set: impl FnOnce(&mut Options)) -> (Self, Arc<Scanner>) {
        let scanner = Arc::new(Scanner::default());
        let source = Arc::clone(&scanner) as Arc<dyn SigningKeys>;
        let github = Some(GithubReports::signed_by(source));
        (
            Self::with_integrations(set, Integrations { github, ..Integrations::default() }).await,
            scanner,
        )
    }

    /// A server on SQLite whatever the tests run on: for what only a file can suffer.
    pub async fn on_a_file() -> Self {
        Box::pin(Self::on(false, |_| {}, Integrations::default())).await
    }

    /// Whether its database is one of PostgreSQL.
    pub fn is_on_postgres(&self) -> bool {
        matches!(self.database, TestDatabase::Server { .. })
    }

    async fn with_integrations(set: impl FnOnce(&mut Options), integrations: Integrations) -> Self {
        // In a box: tests hold this in futures of their own, whose types the compiler takes only so deep.
        Box::pin(Self::on(database::is_postgres(), set, integrations)).await
    }

    async fn on(
        is_on_postgres: bool,
        set: impl FnOnce(&mut Options),
        integrations: Integrations,
    ) -> Self {
        let free = Options {
            mint_rate_per_minute: 0,
            change_rate_per_minute: 0,
            failure_rate_per_minute: 0,
            letters_per_recipient: 0,
            letters_per_account: 0,
            ..Options::default()
        };
        let mut options = free.clone();
        set(&mut options);
        let start: Timestamp = FOUNDED.parse().unwrap();
        let clock = Arc::new(FixedClock::at(start));
        let entropy = Arc::new(SeededEntropy::new(42));
        let peppers = PepperRing::generate(&*entropy).unwrap();
        let app = |store: &Store, options, integrations| {
            App::new(store.clone(), clock.clone(), entropy.clone(), options, integrations)
        };
        // The world is made through a server without limits, so that making it counts against none.
        let plant = async |store: &Store| {
            let outbox = Some(outbox(&Arc::default()));
            let unread = Integrations { outbox, ..Integrations::default() };
            world::plant(store, &router(app(store, free, unread)), &*entropy).await
        };
        let (store, world, database) = if is_on_postgres {
            Box::pin(database::copy(peppers, &entropy, clock.clone(), plant)).await
        } else {
            let (store, database) = database::file(peppers, &*entropy, clock.clone());
            let world = Box::pin(plant(&store)).await;
            (store, world, database)
        };
        clock.advance(SignedDuration::from_hours(2));
        let faults = Arc::new(Switch::default());
        store.set_faults(Arc::clone(&faults) as Arc<dyn Faults>);
        let router = router(app(&store, options, integrations));
        Self { clock, entropy, world, store, faults, router, database }
    }

    /// Sends a request through the router.
    pub async fn send(&self, request: Request<Body>) -> TestResponse {
        send(&self.router, request).await
    }

    /// A request of a principal of the world, with a JSON body unless it is null.
    pub async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> TestResponse {
        self.send(request(self.world.key(who), method, path, &body)).await
    }

    /// A request with a key, a JSON body unless it is null, and further headers.
    pub async fn call_with(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Value,
        headers: &[(&'static str, &str)],
    ) -> TestResponse {
        let mut request = request(key, method, path, &body);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        self.send(request).await
    }

    /// The instant at which the clock stands.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets so many seconds pass.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Sets the wall clock ahead or back by so many seconds, while no time passes.
    pub fn step(&self, seconds: i64) {
        self.clock.step(SignedDuration::from_secs(seconds));
    }

    /// Every row of the database, as text, besides the records of refused changes and the audit's seals, which change with each.
    pub async fn dump(&self) -> String {
        self.dump_besides("change.refuse").await
    }

    /// The same, besides the audit's records of this action too.
    pub async fn dump_besides(&self, action: &str) -> String {
        let rows = self.database.dump().await;
        let actions = [action, "change.refuse"].map(|action| format!("action={action:?}"));
        let of_audit = |line: &&str| {
            line.starts_with("audit_head ")
                || line.starts_with("audit_seals ")
                || actions.iter().any(|action| line.contains(action))
        };
        rows.split_inclusive('\n').filter(|line| !of_audit(line)).collect()
    }

    /// A second connection to the database, for what no call does.
    pub fn database(&self) -> Beside {
        self.database.connect()
    }

    /// The files that the database is kept in.
    pub fn database_files(&self) -> Vec<PathBuf> {
        self.database.files()
    }

    /// How many calls have reached the store.
    pub fn database_calls(&self) -> u64 {
        self.faults.calls()
    }

    /// Makes every later call of the store fail.
    pub fn break_database(&self) {
        self.faults.set_broken(true);
    }

    /// Lets calls of the store through again.
    pub fn mend_database(&self) {
        self.faults.set_broken(false);
    }

    /// Sets the policy of the account `acme`.
    pub async fn set_policy(&self, set: impl FnOnce(&mut AccountPolicy)) {
        let mut policy = AccountPolicy::default();
        set(&mut policy);
        self.store
            .execute(
                claviger_store::Request::host(),
                SetPolicy { account: self.world.account, policy },
            )
            .await
            .unwrap();
    }

    /// Serves the same application through the real accept loop, for tests that speak raw HTTP. Sockets have no clock that could stand
    /// still, so its limits of time are such that only a hang meets them.
    pub async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        let limits = Limits {
            header_timeout: HANG,
            keep_alive: HANG,
            body_idle: HANG,
            body_total: HANG,
            write_idle: HANG,
            ..Limits::default()
        };
        let connections = claviger_server::connections(TrustedProxies::default(), limits);
        tokio::spawn(claviger_http::serve(listener, router, connections, std::future::pending()));
        address
    }
}

fn outbox(letters: &Arc<Letters>) -> Outbox {
    Outbox::new(Arc::clone(letters) as Arc<dyn Mailer>, "https://keys.example.com/")
}

/// A request with a key, and a JSON body unless it is null.
pub(crate) fn request(key: &str, method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {key}"));
    if body.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> TestResponse {
    TestResponse::read(router.clone().oneshot(request).await.unwrap()).await
}
