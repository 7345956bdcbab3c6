//! `/v2/audit-logs`.

use claviger_store::ListAuditRecords;

use super::wire::audit_logs::{AuditLogList, OperationTypeFilter};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// List audit logs
///
/// Returns the changes in the account, newest first. For administrators of the account.
#[utoipa::path(
    get, path = "/v2/audit-logs", tag = "audit-logs", operation_id = "listAuditLogs",
    params(
        ("start_time" = Option<String>, Query, format = "Instant", description = "Start of the time range, inclusive; default: 30 days before the end"),
        ("end_time" = Option<String>, Query, format = "Instant", description = "End of the time range, inclusive; default: now"),
        ("user_id" = Option<id::User>, Query, description = "Id of a user: their operations only"),
        ("operation_type" = inline(Option<OperationTypeFilter>), Query, description = "Type of operation: every record is a `MUTATION`"),
        ("operation_name" = Option<Vec<String>>, Query, description = "Names of operations: up to 20, case-sensitive"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of records", body = AuditLogList),
        (status = 403, description = "Not allowed"),
    ),
)]
async fn list(
    Input { client, query, .. }: Input<(), ListAuditRecords>,
) -> Result<Json<AuditLogList>> {
    let (logs, pagination) = client.list(query).await?;
    Ok(Json(AuditLogList { logs, pagination }))
}
