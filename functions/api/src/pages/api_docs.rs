//! `/api/v1/docs`: the API's document in Swagger UI, served from our own files.

use askama::Template;
use axum::{Router, http::header::CONTENT_SECURITY_POLICY, response::Response, routing::get};

use super::{
    around::policy_with_pictures,
    assets::{API_DOCS, SWAGGER, SWAGGER_STYLE},
    frame::Frame,
};
use crate::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/docs", get(show))
}

#[derive(Template)]
#[template(path = "api_docs.html")]
struct ApiDocs {
    frame: Frame,
    /// Where Swagger UI's script and style are; nothing if this program was built without them.
    viewer: Option<(&'static str, &'static str)>,
    ours: &'static str,
}

async fn show(state: AppState, frame: Frame) -> Response {
    let script = SWAGGER.as_ref().map(|asset| asset.path.as_str());
    let style = SWAGGER_STYLE.as_ref().map(|asset| asset.path.as_str());
    let mut response = frame.page(|frame| ApiDocs {
        frame,
        viewer: script.zip(style),
        ours: &API_DOCS.path,
    });
    let policy = policy_with_pictures(&state.page_policy);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}
