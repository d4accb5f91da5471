//! `/accept-invitation`: where the link in an invitation leads.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{fields::Fields, frame::Frame, login::providers, respond::Go, token::Token};
use crate::{
    AppState,
    extract::{ClientAddress, Origin, Query},
    routes::auth::accept_invitation,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/accept-invitation", get(show).post(accept))
}

#[derive(Template)]
#[template(path = "accept_invitation.html")]
struct Accept {
    frame: Frame,
    /// Ids and names of identity providers.
    providers: Vec<(String, String)>,
    token: String,
    fields: Fields,
}

async fn show(state: AppState, frame: Frame, Query(Token { token }): Query<Token>) -> Response {
    frame.page(|frame| Accept {
        frame,
        providers: providers(&state),
        token,
        fields: Fields::default(),
    })
}

async fn accept(
    state: AppState,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let providers = providers(&state);
    let made = async {
        fields.same_passwords()?;
        let made = accept_invitation::handler(state, address, origin, fields.decode()?).await?;
        let text = format!("Your account is made. Sign in as {}.", made.1.0.email);
        Ok(Go::to("/login?next=/projects/").saying(&text))
    };
    match made.await {
        Ok(go) => go.into_response(),
        Err(error) => frame.refused(&error).page(|frame| Accept {
            frame,
            providers,
            token: fields.get("token").to_owned(),
            fields,
        }),
    }
}
