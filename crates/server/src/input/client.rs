//! Who sends a request: with which credential, from where, and in which dialect.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use claviger_domain::{KeyText, RequestContext};
use claviger_store::{Authenticate, CallResult, Credential, Operation, Quota, Request};

use super::credential;
use crate::app::App;
use crate::error::ApiError;
use crate::middleware::request_id::RequestId;
use crate::wire::dialect::{self, Dialect};
use crate::wire::{Format, Json, View};
use claviger_http::ClientAddress;

/// How much of a user agent is kept.
const MAX_USER_AGENT_LEN: usize = 256;

/// The client of a request, with a well-formed credential. The store proves it inside the operation's transaction.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// What it asks.
    pub app: App,
    /// Who asks, and from where.
    pub request: Request,
    /// How to answer.
    pub dialect: Dialect,
}

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key = credential::read(&parts.headers, app.store.installation().tag)?;
        let context = context(&parts.extensions, &parts.headers);
        let quota = Some(Arc::clone(&app.quotas) as Arc<dyn Quota>);
        let request = Request { credential: Credential::ApiKey(key), context, quota };
        let dialect = dialect::recognize(&parts.headers, app.options.dialect);
        Ok(Self { app: app.clone(), request, dialect })
    }
}

impl Client {
    /// The client with its secret taken for one to sign in with.
    pub(crate) fn with_sign_in_secret(self) -> Self {
        Self { request: self.request.with_sign_in_secret(), ..self }
    }

    /// Carries out an operation for the client.
    pub(crate) async fn execute<O: Operation>(&self, operation: O) -> CallResult<O::Output> {
        self.app.store.execute(self.request.clone(), operation).await
    }

    /// Proves the credential, for those who are to be told more than that it is wrong.
    pub(crate) async fn authenticate(&self) -> Result<(), ApiError> {
        self.execute(Authenticate).await?;
        Ok(())
    }

    /// Returns what was read, or what is wrong with it, to those who are authenticated.
    pub(crate) async fn check<T, E: Into<ApiError>>(
        &self,
        read: Result<T, E>,
    ) -> Result<T, ApiError> {
        match read {
            Ok(input) => Ok(input),
            Err(error) => {
                let error = error.into();
                self.authenticate().await?;
                Err(error)
            }
        }
    }

    /// How things are written for the client.
    pub(crate) fn format(&self) -> Format<'_> {
        Format { codec: &self.app.codec, dialect: &self.dialect }
    }

    /// Returns a thing as the client reads it.
    pub(crate) fn json<T, V: View<T>>(&self, thing: T) -> Json<V> {
        Json(V::of(self.format(), thing))
    }
}

/// Where a request came from.
pub(crate) fn context(extensions: &Extensions, headers: &HeaderMap) -> RequestContext {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    RequestContext {
        request_id: extensions.get().map(RequestId::to_string).unwrap_or_default(),
        source: extensions.get().map(|ClientAddress(address)| *address),
        // A secret that was put there by mistake is not kept (docs/threat-model.md#secret-shown-once).
        user_agent: agent
            .filter(|agent| !KeyText::looks_like_one(agent))
            .map(|agent| agent.chars().take(MAX_USER_AGENT_LEN).collect()),
    }
}
