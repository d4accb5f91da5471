//! `/admin`: for development machines only.

mod add_member;
mod create_project;
mod create_user;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_project::handler))
        .routes(routes!(create_user::handler))
        .routes(routes!(add_member::handler))
}
