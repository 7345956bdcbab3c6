//! `/auth/v1/api-keys/revoke-all`: how a person revokes all their keys, for example after a theft.

use super::wire::revoke_all::{RevokeAllBody, RevokedKeysView};
use crate::faces::prelude::*;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(revoke_all))
}

/// Revoke all user keys of a person
///
/// Your own, or for administrators of the account, another person's. The key of this request stays unless `include_current_key` is true.
/// Sign-in secrets of the person that somebody was shown end as well; mailed ones stay. Service keys stay: they act for bot users.
#[utoipa::path(
    post, path = "/auth/v1/api-keys/revoke-all", tag = "api-keys", operation_id = "revokeAllApiKeys",
    request_body(content = Option<RevokeAllBody>),
    responses(
        (status = 200, description = "Revoked", body = RevokedKeysView),
        (status = 403, description = "Not allowed"),
        (status = 404, description = "No such user"),
        (status = 422, description = "A service key must name a person"),
    ),
)]
async fn revoke_all(
    Input { client, body: command, .. }: Input<(), (), RevokeAllBody>,
) -> Result<Json<RevokedKeysView>> {
    let revoked = client.execute(command).await?;
    Ok(client.json(revoked))
}
