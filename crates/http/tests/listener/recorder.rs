//! The service behind the listener in these tests: reads the whole body, remembers what it executed, and can be held up.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::Body;
use claviger_http::{BodyTimeout, PeerAddress, Rejection};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::sync::Semaphore;

/// Bytes of the answer to `/large`: far more than the wire holds at once.
pub(crate) const LARGE: usize = 1024 * 1024;

/// Counts a request as executed once its body has been read to the end, as a real handler does.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<Records>);

struct Records {
    executed: Mutex<Vec<String>>,
    gate: Semaphore,
    entered: Semaphore,
}

impl Recorder {
    /// A service that answers at once.
    pub(crate) fn new() -> Self {
        Self::with_gate(Semaphore::new(Semaphore::MAX_PERMITS))
    }

    /// A service that answers nothing before [`release`](Self::release).
    pub(crate) fn held() -> Self {
        Self::with_gate(Semaphore::new(0))
    }

    fn with_gate(gate: Semaphore) -> Self {
        let executed = Mutex::default();
        Self(Arc::new(Records { executed, gate, entered: Semaphore::new(0) }))
    }

    /// Lets so many held requests go on.
    pub(crate) fn release(&self, count: usize) {
        self.0.gate.add_permits(count);
    }

    /// Waits until one more request has come to the service.
    pub(crate) async fn entered(&self) {
        self.0.entered.acquire().await.unwrap().forget();
    }

    /// How many requests have come to the service that nobody has asked [`entered`](Self::entered) for.
    pub(crate) fn waiting(&self) -> usize {
        self.0.entered.available_permits()
    }

    /// Method and target of what was executed, in order.
    pub(crate) fn executed(&self) -> Vec<String> {
        self.0.executed.lock().unwrap().clone()
    }

    async fn answer(self, request: Request<Body>) -> Response<Body> {
        assert!(request.extensions().get::<PeerAddress>().is_some(), "every request has a peer");
        self.0.entered.add_permits(1);
        let (head, body) = request.into_parts();
        if head.uri.path() == "/unread" {
            return Response::new(Body::from("unread"));
        }
        if head.uri.path() == "/large" {
            return Response::new(Body::from("x".repeat(LARGE)));
        }
        let content = match body.collect().await {
            Ok(content) => content.to_bytes(),
            Err(error) => {
                let is_late = error.into_inner().is::<BodyTimeout>();
                let rejection =
                    if is_late { Rejection::HeadTimeout } else { Rejection::Incomplete };
                return rejection.into_response();
            }
        };
        self.0.gate.acquire().await.unwrap().forget();
        self.0.executed.lock().unwrap().push(format!("{} {}", head.method, head.uri));
        if head.method == http::Method::HEAD {
            return Response::new(Body::empty());
        }
        Response::new(Body::from(format!("{} {} {}", head.method, head.uri, content.len())))
    }
}

impl tower::Service<Request<Body>> for Recorder {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { Ok(this.answer(request).await) })
    }
}
