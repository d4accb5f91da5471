//! `/about`: which DivBase this is, and whose. `/terms` and its like lead to where the operator has them.

use std::future::{Ready, ready};

use askama::Template;
use axum::{Router, response::Response, routing::get};

use super::{frame::Frame, respond::Go};
use crate::{AppState, error::ApiError, operator_pages::OperatorPage};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/about", get(about))
        .route("/contact", get(lead(OperatorPage::Contact)))
        .route("/terms", get(lead(OperatorPage::Terms)))
        .route("/privacy", get(lead(OperatorPage::Privacy)))
        .route("/citation", get(lead(OperatorPage::Citation)))
        .route("/faqs", get(lead(OperatorPage::Faqs)))
}

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    frame: Frame,
    version: &'static str,
}

async fn about(frame: Frame) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    frame.page(|frame| About { frame, version })
}

/// The way to where the operator has this page.
fn lead(
    to: OperatorPage,
) -> impl Fn(AppState) -> Ready<Result<Go, ApiError>> + Clone + Send + Sync + 'static {
    move |state: AppState| {
        let address = state.settings.operator_pages.address(to);
        ready(address.map(Go::to).ok_or_else(|| {
            ApiError::not_found(format!(
                "This DivBase does not say where its page is: {}.",
                to.words()
            ))
        }))
    }
}
