//! `/verify-email`: where the link in a confirmation's letter leads. The account's password is asked for too, so that nobody
//! confirms an account that a stranger made in their name.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{fields::Fields, frame::Frame, respond::Go, token::Token};
use crate::{
    AppState,
    extract::{ClientAddress, Origin, Query},
    routes::auth::confirm_email,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/verify-email", get(show))
        .route("/confirm-email-verification", post(confirm))
}

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyEmail {
    frame: Frame,
    token: String,
}

async fn show(frame: Frame, Query(Token { token }): Query<Token>) -> Response {
    frame.page(|frame| VerifyEmail { frame, token })
}

async fn confirm(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let token = fields.get("token").to_owned();
    let confirmed = async {
        let user = confirm_email::handler(state, address, origin, fields.decode()?).await?;
        let email = &user.0.email;
        let text = format!("The address {email} is confirmed. You can sign in now.");
        Ok(Go::to("/login").saying(&text))
    };
    match confirmed.await {
        Ok(go) => go.into_response(),
        Err(error) => frame
            .refused(&error)
            .page(|frame| VerifyEmail { frame, token }),
    }
}
