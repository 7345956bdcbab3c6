//! `/openapi.json`, and the same to read at `/docs`.

use std::future::ready;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use axum::routing::get;
use bytes::Bytes;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::openapi;

pub(super) fn router(document: &OpenApi) -> Router<App> {
    let json = openapi::complete(document);
    let (page, json) = (Bytes::from(openapi::page(&json)), Bytes::from(json));
    Router::new()
        .route("/openapi.json", get(move || ready(answer(&json, "application/json"))))
        .route("/docs", get(move || ready(answer(&page, "text/html; charset=utf-8"))))
}

/// Every answer shares the bytes of its document.
fn answer(text: &Bytes, media_type: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.clone()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    );
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
            let body = answer(&text, "text/plain").into_body().collect().await.unwrap();
            assert_eq!(body.to_bytes().as_ptr(), text.as_ptr());
        }
    }
}
