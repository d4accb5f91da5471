//! `/auth`: sessions and the caller.

mod accept_invitation;
mod change_email;
mod change_password;
mod confirm_email;
mod delete_account;
mod forgot_password;
mod login;
mod logout;
mod pats;
mod refresh;
mod register;
mod reset_password;
mod sessions;
pub(super) mod whoami;

use axum::extract::DefaultBodyLimit;
use divbase_contract::limits::AUTH_BODY_MAX_BYTES;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(accept_invitation::handler))
        .routes(routes!(change_password::handler))
        .routes(routes!(change_email::handler))
        .routes(routes!(confirm_email::handler))
        .routes(routes!(delete_account::handler))
        .routes(routes!(forgot_password::handler))
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler))
        .routes(routes!(logout::everywhere))
        .routes(routes!(pats::list, pats::create))
        .routes(routes!(pats::revoke))
        .routes(routes!(refresh::handler))
        .routes(routes!(register::handler))
        .routes(routes!(reset_password::handler))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(whoami::handler))
        // Most of these are anybody's to call.
        .layer(DefaultBodyLimit::max(AUTH_BODY_MAX_BYTES))
}
