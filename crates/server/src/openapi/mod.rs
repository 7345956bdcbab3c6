//! The OpenAPI document: what the handlers say of themselves, with a front matter.

mod complete;
mod documents;
mod errors;
mod links;
mod page;
mod texts;

use complete::complete;
pub(crate) use documents::router;
use errors::errors_page;
use page::{page, policy as page_policy};
pub(crate) use texts::PermissionName;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder};

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "https://arize.com/docs/ax/rest-reference/errors#resource-not-found")]
    kind: String,
    /// The kind of problem, in words.
    #[schema(example = "Resource not found")]
    title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// What is wrong with this request.
    #[schema(nullable = false)]
    detail: Option<String>,
    /// The path that was asked for.
    #[schema(nullable = false)]
    instance: Option<String>,
}

/// Everything but the operations.
pub(crate) fn front_matter() -> OpenApi {
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key: `Authorization: Bearer clvu_…`"))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme("key", SecurityScheme::Http(key))
        .schema_from::<ProblemBody>();
    let info = InfoBuilder::new()
        .title("Claviger")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(License::new("MIT OR Apache-2.0")))
        .description(Some(
            "An API-key authority that speaks Arize's REST API v2. This document describes its newest dialect; official clients \
             of earlier versions are recognised and answered in theirs.",
        ));
    OpenApiBuilder::new().info(info).components(Some(components.build())).build()
}
