//! `/auth/v1`: signing in, verifying keys, leaked keys, and revoking all keys of a person.

mod leaked_keys;
mod own;
mod revoke_all;
mod sign_in;
mod verify;
pub(crate) mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(revoke_all::router())
        .merge(sign_in::router())
        .merge(leaked_keys::router())
        .merge(verify::router())
        .merge(own::router())
}
