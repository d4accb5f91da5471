//! `/auth`: sessions and the caller.

pub(crate) mod accept_invitation;
pub(crate) mod change_email;
pub(crate) mod change_password;
pub(crate) mod confirm_email;
pub(crate) mod delete_account;
mod device;
mod device_token;
pub(crate) mod forgot_password;
pub(crate) mod identities;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod pats;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod whoami;

use axum::extract::DefaultBodyLimit;
use divbase_contract::limits::AUTH_BODY_MAX_BYTES;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(accept_invitation::handler))
        .routes(routes!(change_password::handler))
        .routes(routes!(change_email::handler))
        .routes(routes!(confirm_email::handler))
        .routes(routes!(delete_account::handler))
        .routes(routes!(device::handler))
        .routes(routes!(device_token::handler))
        .routes(routes!(forgot_password::handler))
        .routes(routes!(identities::list))
        .routes(routes!(identities::unlink))
        .routes(routes!(login::handler))
        .routes(routes!(logout::handler))
        .routes(routes!(logout::everywhere))
        .routes(routes!(pats::list, pats::create))
        .routes(routes!(pats::revoke))
        .routes(routes!(refresh::handler))
        .routes(routes!(register::handler))
        .routes(routes!(reset_password::handler))
        .routes(routes!(second_factor::show, second_factor::begin))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::turn_off))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(whoami::handler))
        // Most of these are anybody's to call.
        .layer(DefaultBodyLimit::max(AUTH_BODY_MAX_BYTES))
}
