//! Light or dark, if somebody does not want what their system says.

use axum::{Router, response::IntoResponse, routing::post};
use http::HeaderMap;

use super::{
    cookies,
    fields::Fields,
    respond::{Go, local},
};
use crate::AppState;

const YEAR: i64 = 365 * 86_400;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/theme", post(choose))
}

/// The theme that was chosen; empty if none was.
pub(super) fn of(headers: &HeaderMap) -> &'static str {
    match cookies::get(headers, cookies::THEME) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

async fn choose(fields: Fields) -> impl IntoResponse {
    let cookie = match fields.get("theme") {
        chosen @ ("light" | "dark") => cookies::set(cookies::THEME, chosen, YEAR),
        _ => cookies::clear(cookies::THEME),
    };
    Go::to(local(fields.get("next"))).with(cookie)
}
