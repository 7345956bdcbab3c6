//! The path of a request in the problem that answers it. It must be known to hold no secret.

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::Problem;

/// Longer paths are not repeated in problems.
const MAX_INSTANCE_LEN: usize = 256;

/// Adds the path to a problem.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let path = (path.len() <= MAX_INSTANCE_LEN).then(|| path.to_owned());
    let mut response = next.run(request).await;
    let problem = response.extensions_mut().remove::<Problem>();
    let (Some(problem), Some(path)) = (problem, path) else { return response };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, problem.at(&path).body().into())
}
