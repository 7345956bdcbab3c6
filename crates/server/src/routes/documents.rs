//! `/openapi.json`, and the same to read at `/docs`.

use std::future::ready;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use axum::routing::get;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::openapi;

pub(super) fn router(document: &OpenApi) -> Router<App> {
    let json: Arc<str> = openapi::complete(document).into();
    let page: Arc<str> = openapi::page(&json).into();
    Router::new()
        .route("/openapi.json", get(move || ready(answer(&json, "application/json"))))
        .route("/docs", get(move || ready(answer(&page, "text/html; charset=utf-8"))))
}

fn answer(text: &str, media_type: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
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
