//! What every page has around its content.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::assets::{ICON, SCRIPT, STYLE};
use crate::{AppState, error::ApiError, operator_pages::OperatorPages};

/// What the layer around the pages knows of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// What forms repeat.
    pub(super) csrf: String,
    /// What is said once.
    pub(super) flash: Option<String>,
    /// Whether there is a session.
    pub(super) signed_in: bool,
    /// `light`, `dark` or empty for what the system says.
    pub(super) theme: &'static str,
    /// Where the operator's own pages are.
    pub(super) operator: Arc<OperatorPages>,
    /// Path and query of this page.
    pub(super) here: String,
}

impl Frame {
    /// Address of the style sheet.
    pub(super) fn style(&self) -> &'static str {
        &STYLE.path
    }

    /// Address of the sign in the tab.
    pub(super) fn icon(&self) -> &'static str {
        &ICON.path
    }

    /// Address of the script.
    pub(super) fn script(&self) -> &'static str {
        &SCRIPT.path
    }
}

impl FromRequestParts<AppState> for Frame {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        let frame = parts.extensions.get::<Self>().cloned();
        frame.ok_or_else(|| ApiError::internal(&"a page outside its layer"))
    }
}
