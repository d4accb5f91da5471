//! `/login`: begin a session.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use divbase_contract::auth::LoginForm;
use serde::Deserialize;

use super::{
    fields::Fields,
    frame::Frame,
    login_code::after_first,
    respond::{Go, local},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Query},
    routes::auth::login,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/login", get(show).post(log_in))
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    /// Ids and names of identity providers.
    providers: Vec<(String, String)>,
    email: String,
    next: String,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Next {
    next: String,
}

/// Ids and names of the identity providers.
pub(super) fn providers(state: &AppState) -> Vec<(String, String)> {
    let providers = state.settings.sso.providers();
    providers
        .map(|provider| (provider.id.clone(), provider.name.clone()))
        .collect()
}

/// The page with why somebody was not signed in another way.
pub(super) fn refused(state: &AppState, frame: Frame, next: String, error: &ApiError) -> Response {
    view(state, frame.refused(error), String::new(), next)
}

fn view(state: &AppState, frame: Frame, email: String, next: String) -> Response {
    frame.page(|frame| Login {
        frame,
        providers: providers(state),
        email,
        next,
    })
}

async fn show(state: AppState, frame: Frame, Query(Next { next }): Query<Next>) -> Response {
    if frame.signed_in {
        return Go::to(local(&next)).into_response();
    }
    view(&state, frame, String::new(), next)
}

async fn log_in(state: AppState, frame: Frame, address: ClientAddress, fields: Fields) -> Response {
    match begin(&state, address, &fields).await {
        Ok(go) => go.into_response(),
        Err(error) => {
            let (email, next) = (fields.get("email"), fields.get("next"));
            view(
                &state,
                frame.refused(&error),
                email.to_owned(),
                next.to_owned(),
            )
        }
    }
}

async fn begin(state: &AppState, address: ClientAddress, fields: &Fields) -> Result<Go, ApiError> {
    let form = LoginForm {
        username: fields.parse("email")?,
        password: fields.parse("password")?,
        grant_type: None,
        code: None,
    };
    let user = login::prove(state, &address, form).await?;
    after_first(state, user, &address, fields.get("next")).await
}
