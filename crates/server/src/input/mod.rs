//! Reading requests: who asks, and what they ask.
//!
//! Rule: only callers who are authenticated learn what is wrong with their input. Operations take an [`Input`], so that none can forget it.

pub(crate) mod body;
mod client;
pub(crate) mod credential;
pub(crate) mod cursor;
pub(crate) mod element;
mod list;
mod path;
pub(crate) mod query;

pub(crate) use body::{Limit, RequestBody};
pub(crate) use client::{Client, context};
pub(crate) use list::{List, Paging};
pub(crate) use query::Query;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::request::Parts;

use crate::app::App;
use crate::error::ApiError;
use body::{FromBody, Place};
use path::FromPath;
use query::FromQuery;

/// The input of an operation: its client, and what was read of the path, the query and the body.
///
/// `P` is the id in the path, or a tuple of ids, in order. `Q` is a [`List`], or nothing: then the query must be empty. `B` is a
/// [`RequestBody`], or nothing: then the body is not read.
pub(crate) struct Input<P = (), Q: FromQuery = (), B: FromBody<P> = ()> {
    pub(crate) client: Client,
    pub(crate) path: P,
    pub(crate) query: Q::Read,
    pub(crate) body: B::Read,
    /// Kept until the request is answered.
    #[expect(dead_code, reason = "it is there to be dropped")]
    place: Option<Place>,
}

impl<P: FromPath, Q: FromQuery, B: FromBody<P>> Input<P, Q, B> {
    /// Reads the request of a client who is authenticated already.
    pub(crate) async fn read(client: Client, request: Request) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let (path, query, (body, place)) = read::<P, Q, B>(&client, &mut parts, body).await?;
        Ok(Self { client, path, query, body, place })
    }
}

impl<P: FromPath, Q: FromQuery, B: FromBody<P>> FromRequest<App> for Input<P, Q, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let client = Client::from_request_parts(&mut parts, app).await?;
        let input = read::<P, Q, B>(&client, &mut parts, body).await;
        let (path, query, (body, place)) = client.check(input).await?;
        Ok(Self { client, path, query, body, place })
    }
}

async fn read<P: FromPath, Q: FromQuery, B: FromBody<P>>(
    client: &Client,
    parts: &mut Parts,
    body: Body,
) -> Result<(P, Q::Read, (B::Read, Option<Place>)), ApiError> {
    let query = Q::from_query(parts.uri.query(), client)?;
    let path = P::from_path(client, parts).await?;
    let body = B::from_body(client, &parts.headers, body, path).await?;
    Ok((path, query, body))
}
