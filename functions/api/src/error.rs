//! Which errors reach a client, in which words. Everything else is a `server_error` with a general text, and the
//! cause goes to the log under the request's id.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use divbase_contract::{Detail, ErrorBody, ErrorType, field::bounded, names::ReservedName};
use divbase_db::DbError;
use divbase_storage::StorageError;
use divbase_tasks::SubmitError;
use http::{HeaderValue, StatusCode, header};

use crate::admission::full;

/// When to come back to a service that is too busy to answer.
const PAUSE_SECONDS: u32 = 2;

/// An answer that is not a success.
#[derive(Clone, Debug)]
pub struct ApiError {
    kind: ErrorType,
    status: StatusCode,
    detail: Detail,
    retry_after: Option<u32>,
}

impl ApiError {
    /// An error with the usual status of its type.
    pub fn new(kind: ErrorType, detail: impl Into<String>) -> Self {
        let status =
            StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            kind,
            status,
            detail: Detail::One(bounded(detail.into())),
            retry_after: None,
        }
    }

    /// An `http_error` with a status of its own.
    pub fn http(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            ..Self::new(ErrorType::Http, detail)
        }
    }

    /// 400 `http_error`: understood and refused.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::http(StatusCode::BAD_REQUEST, detail)
    }

    /// 403 `authorization_error`: known, and too little right.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Authorization, detail)
    }

    /// 404 `http_error`: there is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::http(StatusCode::NOT_FOUND, detail)
    }

    /// 409 `http_error`: not as things are.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::http(StatusCode::CONFLICT, detail)
    }

    /// 429: come back after so many seconds.
    pub fn too_many(detail: impl Into<String>, seconds: u32) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::http(StatusCode::TOO_MANY_REQUESTS, detail)
        }
    }

    /// 422: does not fit the schema; one text a problem.
    pub fn validation(problems: Vec<String>) -> Self {
        Self {
            detail: Detail::Many(problems.into_iter().map(bounded).collect()),
            ..Self::new(ErrorType::RequestValidation, "")
        }
    }

    /// 422 naming one field: `body.name`, `query.project_name`.
    pub fn field(place: &str, problem: impl std::fmt::Display) -> Self {
        Self::validation(vec![format!("{place}: Value error, {problem}")])
    }

    /// 401 without `Authorization: Bearer …`.
    pub fn not_authenticated() -> Self {
        Self::http(StatusCode::UNAUTHORIZED, "Not authenticated")
    }

    /// 401: a token or password that is not accepted.
    pub fn authentication(detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Authentication, detail)
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What kind it is.
    pub(crate) fn kind(&self) -> ErrorType {
        self.kind
    }

    /// What it says: one text a problem.
    pub(crate) fn texts(&self) -> Vec<String> {
        match &self.detail {
            Detail::One(text) => vec![text.clone()],
            Detail::Many(texts) => texts.clone(),
        }
    }

    /// What it says, for people: one text a problem, with the field's name instead of its place.
    pub(crate) fn words(&self) -> Vec<String> {
        self.texts().iter().map(|text| spoken(text)).collect()
    }

    /// 503: the database or the store does not answer, or has no connection to spare. Worth another try.
    pub fn unavailable(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "what the request needs does not answer");
        Self {
            retry_after: Some(PAUSE_SECONDS),
            ..Self::http(
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is too busy to answer. Please try again in a few seconds.",
            )
        }
    }

    /// 500: the cause is logged and not told.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "the request failed");
        Self::new(
            ErrorType::Server,
            "The server made an error. Please try again, and report the request id if it happens again.",
        )
    }
}

/// `body.new_password: Value error, use …` as `New password: use …`.
fn spoken(problem: &str) -> String {
    let Some((place, reason)) = problem.split_once(": ") else {
        return problem.to_owned();
    };
    let is_place = place.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_')
    });
    let field = place.strip_prefix("body").or(place.strip_prefix("query"));
    let Some(field) = field.filter(|_| is_place) else {
        return problem.to_owned();
    };
    let reason = reason.strip_prefix("Value error, ").unwrap_or(reason);
    let field = field.trim_start_matches('.').replace('_', " ");
    let mut letters = field.chars();
    match letters.next() {
        Some(first) => format!("{}{}: {reason}", first.to_uppercase(), letters.as_str()),
        None => reason.to_owned(),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let kept = self.clone();
        let body = ErrorBody {
            detail: self.detail,
            kind: self.kind.as_str().to_owned(),
        };
        let mut response = (self.status, Json(body)).into_response();
        if matches!(
            self.kind,
            ErrorType::Authentication | ErrorType::Authorization
        ) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        // The layer around the pages words it as a page.
        response.extensions_mut().insert(kept);
        response
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            // The database is the only place that sees every text of every request.
            DbError::UnstorableText => Self::validation(vec![
                "request: Value error, a text contains the character NUL (U+0000); remove it"
                    .to_owned(),
            ]),
            error if error.is_transient() => Self::unavailable(&error),
            error => Self::internal(error),
        }
    }
}

impl From<ReservedName> for ApiError {
    fn from(error: ReservedName) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::KeyOfAnotherTask { task_id, name } => Self::field(
                "Idempotency-Key",
                format!(
                    "it was used for the task {task_id} ({name}), by a request that differs from this one in \
                     method, path or body; use another key"
                ),
            ),
            SubmitError::Full(whose) => full(whose),
            SubmitError::Db(error) => error.into(),
            error @ SubmitError::Kwargs { .. } => Self::internal(error),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound { key } => Self::new(
                ErrorType::ObjectDoesNotExist,
                format!("The object '{key}' does not exist in the project's store."),
            ),
            StorageError::NoSuchToken => Self::field(
                "body.next_token",
                "it is not a token of this listing; use the `next_token` of the page before",
            ),
            error @ StorageError::Unavailable(_) => Self::unavailable(&error),
            other => Self::internal(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_the_name_of_a_field_and_not_its_place() {
        assert_eq!(
            ApiError::field("body.new_password", "use 10 to 100 characters").words(),
            ["New password: use 10 to 100 characters"]
        );
        assert_eq!(
            ApiError::field("body", "give exactly one").words(),
            ["give exactly one"]
        );
        let plain = "The project 'a: b' does not exist.";
        assert_eq!(ApiError::bad_request(plain).words(), [plain]);
    }
}
