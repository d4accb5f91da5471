//! `/about`: which DivBase this is, and whose. `/terms` and its like lead to where the operator has them.

use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use http::StatusCode;

use super::{
    frame::Frame,
    respond::{Go, page},
};
use crate::{AppState, error::ApiError, operator_pages::OperatorPage};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/about", get(about))
        .route("/contact", get(contact))
        .route("/terms", get(terms))
        .route("/privacy", get(privacy))
        .route("/citation", get(citation))
        .route("/faqs", get(faqs))
}

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    frame: Frame,
    version: &'static str,
}

async fn about(frame: Frame) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    page(StatusCode::OK, &About { frame, version })
}

fn lead(state: &AppState, to: OperatorPage) -> Result<Go, ApiError> {
    let address = state.settings.operator_pages.address(to);
    let address = address.ok_or_else(|| {
        ApiError::http(
            StatusCode::NOT_FOUND,
            format!(
                "This DivBase does not say where its page is: {}.",
                to.words()
            ),
        )
    })?;
    Ok(Go::to(address))
}

async fn contact(State(state): State<AppState>) -> Result<Go, ApiError> {
    lead(&state, OperatorPage::Contact)
}

async fn terms(State(state): State<AppState>) -> Result<Go, ApiError> {
    lead(&state, OperatorPage::Terms)
}

async fn privacy(State(state): State<AppState>) -> Result<Go, ApiError> {
    lead(&state, OperatorPage::Privacy)
}

async fn citation(State(state): State<AppState>) -> Result<Go, ApiError> {
    lead(&state, OperatorPage::Citation)
}

async fn faqs(State(state): State<AppState>) -> Result<Go, ApiError> {
    lead(&state, OperatorPage::Faqs)
}
