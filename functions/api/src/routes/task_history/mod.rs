//! `/task-history`: what became of tasks.

mod all;
mod by_id;
mod cancel;
mod item;
mod list_query;
mod of_project;
mod of_user;
mod of_user_in_project;
mod parts;
mod retry;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(all::handler))
        .routes(routes!(by_id::handler))
        .routes(routes!(parts::handler))
        .routes(routes!(cancel::handler))
        .routes(routes!(retry::handler))
        .routes(routes!(of_project::handler))
        .routes(routes!(of_user::handler))
        .routes(routes!(of_user_in_project::handler))
}
