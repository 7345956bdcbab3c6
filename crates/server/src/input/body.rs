//! JSON bodies: plain UTF-8 objects of known members, read whole before anything is done with them.
//!
//! Nobody holds anything that others need while a body arrives: a place for decoding is taken when the whole body is there, and the
//! listener bounds the bytes that wait for that. What no anonymous client has a use for, a large body, is read for known callers only.
//!
//! Rules: a body that is an array is refused at every depth (derived decoders read arrays as objects by position); nothing of a body is
//! repeated in an error but the names of members that this server knows.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use claviger_domain::{Change, Refusal};
use http_body_util::BodyExt as _;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Client;
use crate::error::{ApiError, unavailable};
use crate::problem::{Problem, ProblemKind};
use crate::wire::Format;
use claviger_http::BodyTimeout;

/// Bodies above this size are read for known callers only, and decoded a few at a time.
const LARGE: usize = 64 * 1024;
/// How long a large body waits for its place.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// The most bytes that an operation reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(pub usize);

impl Limit {
    /// Creating: the contract allows 100 organizations of 100 spaces, about 1.1 MB.
    pub(crate) const CREATE: Self = Self(2 * 1024 * 1024);
    /// Creating a user key, once the type is known.
    pub(crate) const CREATE_USER_KEY: Self = Self(64 * 1024);
    /// Making and changing organizations, spaces, users and memberships: names and descriptions, escaped at worst.
    pub(crate) const IDENTITY: Self = Self(64 * 1024);
    /// Refreshing.
    pub(crate) const REFRESH: Self = Self(16 * 1024);

    /// What was found in public: some thousands at once.
    pub(crate) const FOUND_SECRETS: Self = Self(1024 * 1024);

    pub(crate) fn exceeded(self) -> Problem {
        let detail =
            format!("the body is larger than the {} bytes that this operation reads", self.0);
        Problem::new(ProblemKind::PayloadTooLarge, detail)
    }
}

/// A place among the few large bodies that are decoded and handled at once. What is made of a body is larger than the body.
pub(crate) type Place = OwnedSemaphorePermit;

/// The body of an operation: an object of known members.
pub(crate) trait RequestBody: DeserializeOwned {
    /// What the operation reads of its path.
    type Path: Send;
    /// What the operation is to do, besides what the path says.
    type Command: Send;
    /// The most that is read of it.
    const LIMIT: Limit = Limit::IDENTITY;
    /// Whether it must be there. One that is missing is the same as an empty object otherwise.
    const IS_REQUIRED: bool = true;

    /// Reads the members.
    fn read(self, path: Self::Path, format: Format<'_>) -> Result<Self::Command, Refusal>;

    /// The limit, where it depends on what the body asks for.
    fn limit(_: &Self::Command) -> Limit {
        Self::LIMIT
    }
}

/// What an operation reads of its body.
pub(crate) trait FromBody<P> {
    /// What it is read as.
    type Read: Send;

    /// Reads it. If it is large, the client is authenticated before it is read, and a place is taken for it.
    fn from_body(
        client: &Client,
        headers: &HeaderMap,
        body: Body,
        path: P,
    ) -> impl Future<Output = Result<(Self::Read, Option<Place>), ApiError>> + Send;
}

impl<P: Send> FromBody<P> for () {
    type Read = ();

    async fn from_body(
        _: &Client,
        _: &HeaderMap,
        _: Body,
        _: P,
    ) -> Result<((), Option<Place>), ApiError> {
        Ok(((), None))
    }
}

impl<B: RequestBody> FromBody<B::Path> for B {
    type Read = B::Command;

    async fn from_body(
        client: &Client,
        headers: &HeaderMap,
        body: Body,
        path: B::Path,
    ) -> Result<(B::Command, Option<Place>), ApiError> {
        if B::IS_REQUIRED {
            check_media_type(headers)?;
        }
        let bytes = collect(headers, body, B::LIMIT, || client.authenticate()).await?;
        let bytes = if bytes.is_empty() && !B::IS_REQUIRED {
            Bytes::from_static(b"{}")
        } else {
            check_media_type(headers)?;
            bytes
        };
        let place = take_place(&client.app.large_bodies, &bytes).await?;
        let command = decode::<B>(&bytes)?.read(path, client.format())?;
        let limit = B::limit(&command);
        if bytes.len() > limit.0 {
            return Err(limit.exceeded().into());
        }
        Ok((command, place))
    }
}

/// The bytes of a body as they came, which somebody has signed.
pub(crate) async fn bytes(headers: &HeaderMap, body: Body, limit: Limit) -> Result<Bytes, Problem> {
    check_media_type(headers)?;
    collect(headers, body, limit, anybody).await
}

/// Takes a place among the few large bodies, if this is one. The wait for it is bounded.
pub(crate) async fn take_place(
    places: &Arc<Semaphore>,
    bytes: &Bytes,
) -> Result<Option<Place>, Problem> {
    if bytes.len() <= LARGE {
        return Ok(None);
    }
    match tokio::time::timeout(MAX_WAIT, Arc::clone(places).acquire_owned()).await {
        Ok(place) => Ok(place.ok()),
        Err(_) => Err(unavailable("too many large requests are being handled")),
    }
}

/// Lets everybody send as much as the operation reads.
async fn anybody() -> Result<(), Problem> {
    Ok(())
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported = |detail| Problem::new(ProblemKind::UnsupportedMediaType, detail);
    if headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        return Err(unsupported("compressed bodies are not read: leave out `Content-Encoding`"));
    }
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.filter(|part| !part.is_empty()).all(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            name.eq_ignore_ascii_case("charset")
                && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    });
    if json && utf8 {
        Ok(())
    } else {
        Err(unsupported("the body must be `Content-Type: application/json`, in UTF-8"))
    }
}

/// How many times larger than what has arrived a body's buffer is made when it has to grow, if the body is announced to be that large.
const GROWTH: usize = 4;

/// Collects a body. `admit` is asked once, before more than a small body is read.
async fn collect<E: From<Problem>>(
    headers: &HeaderMap,
    mut body: Body,
    limit: Limit,
    admit: impl AsyncFnOnce() -> Result<(), E>,
) -> Result<Bytes, E> {
    let declared = declared_length(headers);
    if declared.is_some_and(|length| length > limit.0) {
        return Err(limit.exceeded().into());
    }
    let mut admit = Some(admit);
    let mut bytes = BytesMut::new();
    let mut expected = declared.unwrap_or(0);
    loop {
        if expected > LARGE
            && let Some(admit) = admit.take()
        {
            admit().await?;
        }
        let Some(frame) = body.frame().await else {
            return Ok(bytes.freeze());
        };
        let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else {
            continue;
        };
        let length = bytes.len() + data.len();
        if length > limit.0 {
            return Err(limit.exceeded().into());
        }
        expected = expected.max(length);
        if bytes.capacity() < length {
            // In few steps: many large bodies that grow beside one another would leave the memory in pieces. What nobody has sent yet is
            // reserved and not used, so it takes none.
            bytes.reserve(length.saturating_mul(GROWTH).min(expected) - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
}

fn broken(error: &axum::Error) -> Problem {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        if cause.is::<BodyTimeout>() {
            return Problem::new(ProblemKind::RequestTimeout, "the body did not arrive in time")
                .with_header(header::CONNECTION, http::HeaderValue::from_static("close"));
        }
        source = cause.source();
    }
    Problem::new(
        ProblemKind::InvalidRequest,
        "the body ended early or was not framed as HTTP demands",
    )
}

/// Decodes an object.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let refused = |detail: String| Problem::new(ProblemKind::InvalidRequest, detail);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| refused("the body is not valid UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value: Object<T> = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| refused(describe(&error)))?;
    deserializer
        .end()
        .map_err(|_| refused("the body holds more than one JSON object".to_owned()))?;
    Ok(value.0)
}

/// Says which member is wrong and what would be right, without repeating what was sent.
pub(super) fn describe(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let inner = error.inner();
    if !inner.is_data() {
        return "the body is not valid JSON".to_owned();
    }
    let message = inner.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let expected = message.rsplit_once(", expected ").map(|(_, tail)| tail);
    let says = |start: &str| message.starts_with(start);
    let place = match place(&error.path().to_string(), says("unknown field")) {
        place if place.is_empty() => "the body".to_owned(),
        place => format!("`{place}`"),
    };
    if says("unknown field") {
        let known = expected.unwrap_or("none");
        return format!(
            "{place} has a member that this operation does not know; it knows: {known}"
        );
    }
    if says("missing field") || says("duplicate field") {
        return format!("{place}: {message}");
    }
    match expected {
        Some(expected) => format!("{place} must be {}", in_json_terms(expected)),
        None => format!("{place}: {message}"),
    }
}

/// What was expected, in the words of JSON rather than of Rust.
fn in_json_terms(expected: &str) -> &str {
    match expected {
        "i64" | "u32" => "a whole number",
        "a sequence" => "an array",
        other => other,
    }
}

/// The path of the member at fault. An unknown member's own name is the client's, and is cut off.
fn place(path: &str, unknown: bool) -> String {
    if path == "." {
        return String::new();
    }
    if unknown {
        path.rsplit_once('.').map_or("", |(parent, _)| parent).to_owned()
    } else {
        path.to_owned()
    }
}

/// A value that must be written as a JSON object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// For members that may be left out and may not be `null`.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// For members that may be left out, and whose `null` takes something away.
pub(crate) fn change<'de, D, T>(deserializer: D) -> Result<Change<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.map_or(Change::Clear, Change::Set))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that finds all places taken waits for some time, and then gets 503 (fault S1).
    #[tokio::test(start_paused = true)]
    async fn the_wait_for_a_place_is_bounded() {
        let places = Arc::new(Semaphore::new(1));
        let (small, large) = (Bytes::from(vec![0; LARGE]), Bytes::from(vec![0; LARGE + 1]));
        let taken = take_place(&places, &large).await.unwrap();
        assert!(taken.is_some());
        assert!(take_place(&places, &small).await.unwrap().is_none(), "small ones need none");
        let problem = take_place(&places, &large).await.unwrap_err();
        assert_eq!(problem.kind, ProblemKind::ServiceUnavailable);
        assert!(problem.headers.iter().any(|(name, _)| *name == header::RETRY_AFTER));
        drop(taken);
        assert!(take_place(&places, &large).await.unwrap().is_some());
    }
}
