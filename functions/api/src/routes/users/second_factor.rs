//! Turn an account's second factor off for somebody who has lost app and recovery codes.

use divbase_service::tasks::AccountNotice;
use http::StatusCode;

use super::unknown;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
    mail,
    routes::numbers::UserPath,
};

/// Turns the account's second factor off. Make sure that it is its owner who asks: from then on the password is enough.
#[utoipa::path(delete, path = "/users/{user_id}/second-factor", tag = "users", operation_id = "remove_second_factor",
    params(("user_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Admin { user: admin, by }: Admin,
    Path(UserPath { user_id }): Path<UserPath>,
) -> Result<StatusCode, ApiError> {
    let user = state.db.user(user_id).await?;
    let user = user.ok_or_else(|| unknown(user_id))?;
    if !state.db.remove_second_factor(user.id, &by).await? {
        return Err(ApiError::not_found(format!(
            "The account of {} has no second factor.",
            user.email
        )));
    }
    mail::tell(&state, user.id, AccountNotice::SecondFactorOff, None, &by).await;
    tracing::info!(by = admin.id, user = user.id, "turned a second factor off");
    Ok(StatusCode::NO_CONTENT)
}
