//! What every answer carries besides its own headers: that nobody may keep it, guess its type, frame it, load it from elsewhere or pass its
//! address on (docs/threat-model.md#shared-caches, docs/threat-model.md#browsers).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

/// What an answer may load or run, unless it says otherwise: nothing.
pub(crate) const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const ALWAYS: [(HeaderName, &str); 8] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Adds them to an answer.
pub(crate) async fn layer(mut response: Response) -> Response {
    add(response.headers_mut());
    response
}

/// Adds them. What is there already of another policy for content, or in `Vary`, stays.
pub(crate) fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    let varies = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"authorization");
    if !headers.get_all(header::VARY).iter().any(varies) {
        headers.append(header::VARY, HeaderValue::from_static("authorization"));
    }
}
