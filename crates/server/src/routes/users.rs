//! `/v2/users`: reading. The rest of the identity plane has its place here.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::Response;
use claviger_domain::UserId;
use claviger_store::ListUsers;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::client::Client;
use crate::wire::ids;
use crate::wire::path::PathId;
use crate::wire::query::Query;
use crate::wire::users::{self, UserList, UserView};

const LIST: &[&str] = &["email", "status", "limit", "cursor"];

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// List users
///
/// People, oldest first. Bot users are not among them.
#[utoipa::path(
    get, path = "/v2/users", tag = "users", operation_id = "listUsers", security(("key" = [])),
    params(
        ("email" = Option<String>, Query, max_length = 255, description = "What the address contains, in whatever case"),
        ("status" = Option<String>, Query, description = "`ACTIVE`, `INVITED` or `EXPIRED`; may be repeated"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many: 50 if left out"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
    ),
    responses(
        (status = 200, description = "A page of users", body = UserList),
        (status = 400, description = "A parameter is not acceptable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let input = Query::read(raw.as_deref(), LIST, &["status"]).and_then(|query| {
        let name = list_name("users", &query, &LIST[..2]);
        let after = after::<UserId>(&app, &name, &query)?;
        let limit = query.limit()?;
        let statuses = query.all("status").map(users::status).collect::<Result<_, _>>()?;
        let list = ListUsers { email: query.search("email")?, statuses, after, limit };
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.list_users(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, |user| user.id)?;
    let users = page
        .items
        .into_iter()
        .map(|user| UserView::of(&app.codec, &client.dialect, user))
        .collect();
    Ok(json(200, &UserList { users, pagination }))
}

/// Get a user
#[utoipa::path(
    get, path = "/v2/users/{user_id}", tag = "users", operation_id = "getUser", security(("key" = [])),
    params(("user_id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user", body = UserView),
        (status = 400, description = "The id is not acceptable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No API key, or none that is valid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such user", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn get(
    State(app): State<App>,
    client: Client,
    PathId(id): PathId,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    read(&app, &client.call, Query::read(raw.as_deref(), &[], &[])).await?;
    let id = read(&app, &client.call, ids::read(&app.codec, "user_id", &id)).await?;
    let user = app.store.user(client.call, id).await?;
    Ok(json(200, &UserView::of(&app.codec, &client.dialect, user)))
}
