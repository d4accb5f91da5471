//! The OpenAPI document, generated from the routes.

use axum::{Json, Router, routing::get};
use divbase_contract::API_PREFIX;
use divbase_telemetry::Environment;
use utoipa::openapi::{InfoBuilder, OpenApi, ServerBuilder};

use crate::{AppState, routes};

fn describe(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("DivBase")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "VCF files and sample metadata of biodiversity projects, queried together.",
        ))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url(API_PREFIX).build()]);
    document
}

/// The document of all routes, development ones included.
#[must_use]
pub fn document() -> OpenApi {
    describe(routes::all(Environment::Test).into_openapi())
}

/// `GET /openapi.json`, with the routes of this environment.
pub(crate) fn route(document: OpenApi) -> Router<AppState> {
    let document = describe(document);
    Router::new().route("/openapi.json", get(async move || Json(document)))
}
