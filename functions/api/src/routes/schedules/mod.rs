//! `/schedules`: what runs when, and what came of it. For administrators.

mod change;
mod create;
mod delete;
mod executions;
mod list;
mod rules;
mod trigger;
mod view;

use divbase_contract::ErrorType;
use divbase_db::Schedule;
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, error::ApiError};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(list::one, change::handler, delete::handler))
        .routes(routes!(executions::handler))
        .routes(routes!(trigger::handler))
}

/// The schedule of this key.
///
/// # Errors
/// 404 if there is none.
async fn find(state: &AppState, key: &str) -> Result<Schedule, ApiError> {
    let mut found = state.db.schedules(Some(key)).await?;
    found.pop().ok_or_else(|| {
        ApiError::http(
            StatusCode::NOT_FOUND,
            format!("There is no schedule '{key}'."),
        )
    })
}

/// A value that the database refuses.
fn refused(error: divbase_db::DbError) -> ApiError {
    let field = match &error {
        divbase_db::DbError::Constraint { constraint } => match constraint.as_str() {
            "schedule_key_shape" => "key: use 1 to 63 lower-case letters, digits and hyphens",
            "schedule_misfire_grace_seconds_check" => "misfire_grace_seconds: use 1 or more",
            "schedule_max_overlapping_check" => "max_overlapping: use 1 or more",
            "schedule_kwargs_check" => "kwargs: use an object",
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    ApiError::new(ErrorType::RequestValidation, format!("body.{field}"))
}
