//! `/auth`: sessions and the caller.

mod accept_invitation;
mod change_password;
mod login;
mod logout;
mod pats;
mod refresh;
mod reset_password;
pub(super) mod whoami;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(accept_invitation::handler))
        .routes(routes!(change_password::handler))
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler))
        .routes(routes!(pats::list, pats::create))
        .routes(routes!(pats::revoke))
        .routes(routes!(refresh::handler))
        .routes(routes!(reset_password::handler))
        .routes(routes!(whoami::handler))
}
