//! The kinds of floods.

use claviger_domain::{InstanceTag, KeyType, MintedKey, SystemEntropy};

use super::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS, block, frame,
    greeting,
};
use super::{Kind, Place, Reads, Target};

/// Streams of each HTTP/2 connection.
const STREAMS: usize = 99;
const WHOLE: u8 = END_HEADERS | END_STREAM;
/// The largest window.
const WIDE: u32 = 0x7fff_ffff;
const LISTS: &str = "/v2/api-keys?limit=100";

/// Every kind of flood.
pub const KINDS: &[Kind] = &[
    kind("http1_slow_readers", 200, Reads::Trickle, |_, _| get(20, "/openapi.json", ""), again),
    kind(
        "http1_unread_lists",
        200,
        Reads::Nothing,
        |target, _| get(10, LISTS, &bearer(target)),
        again,
    ),
    kind("http1_pipelines", 100, Reads::Nothing, |_, _| get(100, "/healthz", ""), again),
    kind("http1_large_bodies", 300, Reads::Everything, large_body, nothing),
    kind("http1_slow_chunks", 1_000, Reads::Everything, chunked, |_, _| b"1\r\n \r\n".to_vec()),
    kind("http1_half_heads", 4_000, Reads::Everything, |_, _| half_head(), |_, _| b"a".to_vec()),
    kind("idle", 4_000, Reads::Everything, nothing, nothing),
    kind("idle_after_a_request", 4_000, Reads::Everything, |_, _| get(1, "/healthz", ""), nothing),
    kind("http2_zero_windows", 100, Reads::Nothing, |_, _| ask(0, "/openapi.json", &[]), pings),
    kind(
        "http2_unread_lists",
        100,
        Reads::Nothing,
        |target, _| ask(0, LISTS, &[("authorization", &key(target))]),
        pings,
    ),
    kind(
        "http2_unread_sockets",
        100,
        Reads::Nothing,
        |_, _| ask(WIDE, "/openapi.json", &[]),
        pings,
    ),
    kind("http2_bodies", 60, Reads::Everything, bodies, nothing),
    kind("http2_large_heads", 60, Reads::Everything, large_heads, nothing),
    kind("http2_half_heads", 3_000, Reads::Everything, half_heads, continuation),
    kind("http2_continuations", 100, Reads::Everything, half_heads, |_, _| {
        frame(CONTINUATION, 0, 1, &[]).repeat(5_000)
    }),
    kind("http2_pings", 200, Reads::Nothing, |_, _| greeting(WIDE), pings),
    kind(
        "http2_settings",
        200,
        Reads::Nothing,
        |_, _| greeting(WIDE),
        |_, _| frame(SETTINGS, 0, 0, &[]).repeat(2_000),
    ),
    kind("http2_resets", 100, Reads::Everything, resets, resets_again),
    Kind { sources: 1_000, ..kind("failing_keys", 1_000, Reads::Everything, failures, failures) },
    kind("keys_in_urls", 100, Reads::Everything, urls, urls),
];

/// Returns a key that the target has never issued, with its tag and the right checksum.
pub fn unknown_key(target: &Target) -> Option<String> {
    let tag = InstanceTag::parse(target.key.get(5..9)?)?;
    Some(MintedKey::generate(KeyType::User, tag, &SystemEntropy).ok()?.reveal())
}

const fn kind(
    name: &'static str,
    connections: usize,
    reads: Reads,
    opening: super::Sends,
    more: super::Sends,
) -> Kind {
    Kind { name, connections, sources: 8, reads, opening, more }
}

fn nothing(_: &Target, _: Place) -> Vec<u8> {
    Vec::new()
}

fn again(target: &Target, _: Place) -> Vec<u8> {
    get(1, "/openapi.json", &bearer(target))
}

fn key(target: &Target) -> String {
    format!("Bearer {}", target.key)
}

fn bearer(target: &Target) -> String {
    format!("Authorization: {}\r\n", key(target))
}

fn get(count: usize, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").repeat(count).into_bytes()
}

fn post(target: &Target, framing: &str, body: &str) -> Vec<u8> {
    let headers = bearer(target) + "Content-Type: application/json\r\n" + framing;
    format!("POST /v2/api-keys HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n{body}").into_bytes()
}

/// A body of 1 MB of which the last tenth never comes.
fn large_body(target: &Target, _: Place) -> Vec<u8> {
    post(target, "Content-Length: 1000000\r\n", &format!("{{{}", " ".repeat(900_000)))
}

fn chunked(target: &Target, _: Place) -> Vec<u8> {
    post(target, "Transfer-Encoding: chunked\r\n", "1\r\n{\r\n")
}

/// As much of a head as is read, without its end.
fn half_head() -> Vec<u8> {
    let value = "a".repeat(1_000);
    let lines: Vec<_> = (0..15).map(|n| format!("x-{n}: {value}\r\n")).collect();
    let lines = lines.concat();
    format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{lines}x: ").into_bytes()
}

/// Numbers of streams that a client may use, from the first of a round on.
fn streams(round: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |n| 2 * (round * count + n) + 1)
}

/// Requests on every stream.
fn ask(window: u32, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let block = block("GET", path, fields);
    let requests = streams(0, STREAMS).flat_map(|stream| frame(HEADERS, WHOLE, stream, &block));
    greeting(window).into_iter().chain(requests).collect()
}

fn pings(_: &Target, _: Place) -> Vec<u8> {
    frame(PING, 0, 0, b"a flood.").repeat(1_000)
}

fn create(target: &Target, more: &[(&str, &str)]) -> Vec<u8> {
    let key = key(target);
    let fields = [("authorization", &*key), ("content-type", "application/json")];
    block("POST", "/v2/api-keys", &[&fields[..], more].concat())
}

/// Bodies on every stream, none of which ends.
fn bodies(target: &Target, _: Place) -> Vec<u8> {
    let block = create(target, &[]);
    let body = format!("{{{}", " ".repeat(600));
    let requests = streams(0, STREAMS).flat_map(|stream| {
        let head = frame(HEADERS, END_HEADERS, stream, &block);
        [head, frame(DATA, 0, stream, body.as_bytes())].concat()
    });
    greeting(WIDE).into_iter().chain(requests).collect()
}

/// The largest heads on every stream, whose bodies never come.
fn large_heads(target: &Target, _: Place) -> Vec<u8> {
    let value = "a".repeat(1_000);
    let names: Vec<_> = (0..14).map(|n| format!("x-{n}")).collect();
    let fields: Vec<_> = names.iter().map(|name| (&**name, &*value)).collect();
    let block = create(target, &fields);
    let requests =
        streams(0, STREAMS).flat_map(|stream| frame(HEADERS, END_HEADERS, stream, &block));
    greeting(WIDE).into_iter().chain(requests).collect()
}

/// A head whose end never comes.
fn half_heads(_: &Target, _: Place) -> Vec<u8> {
    let value = "a".repeat(7_000);
    let begin = frame(HEADERS, 0, 1, &block("GET", "/healthz", &[("x-first", &value)]));
    let field = [&[0, 1, b'x', 127, 217, 53][..], value.as_bytes()].concat();
    [greeting(WIDE), begin, frame(CONTINUATION, 0, 1, &field)].concat()
}

fn continuation(_: &Target, _: Place) -> Vec<u8> {
    frame(CONTINUATION, 0, 1, &[0, 1, b'y', 1, b'z'])
}

fn reset_requests(round: usize) -> Vec<u8> {
    let block = block("GET", LISTS, &[("authorization", "Bearer nobody")]);
    let reset = |stream| {
        [frame(HEADERS, WHOLE, stream, &block), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])]
            .concat()
    };
    streams(round, 200).flat_map(reset).collect()
}

fn resets(_: &Target, place: Place) -> Vec<u8> {
    [greeting(WIDE), reset_requests(place.round)].concat()
}

fn resets_again(_: &Target, place: Place) -> Vec<u8> {
    reset_requests(place.round)
}

fn failures(target: &Target, _: Place) -> Vec<u8> {
    let unknown = |_| {
        let header =
            format!("Authorization: Bearer {}\r\n", unknown_key(target).unwrap_or_default());
        get(1, LISTS, &header)
    };
    (0..5).flat_map(unknown).collect()
}

fn urls(target: &Target, _: Place) -> Vec<u8> {
    let path =
        |_| get(1, &format!("/v2/api-keys?q={}", unknown_key(target).unwrap_or_default()), "");
    (0..20).flat_map(path).collect()
}
