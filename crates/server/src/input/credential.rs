//! The credential of a request: one `Authorization` header with one key (RFC 6750 §2.1).
//!
//! Go clients before 0.12 send the bare key without a scheme (docs/contract/README.md#authentication); that is read too.

use axum::http::{HeaderMap, HeaderValue, header};
use claviger_domain::{InstanceTag, KeyHandle, KeyText};

use crate::problem::{Problem, ProblemKind};

/// The `WWW-Authenticate` of a request without credentials (RFC 6750 §3: no error code then).
const CHALLENGE: &str = r#"Bearer realm="claviger""#;
/// The `WWW-Authenticate` of a credential that does not authenticate.
const INVALID_TOKEN: &str = r#"Bearer realm="claviger", error="invalid_token""#;
/// The `WWW-Authenticate` of a malformed request.
const INVALID_REQUEST: &str = r#"Bearer realm="claviger", error="invalid_request""#;

/// The one answer to every credential that does not authenticate, whatever is wrong with it.
pub(crate) fn unauthenticated() -> Problem {
    Problem::new(ProblemKind::AuthenticationRequired, "the API key is not valid")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(INVALID_TOKEN))
}

fn missing() -> Problem {
    Problem::new(
        ProblemKind::AuthenticationRequired,
        "an API key is required: send it as `Authorization: Bearer <key>`",
    )
    .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE))
}

fn several() -> Problem {
    Problem::new(ProblemKind::InvalidRequest, "send one `Authorization` header with one API key")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(INVALID_REQUEST))
}

/// What the presented key is looked up by, whatever becomes of it: nothing where no key of ours has that shape and checksum.
pub(crate) fn handle(headers: &HeaderMap) -> Option<KeyHandle> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    KeyText::parse(value.rsplit(' ').next()?).ok().map(|key| key.handle)
}

/// Reads the presented key. Whatever cannot be a key of this installation is refused here, without a hash and without the database.
pub(crate) fn read(headers: &HeaderMap, tag: InstanceTag) -> Result<KeyText, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or_else(missing)?;
    if values.next().is_some() {
        return Err(several());
    }
    let text = value.to_str().map_err(|_| unauthenticated())?;
    let key = match text.split_once(' ') {
        // RFC 9110 §11.4: one space or more.
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim_start_matches(' '),
        Some(_) => return Err(missing()),
        None if text.is_empty() => return Err(missing()),
        None => text,
    };
    if key.contains(',') {
        return Err(several());
    }
    let key = KeyText::parse(key).map_err(|_| unauthenticated())?;
    if key.handle.tag() == tag {
        return Ok(key);
    }
    Err(Problem::new(
        ProblemKind::AuthenticationRequired,
        "the API key belongs to another installation",
    )
    .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(INVALID_TOKEN)))
}
