//! Rotation: refresh with grace, store, prove, and let the old key run out. At every moment there is a key that works. After a crash
//! in between, the program calls it again.

use std::fmt;
use std::future::Future;

use jiff::Timestamp;

use super::{ApiKey, ApiKeyCreated, ApiKeys, ListRequest, RefreshRequest};
use crate::error::{Error, Result};
use crate::stage::Stage;

/// How long the old text of a rotated key goes on working if nothing is said: 300 seconds.
pub const DEFAULT_GRACE_PERIOD_SECONDS: u32 = 300;

/// A key to rotate.
#[derive(Clone, Debug, Default)]
pub struct RotateRequest {
    /// The key.
    pub api_key_id: String,
    /// From when on the new text is not accepted any more; as [`RefreshRequest::expires_at`].
    pub expires_at: Option<Timestamp>,
    /// Whether the new text ends when the key would have ended, in place of `expires_at`. This takes a look-up.
    pub keep_expiry: bool,
    /// How many seconds, 1 to 86400, the old text goes on working; [`DEFAULT_GRACE_PERIOD_SECONDS`] if not given.
    pub grace_period_seconds: Option<u32>,
    /// Whether an earlier rotation of this key was interrupted before the new text was stored, and nobody else rotates the key.
    ///
    /// Then a successor that was never used is refreshed in its turn, since nobody has its text. Without it, a key that was rotated
    /// before is left alone, and so is its successor.
    pub resume: bool,
}

/// A rotation that came to an end too early, and what works now.
#[derive(Debug)]
#[non_exhaustive]
pub enum RotateError<E> {
    /// The server did not give a new text. The old one works as before, unless [`Error::was_not_done`] is false: then it may have a
    /// successor that nobody knows the text of, and calling again with [`RotateRequest::resume`] replaces that.
    Refresh(Error),
    /// The key was refreshed before: by somebody else, or by an earlier call. Neither the key nor its successor was changed.
    AlreadyRotated {
        /// The key that takes its place.
        successor: Box<ApiKey>,
    },
    /// The new text could not be stored. The old one works until the end of its grace.
    Store {
        /// Why not.
        source: E,
        /// The new key, which nobody has.
        api_key: Box<ApiKey>,
        /// Nothing if the new key has been revoked, or why that failed.
        revoke: Result<()>,
    },
    /// The new text is stored, and the server did not confirm that it authenticates. The old one works until the end of its grace.
    Proof {
        /// What the server answered.
        source: Error,
        /// The new key, which has been stored.
        api_key: Box<ApiKey>,
    },
}

impl ApiKeys {
    /// Replaces the text of a key, without a moment in which none works.
    ///
    /// The key is refreshed with a grace period, `store` is given the new one and must not return before it is safe, then the new text
    /// is tried against the server. The old text runs out by itself. If storing fails, the new key is revoked and the old text stands
    /// until its grace is over.
    ///
    /// It can be called again after a crash, with the same id and [`resume`](RotateRequest::resume): if the key has been refreshed and
    /// its successor was never used, nobody has the text of the successor, so the successor is refreshed in turn. Without `resume`, a
    /// key that was rotated before is an error, and no key is ended that this call did not make.
    ///
    /// ```no_run
    /// # async fn run(client: arize::Client) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// use arize::api_keys::RotateRequest;
    ///
    /// let request = RotateRequest { api_key_id: "QXBpS2V5OjEwMDE6YUJjRA==".into(), ..Default::default() };
    /// let rotated = client
    ///     .api_keys()
    ///     .rotate(request, async |created| std::fs::write("/run/secrets/arize", created.key.reveal()))
    ///     .await?;
    /// println!("now {}", rotated.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RotateError`] says how far it came, and what works.
    pub async fn rotate<S, F, E>(
        &self,
        request: RotateRequest,
        store: S,
    ) -> Result<ApiKey, RotateError<E>>
    where
        S: FnOnce(ApiKeyCreated) -> F,
        F: Future<Output = Result<(), E>>,
    {
        let this = Self { client: self.client.nest(Stage::Alpha, "api_keys.rotate") };
        let created = this.refresh_or_successor(request).await?;
        let (api_key, key) = (Box::new(created.api_key.clone()), created.key.clone());
        if let Err(source) = store(created).await {
            let revoke = this.revoke(&api_key.id).await;
            return Err(RotateError::Store { source, api_key, revoke });
        }
        let proof = match this.client.with_key(key) {
            Ok(client) => client.api_keys().prove().await,
            Err(error) => Err(error),
        };
        match proof {
            Ok(()) => Ok(*api_key),
            Err(source) => Err(RotateError::Proof { source, api_key }),
        }
    }

    /// A new text for the key, or for its successor if that was lost.
    async fn refresh_or_successor<E>(
        &self,
        request: RotateRequest,
    ) -> Result<ApiKeyCreated, RotateError<E>> {
        let grace = request.grace_period_seconds.unwrap_or(DEFAULT_GRACE_PERIOD_SECONDS);
        if grace == 0 {
            let message =
                "without a grace period there is a moment in which no key works: use `refresh`";
            return Err(RotateError::Refresh(Error::input("grace_period_seconds", message)));
        }
        let refresh = |api_key_id: String, expires_at: Option<Timestamp>| RefreshRequest {
            api_key_id,
            expires_at,
            grace_period_seconds: Some(grace),
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
        match self.list(ListRequest { limit: Some(1), ..ListRequest::default() }).await {
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
            Self::Proof { source, api_key } => write!(
                formatter,
                "the new key {} is stored and could not be tried: {source}; the old one works until its grace is over",
                api_key.id
            ),
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
