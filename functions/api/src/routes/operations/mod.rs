//! `/workers` and `/queue-status`: what administrators see and set while the service runs.

mod queue_status;
mod workers;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(queue_status::show, queue_status::set))
        .routes(routes!(workers::handler))
}
