//! For the tests of programs that use this crate: a server on this machine, and errors of any kind. Feature `test-util`.
//!
//! [`FakeServer::start`] keeps keys in memory: they can be listed, created, refreshed, rotated, revoked and deleted, and authenticate
//! as real ones do. [`FakeServer::reply_next`] makes one call fail. [`FakeServer::scripted`] answers whatever a test says.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use arize::api_keys::CreateRequest;
//! use arize::test_util::{FakeServer, Reply};
//!
//! let server = FakeServer::start().await?;
//! let client = server.client()?;
//! let created = client.api_keys().create(CreateRequest::new("laptop")).await?;
//! assert_eq!(client.api_keys().get(&created.id).await?.name, "laptop");
//!
//! server.reply_next(Reply::problem(403, "Not yours."));
//! let error = client.api_keys().revoke(&created.id).await.unwrap_err();
//! assert!(error.is_forbidden());
//! assert_eq!(server.requests().last().unwrap().method, "PUT");
//! # Ok(())
//! # }
//! ```

mod errors;
mod http;
mod keys;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

pub use self::http::{Reply, Request};
use self::keys::Keys;
use crate::client::Client;
use crate::config::Config;
use crate::error::Result;
use crate::secret::Secret;
use crate::transport::Retries;

/// What decides about the answers: the request, and how many came before it.
type Script = dyn Fn(&Request, usize) -> Reply + Send + Sync;

/// A server on this machine, for tests. It ends when this is dropped.
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    keys: Arc<Mutex<Keys>>,
    seen: Arc<Seen>,
    listening: JoinHandle<()>,
}

/// What came in.
#[derive(Debug)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    arrivals: Semaphore,
    replies: Mutex<VecDeque<Reply>>,
}

impl FakeServer {
    /// Starts a server that keeps keys in memory. It has one key, that of [`client`](Self::client), and no space.
    ///
    /// # Errors
    ///
    /// What the system says, if it cannot listen.
    pub async fn start() -> io::Result<Self> {
        let keys = Arc::new(Mutex::new(Keys::new()));
        let there = Arc::clone(&keys);
        Self::listen(keys, move |request, _| locked(&there).answer(request)).await
    }

    /// Starts a server that answers each request by a function of it and of how many came before.
    ///
    /// # Errors
    ///
    /// What the system says, if it cannot listen.
    pub async fn scripted(
        script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::listen(Arc::new(Mutex::new(Keys::new())), script).await
    }

    async fn listen(
        keys: Arc<Mutex<Keys>>,
        script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen {
            requests: Mutex::default(),
            arrivals: Semaphore::new(0),
            replies: Mutex::default(),
        });
        let (there, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, script) = (Arc::clone(&there), Arc::clone(&script));
                tokio::spawn(http::serve(stream, move |request| seen.answer(&request, &*script)));
            }
        });
        Ok(Self { address, keys, seen, listening })
    }

    /// Where it listens: `http://127.0.0.1:…`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A configuration for it: its address, its first key, nothing from the environment, no pauses between retries.
    pub fn config(&self) -> Config {
        Config {
            api_key: self.key().into(),
            base_url: self.base_url().into(),
            retries: Retries { first_pause: Duration::ZERO, ..Retries::default() },
            ..Config::without_environment()
        }
    }

    /// A client for it.
    ///
    /// # Errors
    ///
    /// None that a test has to look at: it is the result of [`Client::new`].
    pub fn client(&self) -> Result<Client> {
        Client::new(self.config())
    }

    /// The secret of the key that is there from the start.
    pub fn key(&self) -> Secret {
        locked(&self.keys).first_secret()
    }

    /// Adds a space, for service keys, and returns its id.
    pub fn add_space(&self, name: &str) -> String {
        locked(&self.keys).add_space(name)
    }

    /// Lets time pass for the keys: what expires meanwhile does not authenticate any more.
    pub fn advance(&self, time: Duration) {
        locked(&self.keys).advance(time);
    }

    /// Answers the next request with this in place of its own answer. Several are answered one after the other.
    pub fn reply_next(&self, reply: Reply) {
        locked(&self.seen.replies).push_back(reply);
    }

    /// What has come in so far.
    pub fn requests(&self) -> Vec<Request> {
        locked(&self.seen.requests).clone()
    }

    /// Method and target of each request, such as `GET /v2/spaces?limit=50`.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }

    /// Waits until so many more requests have come in.
    pub async fn arrived(&self, count: u32) {
        // The semaphore is never closed.
        if let Ok(permits) = self.seen.arrivals.acquire_many(count).await {
            permits.forget();
        }
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Seen {
    fn answer(&self, request: &Request, script: &Script) -> Reply {
        let n = {
            let mut requests = locked(&self.requests);
            requests.push(request.clone());
            requests.len() - 1
        };
        self.arrivals.add_permits(1);
        let next = locked(&self.replies).pop_front();
        next.unwrap_or_else(|| script(request, n))
    }
}

/// Nothing panics with the lock held but a script; what it guards is whole all the same.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
