//! `/v2`: the operations of the API.

mod api_keys;
mod audit_logs;
mod memberships;
mod organizations;
mod projects;
mod resource_restrictions;
mod role_bindings;
mod roles;
mod spaces;
mod users;
pub(crate) mod wire;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(api_keys::router())
        .merge(audit_logs::router())
        .merge(organizations::router())
        .merge(memberships::router())
        .merge(projects::router())
        .merge(resource_restrictions::router())
        .merge(role_bindings::router())
        .merge(roles::router())
        .merge(spaces::router())
        .merge(users::router())
}
