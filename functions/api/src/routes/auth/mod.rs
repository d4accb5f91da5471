//! `/auth`: sessions and the caller.

mod login;
mod logout;
mod refresh;
pub(super) mod whoami;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler))
        .routes(routes!(refresh::handler))
        .routes(routes!(whoami::handler))
}
