//! Everything that every operation needs of a request besides its own input: the credential, the dialect, where it came from.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use claviger_domain::{Clock as _, KeyText, RequestContext};
use claviger_store::Call;

use super::credential;
use super::dialect::{self, Dialect};
use crate::app::App;
use crate::error::ApiError;
use crate::front::PeerAddress;
use crate::trace::RequestId;

/// How much of a user agent is kept.
const LONGEST_USER_AGENT: usize = 256;

/// A request with a well-formed credential. Whether it is proven, the store says, inside the operation's transaction.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Who calls, when, and from where.
    pub call: Call,
    /// How to answer.
    pub dialect: Dialect,
}

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let key = credential::read(&parts.headers, app.store.installation().tag)?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let context = RequestContext {
            request_id: parts.extensions.get().map(RequestId::to_string).unwrap_or_default(),
            source: parts.extensions.get().map(|PeerAddress(address)| *address),
            // A secret that was put there by mistake is not kept (INV-8).
            user_agent: agent
                .filter(|agent| !KeyText::looks_like_one(agent))
                .map(|agent| agent.chars().take(LONGEST_USER_AGENT).collect()),
        };
        let call = Call { key, now: app.clock.now(), context, quota: app.quota.clone() };
        let dialect = dialect::recognize(&parts.headers, app.options.dialect);
        Ok(Self { call, dialect })
    }
}
