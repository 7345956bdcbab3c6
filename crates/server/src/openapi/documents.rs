//! What the server says of itself: `/openapi.json`, the same to read at `/docs`, the errors at `/docs/errors`, and `security.txt`.

use std::future::ready;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use axum::routing::get;
use bytes::Bytes;
use jiff::SignedDuration;
use utoipa::openapi::OpenApi;

use super::{complete, errors_page, page, page_policy};
use crate::app::App;

/// How long what `security.txt` says is good for; RFC 9116 §2.5.5 asks for less than a year.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Where weaknesses are reported if the operator names no other place.
const CONTACT: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/security/advisories/new");

pub(crate) fn router(document: &OpenApi) -> Router<App> {
    let json = complete(document);
    let page = Bytes::from(page(&json));
    let json = Bytes::from(json);
    let errors = Bytes::from(errors_page());
    Router::new()
        .route("/openapi.json", get(move || ready(answer(json.clone(), "application/json"))))
        .route("/docs", get(move || ready(html(page.clone()))))
        .route("/docs/errors", get(move || ready(html(errors.clone()))))
        .route("/.well-known/security.txt", get(security_txt))
}

/// Where to report a weakness (RFC 9116).
async fn security_txt(State(app): State<App>) -> Response<Body> {
    let contact = app.options.security_contact.as_ref().map_or(CONTACT, |contact| contact.as_str());
    let expires = app.clock.now().saturating_add(GOOD_FOR).unwrap_or_default();
    let text = format!("Contact: {contact}\nExpires: {expires:.0}\nPreferred-Languages: en\n");
    answer(text.into(), "text/plain; charset=utf-8")
}

/// Every answer shares the bytes of its document.
fn answer(text: Bytes, media_type: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// A page: its one style sheet is all that it may use.
fn html(text: Bytes) -> Response<Body> {
    let mut response = answer(text, "text/html; charset=utf-8");
    if let Ok(policy) = HeaderValue::from_str(&page_policy()) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    /// However many answers wait for their clients, the document is in memory once (fault R6).
    #[tokio::test]
    async fn answers_share_the_bytes_of_their_document() {
        let text = Bytes::from("a document".repeat(1000));
        for _ in 0..2 {
            let body = answer(text.clone(), "text/plain").into_body().collect().await.unwrap();
            assert_eq!(body.to_bytes().as_ptr(), text.as_ptr());
        }
    }
}
