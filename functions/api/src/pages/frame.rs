//! What every page has around its content.

use std::sync::Arc;

use askama::Template;
use axum::{Json, extract::FromRequestParts, response::Response};
use divbase_contract::accounts::Message;
use http::{StatusCode, request::Parts};

use super::{
    assets::{ICON, SCRIPT, STYLE},
    respond::page,
};
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
    /// What was wrong with a form of the page, above its content.
    pub(super) problems: Vec<String>,
    /// What the page is answered with.
    pub(super) status: StatusCode,
}

impl Frame {
    /// The same with what was wrong with a form.
    pub(super) fn refused(self, error: &ApiError) -> Self {
        Self {
            problems: error.words(),
            status: error.status(),
            ..self
        }
    }

    /// What was said to who asked for a letter, or what was wrong.
    pub(super) fn asked(
        self,
        answer: Result<(StatusCode, Json<Message>), ApiError>,
    ) -> (Self, Option<String>) {
        match answer {
            Ok((status, said)) => (Self { status, ..self }, Some(said.0.message)),
            Err(error) => (self.refused(&error), None),
        }
    }

    /// A page: the frame with its content.
    pub(super) fn page<T: Template>(self, content: impl FnOnce(Self) -> T) -> Response {
        let status = self.status;
        page(status, &content(self))
    }

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
        frame.ok_or_else(|| ApiError::internal("a page outside its layer"))
    }
}
