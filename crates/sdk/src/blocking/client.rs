//! Blocking client: the async one, and a thread that drives its connections.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use reqwest::Method;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::coop;

use super::{
    ApiKeys, AuditLogs, Organizations, Projects, RequestBuilder, ResourceRestrictions,
    RoleBindings, Roles, Spaces, Users,
};
use crate::client::Options;
use crate::config::{Config, ResolvedConfig};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A client whose calls wait for their answer.
///
/// It can be cloned and shared between threads. It works wherever blocking is allowed, also inside tokio's `spawn_blocking` and
/// `block_in_place`. Inside async code every call is refused with [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput), as
/// waiting there would stop the runtime: use [`crate::Client`].
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Waiting>,
}

/// A runtime that may be dropped anywhere, also inside another one.
struct Waiting(Option<Runtime>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    ///
    /// As [`crate::Client::new`].
    pub fn new(config: Config) -> Result<Self> {
        Self::over(crate::Client::new(config)?)
    }

    /// Makes a client that waits for the calls of one that does not: one from
    /// [`builder`](crate::Client::builder), or with an [environment](crate::Client::with_environment) of its own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if no thread can be started.
    pub fn over(client: crate::Client) -> Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let builder = builder.worker_threads(1).thread_name("arize").enable_all();
        let runtime = builder.build().map_err(|error| {
            Error::configuration("blocking", format!("no runtime can be started: {error}"))
        })?;
        Ok(Self { client, runtime: Arc::new(Waiting(Some(runtime))) })
    }

    /// Makes a client from the environment alone.
    ///
    /// # Errors
    ///
    /// As [`crate::Client::new`].
    pub fn from_environment() -> Result<Self> {
        Self::new(Config::default())
    }

    /// A client like this one, over the same connections, with other options. See [`crate::Client::with_options`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn with_options(&self, set: impl FnOnce(Options) -> Options) -> Result<Self> {
        let client = self.client.with_options(set)?;
        Ok(Self { client, runtime: Arc::clone(&self.runtime) })
    }

    /// A client like this one, over the same connections, that authenticates with another key.
    ///
    /// # Errors
    ///
    /// As [`crate::Client::with_key`].
    pub fn with_key(&self, key: impl Into<Secret>) -> Result<Self> {
        self.with_options(|options| options.key(key))
    }

    /// Begins a call that no method wraps. See [`crate::Client::request`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        RequestBuilder::of(self.clone(), self.client.request(method, path))
    }

    /// What the settings and the environment came to.
    pub fn config(&self) -> &ResolvedConfig {
        self.client.config()
    }

    /// API keys: list, create, refresh, rotate, delete, revoke one or all.
    pub fn api_keys(&self) -> ApiKeys {
        ApiKeys::of(self.clone())
    }

    /// Spaces.
    pub fn spaces(&self) -> Spaces {
        Spaces::of(self.clone())
    }

    /// Organizations.
    pub fn organizations(&self) -> Organizations {
        Organizations::of(self.clone())
    }

    /// Projects.
    pub fn projects(&self) -> Projects {
        Projects::of(self.clone())
    }

    /// Users.
    pub fn users(&self) -> Users {
        Users::of(self.clone())
    }

    /// Roles.
    pub fn roles(&self) -> Roles {
        Roles::of(self.clone())
    }

    /// Role bindings.
    pub fn role_bindings(&self) -> RoleBindings {
        RoleBindings::of(self.clone())
    }

    /// Resource restrictions.
    pub fn resource_restrictions(&self) -> ResourceRestrictions {
        ResourceRestrictions::of(self.clone())
    }

    /// Audit logs.
    pub fn audit_logs(&self) -> AuditLogs {
        AuditLogs::of(self.clone())
    }

    pub(super) fn inner(&self) -> &crate::Client {
        &self.client
    }

    /// Waits for a call, unless that would stop a runtime.
    pub(super) fn wait<T, E: From<Error>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match &self.runtime.0 {
            Some(runtime) if may_block() => {
                let _entered = runtime.enter();
                block_on(call)
            }
            _ => {
                let message = "a call that waits would stop the async runtime it is made in: use `arize::Client`";
                Err(Error::input("blocking", message).into())
            }
        }
    }
}

/// Whether this thread may wait: outside of a runtime, or where the runtime allows it.
///
/// Tokio tells nobody directly. But it gives code that it polls a budget, and takes the budget away where blocking is allowed.
fn may_block() -> bool {
    /// More than tokio lets a task do before it has to yield.
    const MORE_THAN_A_BUDGET: usize = 1_024;
    if Handle::try_current().is_err() {
        return true;
    }
    let mut context = Context::from_waker(Waker::noop());
    (0..MORE_THAN_A_BUDGET).all(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(budget) => {
            budget.made_progress();
            true
        }
        Poll::Pending => false,
    })
}

/// Polls a future on this thread until it is done. The thread of the runtime drives what it waits for.
fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Wakes the thread that waits.
struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("blocking::Client").field(self.config()).finish()
    }
}
