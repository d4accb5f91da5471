//! Let an account's owner set a new password.

use axum::Json;
use chrono::{Duration, Utc};
use divbase_auth::{Secret, secret::RESET_PREFIX};
use divbase_contract::accounts::IssuedReset;
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use super::unknown;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path},
    mail,
    routes::numbers::UserPath,
};

const LIFE: Duration = Duration::hours(24);

/// Lets the account's password be set once, within a day. The password of now stays good until then. The token is sent by
/// mail, or where no mail is sent, it is in the answer: hand it to the account's owner.
#[utoipa::path(post, path = "/users/{user_id}/password-reset", tag = "users", operation_id = "allow_password_reset",
    params(("user_id" = i64, Path)),
    responses((status = 201, body = IssuedReset), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Admin { user: admin, by }: Admin,
    Path(UserPath { user_id }): Path<UserPath>,
) -> Result<(StatusCode, Json<IssuedReset>), ApiError> {
    let user = state.db.user(user_id).await?;
    let user = user.filter(divbase_db::User::may_act);
    let user = user.ok_or_else(|| unknown(user_id))?;
    // Where mail is sent, nobody is told this token: the letter has one of its own.
    let token = Secret::generate(RESET_PREFIX);
    let by_mail = state.sends_mail();
    let expires_at = Utc::now() + LIFE;
    state
        .db
        .allow_password_reset(user.id, &token.digest(), expires_at, &by)
        .await?;
    if by_mail {
        let letter = MailKwargs::ResetAllowed { user_id: user.id };
        mail::send(&state, letter, &by).await?;
    }
    tracing::info!(
        by = admin.id,
        user = user.id,
        by_mail,
        "allowed a password reset"
    );
    let issued = IssuedReset {
        token: (!by_mail).then(|| token.expose().to_owned()),
        expires_at,
    };
    Ok((StatusCode::CREATED, Json(issued)))
}
