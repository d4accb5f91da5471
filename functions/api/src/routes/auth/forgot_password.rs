//! Ask for a new password by mail.

use axum::Json;
use divbase_contract::accounts::{ForgotPassword, Message};
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
    mail,
    throttle::Attempt,
};

/// Sends a token with which the account's password can be set once, within an hour, if somebody has the address. The
/// answer and the work are the same if not.
#[utoipa::path(post, path = "/auth/forgot-password", tag = "auth", operation_id = "forgot_password",
    request_body = ForgotPassword,
    responses((status = 202, body = Message), crate::Refuses<400, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<ForgotPassword>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    if !state.sends_mail() {
        return Err(mail::not_configured(
            "Ask an administrator to let your password be set anew.",
        ));
    }
    Attempt::mail(&state, body.email.as_str(), &address).await?;
    let origin = origin.of_somebody();
    // Whether somebody has the address is looked up by the task, so that nothing here depends on it.
    let letter = MailKwargs::ResetAsked {
        email: body.email.to_string(),
        address: origin.address.clone(),
        request_id: origin.request_id.clone(),
    };
    mail::send(&state, letter, &origin).await?;
    let message = format!(
        "If an account has the address '{}', a letter with a token is on its way to it.",
        body.email
    );
    Ok((StatusCode::ACCEPTED, Json(Message { message })))
}
