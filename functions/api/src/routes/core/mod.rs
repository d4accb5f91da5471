//! `/core`: liveness, readiness, announcements.

mod announcements;
mod health;
mod ready;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(announcements::handler))
        .routes(routes!(health::handler))
        .routes(routes!(ready::handler))
}
