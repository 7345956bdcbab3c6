//! The rules that both versions of HTTP share, applied to parsed requests.
//!
//! HTTP/1 requests have met them in the request filter already; asking again costs little and keeps one place where both must pass.

use http::request::Parts;
use http::{Version, header};

use crate::limits::Limits;
use crate::rejection::{Rejection, check_expectation, check_method, is_acceptable_value};
use crate::target;

/// Refuses what must not reach the service.
pub(crate) fn check(request: &Parts, limits: &Limits) -> Result<(), Rejection> {
    check_method(request.method.as_str().as_bytes())?;
    if request.headers.get_all(header::AUTHORIZATION).iter().nth(1).is_some() {
        return Err(Rejection::Authorization);
    }
    for value in request.headers.get_all(header::EXPECT) {
        check_expectation(value.as_bytes())?;
    }
    if request.version == Version::HTTP_2 {
        check_http2(request, limits)?;
    }
    Ok(())
}

/// What the request filter asks of HTTP/1 heads and the HTTP/2 library does not ask.
fn check_http2(request: &Parts, limits: &Limits) -> Result<(), Rejection> {
    let path = request.uri.path_and_query().map_or("", |path| path.as_str());
    if path.len() > limits.max_target_bytes {
        return Err(Rejection::TargetTooLong);
    }
    target::check(request.method.as_str().as_bytes(), path.as_bytes())?;
    if request.headers.len() > limits.max_headers {
        return Err(Rejection::TooManyHeaders);
    }
    if !request
        .headers
        .iter()
        .all(|(name, value)| is_acceptable_value(name.as_str(), value.as_bytes()))
    {
        return Err(Rejection::HeaderLine);
    }
    check_authority(request)
}

/// RFC 9113 §8.3.1: `:authority` names the host; a Host beside it must say the same.
fn check_authority(request: &Parts) -> Result<(), Rejection> {
    let mut hosts = request.headers.get_all(header::HOST).iter().map(http::HeaderValue::as_bytes);
    let authority = request.uri.authority().map(|authority| authority.as_str().as_bytes());
    let named = match (authority, hosts.next()) {
        (Some(authority), Some(host)) if !host.eq_ignore_ascii_case(authority) => None,
        (authority, host) => authority.or(host),
    };
    match (named, hosts.next()) {
        (Some(host), None) if target::is_host(host) => Ok(()),
        _ => Err(Rejection::Host),
    }
}
