//! Rotation: refresh with a grace period, store the new secret, try it, and let the old one run out. At every moment there is a key
//! that works, and after a crash it can be called again.

use std::fmt;
use std::future::Future;

use jiff::Timestamp;

use super::{
    ApiKey, ApiKeyCreated, ApiKeys, DEFAULT_GRACE_PERIOD_SECONDS, ListRequest, RefreshRequest,
};
use crate::error::{Error, ErrorKind, Result};
use crate::request::setters;
use crate::stage::Stage;

/// A key to rotate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RotateRequest {
    /// The key.
    pub api_key_id: String,
    /// When the new secret expires; as [`RefreshRequest::expires_at`].
    pub expires_at: Option<Timestamp>,
    /// Whether the new secret expires when the key would have, in place of `expires_at`. This takes a look-up.
    pub keep_expiry: bool,
    /// How many seconds, 1 to 86400, the old secret goes on working. [`DEFAULT_GRACE_PERIOD_SECONDS`] if nothing is said.
    pub grace_period_seconds: u32,
    /// Whether an earlier rotation of this key was interrupted before the new secret was stored, and nobody else rotates the key.
    ///
    /// Then a successor that was never used is refreshed in its turn, since nobody has its secret. Without it, a key that was rotated
    /// before is left alone, and so is its successor.
    pub resume: bool,
}

impl RotateRequest {
    /// A rotation to a secret that never expires, with [`DEFAULT_GRACE_PERIOD_SECONDS`] for the old one.
    pub fn new(api_key_id: impl Into<String>) -> Self {
        Self {
            api_key_id: api_key_id.into(),
            expires_at: None,
            keep_expiry: false,
            grace_period_seconds: DEFAULT_GRACE_PERIOD_SECONDS,
            resume: false,
        }
    }

    /// Sets [`grace_period_seconds`](Self#structfield.grace_period_seconds).
    #[must_use]
    pub fn grace_period_seconds(mut self, seconds: u32) -> Self {
        self.grace_period_seconds = seconds;
        self
    }

    /// Sets [`keep_expiry`](Self#structfield.keep_expiry).
    #[must_use]
    pub fn keep_expiry(mut self, keep: bool) -> Self {
        self.keep_expiry = keep;
        self
    }

    /// Sets [`resume`](Self#structfield.resume).
    #[must_use]
    pub fn resume(mut self, resume: bool) -> Self {
        self.resume = resume;
        self
    }
}

setters! {
    impl RotateRequest {
        expires_at: Timestamp,
    }
}

/// A new secret that was stored, and what was there before. `store` of [`rotate`](ApiKeys::rotate) returns it.
///
/// It is `()` for places that cannot put the old secret back.
pub trait Stored {
    /// Puts back what was there before, as the server refuses the new secret. Returns whether that is there again.
    fn put_back(self) -> bool;
}

impl Stored for () {
    fn put_back(self) -> bool {
        false
    }
}

/// A rotation that ended too early, and what works now.
#[derive(Debug)]
#[non_exhaustive]
pub enum RotateError<E> {
    /// The server did not give a new secret. The old one works as before, unless [`Error::was_not_done`] is false: then it may have a
    /// successor that nobody knows the secret of, and calling again with [`RotateRequest::resume`] replaces that.
    Refresh(Error),
    /// The key was refreshed before: by somebody else, or by an earlier call. Neither the key nor its successor was changed.
    AlreadyRotated {
        /// The key that takes its place.
        successor: Box<ApiKey>,
    },
    /// The new secret could not be stored. The old one works until the end of its grace.
    Store {
        /// Why not.
        source: E,
        /// The new key, which nobody has.
        api_key: Box<ApiKey>,
        /// Nothing if the new key has been revoked, or why that failed.
        revoke: Result<()>,
    },
    /// The server did not confirm that the new secret authenticates. The old one works until the end of its grace.
    Proof {
        /// What the server answered.
        source: Error,
        /// The new key.
        api_key: Box<ApiKey>,
        /// Whether it is stored. It is, unless the server refused it and [`Stored::put_back`] put back what was there before.
        is_stored: bool,
    },
}

impl ApiKeys {
    /// Replaces the secret of a key, without a moment in which none works.
    ///
    /// The key is refreshed with a grace period, `store` is given the new one and must not return before it is safe, then the new
    /// secret is tried against the server. The old secret runs out by itself. If storing fails, the new key is revoked and the old
    /// secret works until its grace is over.
    ///
    /// For a file, [`store_file`](super::store_file) makes `store`. Anything else is a closure, which returns nothing or a [`Stored`]:
    ///
    /// ```no_run
    /// # async fn run(client: arize::Client) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// use arize::api_keys::{RotateRequest, store_file};
    ///
    /// let request = RotateRequest::new("QXBpS2V5OjEwMDE6YUJjRA==");
    /// client.api_keys().rotate(request.clone(), store_file("/run/secrets/arize")?).await?;
    ///
    /// # async fn put(name: &str, secret: &str) -> std::io::Result<()> { Ok(()) }
    /// let rotated = client
    ///     .api_keys()
    ///     .rotate(request, async |created| put("arize", created.key.reveal()).await)
    ///     .await?;
    /// println!("now {}", rotated.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It can be called again after a crash, with the same id and [`resume`](RotateRequest::resume): if the key has been refreshed and
    /// its successor was never used, nobody has the secret of the successor, so the successor is refreshed in turn. Without `resume`,
    /// a key that was rotated before is an error, and no key is ended that this call did not make.
    ///
    /// # Errors
    ///
    /// [`RotateError`] says how far it came, and what works.
    pub async fn rotate<S, F, U, E>(
        &self,
        request: RotateRequest,
        store: S,
    ) -> Result<ApiKey, RotateError<E>>
    where
        S: FnOnce(ApiKeyCreated) -> F,
        F: Future<Output = Result<U, E>>,
        U: Stored,
    {
        let this = Self { client: self.client.nest(Stage::Alpha, "api_keys.rotate") };
        let created = this.refresh_or_successor(request).await?;
        let (api_key, key) = (Box::new(created.api_key.clone()), created.key.clone());
        // Before it is tried: a successor that was used is not taken up after a crash.
        let stored = match store(created).await {
            Ok(stored) => stored,
            Err(source) => {
                let revoke = this.revoke(&api_key.id).await;
                return Err(RotateError::Store { source, api_key, revoke });
            }
        };
        let proof = match this.client.with_key(key) {
            Ok(client) => client.api_keys().prove().await,
            Err(error) => Err(error),
        };
        let Err(source) = proof else { return Ok(*api_key) };
        // If it is not known whether the server accepts the new secret, it stays: the old one runs out.
        let is_refused = source.is_unauthorized() || source.kind() == ErrorKind::Configuration;
        let is_stored = !(is_refused && stored.put_back());
        Err(RotateError::Proof { source, api_key, is_stored })
    }

    /// A new secret for the key, or for its successor if that was lost.
    async fn refresh_or_successor<E>(
        &self,
        request: RotateRequest,
    ) -> Result<ApiKeyCreated, RotateError<E>> {
        let grace = request.grace_period_seconds;
        if grace == 0 {
            let message =
                "without a grace period there is a moment in which no key works: use `refresh`";
            return Err(RotateError::Refresh(Error::input("grace_period_seconds", message)));
        }
        let refresh = |api_key_id: String, expires_at: Option<Timestamp>| RefreshRequest {
            api_key_id,
            expires_at,
            grace_period_seconds: grace,
        };
        let expires_at = if request.keep_expiry {
            self.get(&request.api_key_id).await?.expires_at
        } else {
            request.expires_at
        };
        let first = refresh(request.api_key_id.clone(), expires_at);
        let refusal = match self.refresh(first).await {
            Ok(created) => return Ok(created),
            Err(error) if error.is_unprocessable_entity() => error,
            Err(error) => return Err(RotateError::Refresh(error)),
        };
        match self.successor(&request.api_key_id, grace).await {
            Ok(Some(successor)) if request.resume && successor.last_used_at.is_none() => {
                // The end of the key that was asked for is that of its grace by now.
                let keep = request.keep_expiry;
                let expires_at = if keep { successor.expires_at } else { request.expires_at };
                self.refresh(refresh(successor.id, expires_at)).await.map_err(RotateError::Refresh)
            }
            Ok(Some(successor)) => {
                Err(RotateError::AlreadyRotated { successor: Box::new(successor) })
            }
            // What the server said about the key that was asked for says more than a search that led nowhere.
            Ok(None) | Err(_) => Err(RotateError::Refresh(refusal)),
        }
    }

    /// Whether the client's own key authenticates: an answer that it may not list keys says so too.
    async fn prove(&self) -> Result<()> {
        match self.list(ListRequest::new().limit(1)).await {
            Err(error) if !error.is_forbidden() => Err(error),
            _ => Ok(()),
        }
    }
}

impl<E: fmt::Display> fmt::Display for RotateError<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refresh(error) => write!(formatter, "the key was not refreshed: {error}"),
            Self::AlreadyRotated { successor } => {
                write!(formatter, "the key was rotated before: {} has its place", successor.id)
            }
            Self::Store { source, api_key, revoke } => {
                let id = &api_key.id;
                write!(formatter, "the new key {id} could not be stored: {source}; ")?;
                match revoke {
                    Ok(()) => write!(formatter, "it has been revoked, ")?,
                    Err(error) => write!(formatter, "revoking it failed ({error}), ")?,
                }
                write!(formatter, "the old one works until its grace is over")
            }
            Self::Proof { source, api_key, is_stored } => {
                let id = &api_key.id;
                let what = if *is_stored {
                    "is stored and could not be shown to work"
                } else {
                    "is refused, and the old one is back in its place"
                };
                write!(
                    formatter,
                    "the new key {id} {what}: {source}; the old one works until its grace is over"
                )
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for RotateError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refresh(error) | Self::Proof { source: error, .. } => Some(error),
            Self::Store { source, .. } => Some(source),
            Self::AlreadyRotated { .. } => None,
        }
    }
}

impl<E> From<Error> for RotateError<E> {
    /// A call that could not even be begun.
    fn from(error: Error) -> Self {
        Self::Refresh(error)
    }
}
