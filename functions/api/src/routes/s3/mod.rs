//! `/s3`: listings, checksums and signed URLs.

mod checksums;
mod download;
mod list;
mod upload_single_part;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(checksums::handler))
        .routes(routes!(download::handler))
        .routes(routes!(list::handler))
        .routes(routes!(upload_single_part::handler))
}
