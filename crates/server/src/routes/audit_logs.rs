//! `/v2/audit-logs`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::Response;
use claviger_domain::AuditRecordId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{after, json, list_name, pagination, read};
use crate::app::App;
use crate::error::ApiError;
use crate::openapi::ProblemBody;
use crate::wire::audit_logs::{self, AuditLogList, AuditLogView, LIST, OperationTypeFilter};
use crate::wire::client::Client;
use crate::wire::query::Query;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// List audit logs
///
/// Returns the changes in the account, newest first. For administrators of the account.
#[utoipa::path(
    get, path = "/v2/audit-logs", tag = "audit-logs", operation_id = "listAuditLogs", security(("key" = [])),
    params(
        ("start_time" = Option<String>, Query, format = DateTime, description = "Start of the time range, inclusive; default: 30 days before the end"),
        ("end_time" = Option<String>, Query, format = DateTime, description = "End of the time range, inclusive; default: now"),
        ("user_id" = Option<String>, Query, description = "Id of a user: their operations only"),
        ("operation_type" = inline(Option<OperationTypeFilter>), Query, description = "Type of operation: every record is a `MUTATION`"),
        ("operation_name" = Option<Vec<String>>, Query, description = "Names of operations: up to 20, case-sensitive"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "Maximum number of items"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the previous page"),
    ),
    responses(
        (status = 200, description = "A page of records", body = AuditLogList),
        (status = 400, description = "Invalid parameter", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Missing or invalid API key", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed authentications", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(app): State<App>,
    client: Client,
    RawQuery(raw): RawQuery,
) -> Result<Response<Body>, ApiError> {
    let query = Query::read(raw.as_deref(), LIST, audit_logs::REPEATABLE);
    let input = query.and_then(|query| {
        let name = list_name("audit-logs", &query, &LIST[..5]);
        let mut list = audit_logs::list(&query, &app.codec)?;
        list.after = after::<AuditRecordId>(&app, &name, &query)?;
        Ok((list, name))
    });
    let (query, name) = read(&app, &client.call, input).await?;
    let page = app.store.execute(client.call, query).await?;
    let pagination = pagination(&app, &name, &page, audit_logs::place)?;
    let logs = page.items.into_iter().map(|entry| AuditLogView::of(&app.codec, entry)).collect();
    Ok(json(200, &AuditLogList { logs, pagination }))
}
