//! `/profile/link/{provider}` and `/profile/identities/…`: further ways into an account, and one less.

use askama::Template;
use axum::{Router, response::Response, routing::post};
use http::header;

use super::{
    frame::Frame,
    respond::Go,
    sso::{ProviderPath, begin},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{Path, SignedIn},
    routes::{auth::identities, numbers::IdentityPath},
    single_sign_on::no_such_provider,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/profile/link/{provider}", post(link))
        .route("/profile/identities/{identity_id}/unlink", post(unlink))
}

#[derive(Template)]
#[template(path = "link_identity.html")]
struct Link {
    frame: Frame,
    name: String,
    url: String,
}

/// The way to the provider is a link: browsers hold the form's policy against where an answer to it leads.
async fn link(
    state: AppState,
    frame: Frame,
    SignedIn { user, .. }: SignedIn,
    Path(ProviderPath { provider }): Path<ProviderPath>,
) -> Result<Response, ApiError> {
    let found = state.settings.sso.provider(&provider);
    let name = found.ok_or_else(no_such_provider)?.name.clone();
    let (url, flow) = begin(&state, &provider, "/profile/", Some(user.id)).await?;
    let url = url.to_string();
    let mut response = frame.page(|frame| Link { frame, name, url });
    if let Some(flow) = flow {
        response.headers_mut().append(header::SET_COOKIE, flow);
    }
    Ok(response)
}

async fn unlink(
    state: AppState,
    signed_in: SignedIn,
    path: Path<IdentityPath>,
) -> Result<Go, ApiError> {
    identities::unlink(state, signed_in, path).await?;
    Ok(Go::to("/profile/").saying("That identity opens your account no more."))
}
