//! Change one's address.

use axum::Json;
use chrono::Utc;
use divbase_auth::{Secret, secret::CONFIRMATION_PREFIX};
use divbase_contract::accounts::{ChangeEmail, Message};
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use super::{change_password::prove, register::LIFE};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, SignedIn},
    mail,
    throttle::Attempt,
};

/// Sends a letter to another address, which becomes the account's once it is confirmed. Until then the account keeps the
/// one that it has.
#[utoipa::path(post, path = "/auth/change-email", tag = "auth", operation_id = "change_email",
    request_body = ChangeEmail,
    responses((status = 202, body = Message), crate::Refuses<400, 401, 403, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<ChangeEmail>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    if !state.sends_mail() {
        return Err(mail::not_configured(
            "Ask an administrator to change your address.",
        ));
    }
    prove(&state, &user.email, &address, body.password).await?;
    let email = body.email.as_str();
    Attempt::mail(&state, email, &address).await?;
    // Nobody is told this token: the letter has one of its own.
    let token = Secret::generate(CONFIRMATION_PREFIX);
    state
        .db
        .ask_email_change(user.id, email, &token.digest(), Utc::now() + LIFE, &by)
        .await?;
    // Whether another account has the address is found out when it is confirmed: only who reads its mail is told.
    let letter = MailKwargs::Confirmation { user_id: user.id };
    mail::send(&state, letter, &by).await?;
    let message = format!("A letter to '{email}' is on its way. It says how to go on.");
    Ok((StatusCode::ACCEPTED, Json(Message { message })))
}
