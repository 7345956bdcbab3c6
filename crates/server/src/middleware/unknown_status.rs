//! Answers 400 instead of 422 to a client that does not know 422 from the operation.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;
use crate::problem::{Problem, ProblemKind};
use crate::wire::dialect;

/// Changes the status of the problem. Its detail stays.
pub(crate) async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let unprocessable = dialect::recognize(request.headers(), app.options.dialect).unprocessable;
    let is_known = unprocessable.is_known(request.method(), request.uri().path());
    let mut response = next.run(request).await;
    if is_known || response.status() != ProblemKind::UnprocessableEntity.status() {
        return response;
    }
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => Problem { kind: ProblemKind::InvalidRequest, ..problem }.into_response(),
        None => response,
    }
}
