//! Everything that every operation needs of a request besides its own input: the credential, the dialect, where it came from.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use claviger_domain::{KeyText, RequestContext};
use claviger_store::{Credential, Quota, Request};

use super::credential;
use super::dialect::{self, Dialect};
use crate::app::App;
use crate::client_address::ClientAddress;
use crate::error::ApiError;
use crate::request_id::RequestId;

/// How much of a user agent is kept.
const MAX_USER_AGENT: usize = 256;

/// A request with a well-formed credential. Whether it is proven, the store says, inside the operation's transaction.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Who calls, and from where.
    pub call: Request,
    /// How to answer.
    pub dialect: Dialect,
}

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key = credential::read(&parts.headers, app.store.installation().tag)?;
        let context = context(&parts.extensions, &parts.headers);
        let quota = Some(Arc::clone(&app.quotas) as Arc<dyn Quota>);
        let call = Request { credential: Credential::ApiKey(key), context, quota };
        let dialect = dialect::recognize(&parts.headers, app.options.dialect);
        Ok(Self { call, dialect })
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
            .map(|agent| agent.chars().take(MAX_USER_AGENT).collect()),
    }
}
