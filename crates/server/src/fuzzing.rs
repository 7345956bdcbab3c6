//! The readers of input, laid open for the fuzzers. Each takes whatever a client may send and answers what it made of it.

use axum::http::{HeaderMap, HeaderValue, header};
use claviger_domain::{Entropy, EntropyUnavailable, InstanceTag, ObjectIdCodec, UserId};
use claviger_store::After;

use crate::wire::api_keys::request::{CreateBody, RefreshBody};
use crate::wire::body;
use crate::wire::cursor::CursorCodec;
use crate::wire::dialect::Dialect;
use crate::wire::query::Query;
use crate::wire::{credential, timestamp};

/// Whether the body of a creation is accepted.
pub fn create_body(bytes: &[u8]) -> bool {
    let codec = ObjectIdCodec::new(&[7; 32]);
    body::decode::<CreateBody>(bytes).is_ok_and(|body| body.read(&codec, &Dialect::NEWEST).is_ok())
}

/// Whether the body of a refresh is accepted.
pub fn refresh_body(bytes: &[u8]) -> bool {
    body::decode::<RefreshBody>(bytes).is_ok_and(|body| body.read(&Dialect::NEWEST).is_ok())
}

/// The instant that a text is read as.
pub fn instant(text: &str) -> Option<jiff::Timestamp> {
    timestamp::parse(text).ok()
}

/// Whether header values are read as one key of an installation.
pub fn credential(values: &[&[u8]], tag: InstanceTag) -> bool {
    let mut headers = HeaderMap::new();
    for value in values {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(header::AUTHORIZATION, value);
        }
    }
    credential::read(&headers, tag).is_ok()
}

/// Whether a query string is accepted.
pub fn query(raw: &str) -> bool {
    Query::read(Some(raw), &["limit", "cursor", "status"], &["status"])
        .is_ok_and(|query| query.limit().is_ok())
}

/// A cursor of a list, behind a thing.
pub fn seal_cursor(list: &str, reader: i64, id: i64) -> Option<String> {
    let after = After { reader: UserId::new(reader), id };
    CursorCodec::new(&[7; 32]).seal(list, after, &Zeros).ok()
}

/// What a cursor is opened as: reader and thing.
pub fn open_cursor(list: &str, cursor: &str) -> Option<(i64, i64)> {
    let after = CursorCodec::new(&[7; 32]).open(list, cursor)?;
    Some((after.reader.number(), after.id))
}

#[derive(Debug)]
struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyUnavailable> {
        bytes.fill(0);
        Ok(())
    }
}
