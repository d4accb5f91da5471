//! `/accept-invitation`: where the link in an invitation leads.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;

use super::{
    fields::Fields,
    frame::Frame,
    login::providers,
    respond::{Go, page},
    token::Token,
};
use crate::{
    AppState,
    error::ApiError,
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
    problems: Vec<String>,
    token: String,
    fields: Fields,
}

async fn show(
    State(state): State<AppState>,
    frame: Frame,
    Query(Token { token }): Query<Token>,
) -> Response {
    let (problems, fields) = (Vec::new(), Fields::default());
    page(
        StatusCode::OK,
        &Accept {
            frame,
            providers: providers(&state),
            problems,
            token,
            fields,
        },
    )
}

async fn accept(
    State(state): State<AppState>,
    frame: Frame,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Response {
    let providers = providers(&state);
    match make(state, address, origin, &fields).await {
        Ok(go) => go.into_response(),
        Err(error) => {
            let (problems, token) = (error.words(), fields.get("token").to_owned());
            page(
                error.status(),
                &Accept {
                    frame,
                    providers,
                    problems,
                    token,
                    fields,
                },
            )
        }
    }
}

async fn make(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    fields: &Fields,
) -> Result<Go, ApiError> {
    fields.same_passwords()?;
    let body = fields.decode()?;
    let (_, user) = accept_invitation::handler(State(state), address, origin, body).await?;
    let text = format!("Your account is made. Sign in as {}.", user.0.email);
    Ok(Go::to("/login?next=/projects/").saying(&text))
}
