//! Turn an account's second factor off for somebody who has lost app and recovery codes.

use axum::extract::State;
use divbase_contract::ErrorBody;
use divbase_service::tasks::AccountNotice;
use http::StatusCode;

use super::unknown;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Origin, Path},
    mail,
    routes::numbers::UserPath,
};

/// Turns the account's second factor off. Make sure that it is its owner who asks: from then on the password is enough.
#[utoipa::path(delete, path = "/users/{user_id}/second-factor", tag = "users", operation_id = "remove_second_factor",
    params(("user_id" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn handler(
    State(state): State<AppState>,
    Admin(admin): Admin,
    origin: Origin,
    Path(UserPath { user_id }): Path<UserPath>,
) -> Result<StatusCode, ApiError> {
    let user = state.db.user(user_id).await?;
    let user = user.ok_or_else(|| unknown(user_id))?;
    let by = origin.by(&admin);
    if !state.db.remove_second_factor(user.id, &by).await? {
        return Err(ApiError::http(
            StatusCode::NOT_FOUND,
            format!("The account of {} has no second factor.", user.email),
        ));
    }
    mail::tell(&state, user.id, AccountNotice::SecondFactorOff, None, &by).await;
    tracing::info!(by = admin.id, user = user.id, "turned a second factor off");
    Ok(StatusCode::NO_CONTENT)
}
