//! Confirm that an address is one's own.

use axum::Json;
use divbase_auth::secret;
use divbase_contract::{accounts::ConfirmEmail, auth::User};
use divbase_service::tasks::MailKwargs;

use super::{change_password::prove, whoami::account};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
    mail,
    routes::users::address_is_taken,
    throttle::Attempt,
};

/// Confirms the address of a new account, or the one that an account is changed to, with the letter's token and the
/// account's password.
#[utoipa::path(post, path = "/auth/confirm-email", tag = "auth", operation_id = "confirm_email",
    request_body = ConfirmEmail,
    responses((status = 200, body = User), crate::Refuses<400, 403, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<ConfirmEmail>,
) -> Result<Json<User>, ApiError> {
    let digest = secret::digest(body.token.as_str());
    let attempt = Attempt::token(&state, &address).await?;
    let Some(waiting) = state.db.confirmation(&digest).await? else {
        tracing::warn!(%address, "a confirmation that is not valid");
        return Err(void());
    };
    attempt.succeeded(&state).await?;
    prove(&state, &waiting.user.email, &address, body.password).await?;
    let origin = origin.of_somebody();
    let confirmed = state.db.confirm_email(&digest, &origin).await;
    let confirmed = confirmed.map_err(|error| address_is_taken(error, &waiting.email))?;
    let user = confirmed.ok_or_else(void)?;
    if waiting.user.email_verified && waiting.user.email != user.email {
        let letter = MailKwargs::AddressChanged {
            email: waiting.user.email,
            to: user.email.clone(),
        };
        mail::send(&state, letter, &origin).await?;
    }
    tracing::info!(user = user.id, "confirmed an address");
    Ok(Json(account(user)))
}

fn void() -> ApiError {
    ApiError::bad_request(
        "The token is not valid, has expired or was used. If you have confirmed the address already, sign in; otherwise ask for a new letter.",
    )
}
