//! `/reset-password`: where the link in a reset's letter leads.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{cookies, fields::Fields, frame::Frame, respond::Go, token::Token};
use crate::{
    AppState,
    extract::{ClientAddress, Origin, Query},
    routes::auth::reset_password,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/reset-password", get(show).post(reset))
}

#[derive(Template)]
#[template(path = "reset_password.html")]
struct Reset {
    frame: Frame,
    token: String,
}

async fn show(frame: Frame, Query(Token { token }): Query<Token>) -> Response {
    frame.page(|frame| Reset { frame, token })
}

async fn reset(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let token = fields.get("token").to_owned();
    let set = async {
        fields.same_passwords()?;
        reset_password::handler(state, address, origin, fields.decode()?).await
    };
    match set.await {
        Ok(_) => Go::to("/login")
            .saying("Your new password is set, and all sessions have ended. Sign in with it.")
            .with(cookies::clear(cookies::SESSION))
            .into_response(),
        Err(error) => frame.refused(&error).page(|frame| Reset { frame, token }),
    }
}
