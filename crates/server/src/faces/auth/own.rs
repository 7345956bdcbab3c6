//! `/auth/v1/self`: what a key learns of itself.

use super::wire::verify::{OwnScope, SelfView};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_self))
}

/// Get the key of the request
///
/// Whom your key acts for, and what it is permitted: in the account, or in the organization, the space or the project that the query names.
#[utoipa::path(
    get, path = "/auth/v1/self", tag = "verify", operation_id = "getSelf",
    params(OwnScope),
    responses(
        (status = 200, description = "The key", body = SelfView),
        (status = 404, description = "No such organization, space or project, or not visible to you"),
        (status = 422, description = "Several places have the name"),
    ),
)]
async fn get_self(Input { client, query, .. }: Input<(), OwnScope>) -> Result<Json<SelfView>> {
    let own = client.execute(query).await?;
    Ok(client.json(own))
}
