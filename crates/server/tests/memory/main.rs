//! How much memory a request takes: a small multiple of its body, whatever the body is (docs/threat-model.md#large-bodies).
//!
//! Rule: one test in this binary. The allocator counts for the whole process, the store's threads included; what is growing counts
//! twice, old and new.

#![expect(clippy::unwrap_used, reason = "test code")]

mod bodies;

use std::fmt::Write as _;

use axum::http::{Request, header};
use claviger_testkit::TestServer;
use peak_alloc::PeakAlloc;

use crate::bodies::Hostile;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What a request may take besides its body: itself, its answer, and what the store keeps ready.
const BESIDES: usize = 32 * 1024;
/// How many times its body. The bar is 20; what can be built out of the smallest parts that the contract has takes 9.
const TIMES: usize = 10;

/// The operations that read a body, and the most bytes that they read.
const OPERATIONS: [(&str, &str, usize); 3] = [
    ("POST", "/v2/api-keys", 2 * 1024 * 1024),
    ("POST", "/v2/api-keys/{id}/refresh", 16 * 1024),
    ("POST", "/v2/organizations", 64 * 1024),
];

#[tokio::test]
async fn alloc_bounded_by_body() {
    let server = TestServer::start().await;
    let mut exceeded = String::new();
    for (method, path, limit) in OPERATIONS {
        let path = path.replace("{id}", &server.world.id("uk").replace('=', "%3D"));
        for body in bodies::hostile(limit) {
            let length = body.bytes.len();
            let (taken, status) = taken(&server, method, &path, &body).await;
            assert!((400..500).contains(&status), "{method} {path}, {}: {status}", body.what);
            let allowed = TIMES * length.min(limit) + BESIDES;
            if taken > allowed {
                writeln!(exceeded, "{path}, {}: {taken} of {allowed}", body.what).unwrap();
            }
        }
    }
    assert!(exceeded.is_empty(), "more bytes were allocated than allowed:\n{exceeded}");
}

/// The most bytes that were allocated at one time while the request was answered, beyond what was before, and the answer's status.
async fn taken(server: &TestServer, method: &str, path: &str, body: &Hostile) -> (usize, u16) {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", server.world.key("admin")))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(length) = body.declared {
        request = request.header(header::CONTENT_LENGTH, length);
    }
    let request = request.body(body.send()).unwrap();
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let answer = server.send(request).await;
    let taken = ALLOCATOR.peak_usage() - before;
    (taken, answer.status)
}
