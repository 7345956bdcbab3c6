//! Bodies that are made to cost their reader as much as they can.

use std::convert::Infallible;
use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use http_body_util::StreamBody;
use hyper::body::Frame;

/// A body, and how it is sent.
pub(crate) struct Hostile {
    pub(crate) what: &'static str,
    pub(crate) bytes: Bytes,
    /// The `Content-Length` that goes before it, true or not.
    pub(crate) declared: Option<u64>,
    /// In pieces of how many bytes.
    piece: usize,
}

impl Hostile {
    fn new(what: &'static str, text: String) -> Self {
        let declared = u64::try_from(text.len()).ok();
        let piece = text.len().max(1);
        Self { what, bytes: text.into(), declared, piece }
    }

    /// The body of a request. Its pieces are parts of the same bytes: they cost nothing.
    pub(crate) fn send(&self) -> Body {
        let (bytes, piece) = (self.bytes.clone(), self.piece);
        let count = bytes.len().div_ceil(piece);
        let pieces = (0..count).map(move |number| {
            let start = number * piece;
            let part = bytes.slice(start..bytes.len().min(start + piece));
            Ok::<_, Infallible>(Frame::data(part))
        });
        Body::new(StreamBody::new(futures_util::stream::iter(pieces)))
    }
}

/// As many repetitions as fit into `limit` bytes between a head and a tail.
fn filled(limit: usize, head: &str, part: &str, tail: &str) -> String {
    let count = (limit - head.len() - tail.len()) / part.len();
    [head, &part.repeat(count), tail].concat()
}

/// As many numbered members as fit.
fn members(limit: usize, head: &str) -> String {
    let mut text = head.to_owned();
    let mut number = 0_u32;
    while text.len() + 16 < limit {
        write!(text, r#","m{number}":0"#).unwrap();
        number += 1;
    }
    text + "}"
}

/// Bodies as large as the operation reads, and some that are larger or say that they are.
pub(crate) fn hostile(limit: usize) -> Vec<Hostile> {
    let user = r#"{"name":"a""#;
    let service = r#"{"name":"a","key_type":"SERVICE","organizations":["#;
    let spaces = r#"{"name":"a","key_type":"SERVICE","organizations":[{"org_id":"","spaces":["#;
    let shapes = [
        ("one long string", filled(limit, r#"{"name":""#, "a", r#""}"#)),
        ("a long instant", filled(limit, r#"{"expires_at":""#, "2", r#""}"#)),
        ("a string of escapes", filled(limit, r#"{"name":""#, r"\u0041", r#""}"#)),
        ("a string of what is four bytes long", filled(limit, r#"{"name":""#, "😀", r#""}"#)),
        ("a long member name", filled(limit, r#"{"name":"a",""#, "b", r#"":1}"#)),
        ("a member name of escapes", filled(limit, r#"{"name":"a",""#, r"\n", r#"":1}"#)),
        ("nested arrays", filled(limit, "", "[", "")),
        ("nested objects", filled(limit, "", r#"{"a":"#, "")),
        ("nested arrays in a member", filled(limit, r#"{"organizations":"#, "[", "")),
        ("many unknown members", members(limit, user)),
        ("one member many times", filled(limit, user, r#","name":"a""#, "}")),
        ("many empty objects", filled(limit, service, "{},", "{}]}")),
        ("many nulls", filled(limit, service, "null,", "null]}")),
        (
            "many small organizations",
            filled(
                limit,
                service,
                r#"{"org_id":"","spaces":[]},"#,
                r#"{"org_id":"","spaces":[]}]}"#,
            ),
        ),
        (
            "many small spaces",
            filled(limit, spaces, r#"{"space_id":""},"#, r#"{"space_id":""}]}]}"#),
        ),
        (
            "many small spaces with roles",
            filled(limit, spaces, r#"{"space_id":"","role":""},"#, r#"{"space_id":""}]}]}"#),
        ),
        ("a long number", filled(limit, r#"{"name":"#, "9", "}")),
        ("a number of many digits in its fraction", filled(limit, r#"{"name":0."#, "1", "}")),
        ("nothing but white space", filled(limit, "", " ", "")),
        ("an object after white space", filled(limit, "", "\n", r#"{"name":1}"#)),
        ("what is no JSON", filled(limit, "", "a", "")),
        ("more objects than one", filled(limit, "", "{}", "")),
    ];
    let mut bodies: Vec<_> =
        shapes.into_iter().map(|(what, text)| Hostile::new(what, text)).collect();
    let long = || filled(limit, r#"{"name":""#, "a", r#""}"#);
    let unannounced =
        |what, text, piece| Hostile { declared: None, piece, ..Hostile::new(what, text) };
    bodies.extend([
        unannounced("small pieces without a length", long(), 7),
        unannounced("one byte at a time beyond the limit", long() + "        ", 1),
        unannounced("large pieces beyond the limit", long().repeat(3), limit - 1),
        Hostile::new("more than the limit", long() + "        "),
        Hostile {
            declared: Some(10 << 30),
            ..Hostile::new("ten gigabytes, it says", String::new())
        },
    ]);
    bodies
}
