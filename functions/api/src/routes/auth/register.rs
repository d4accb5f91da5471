//! Make an account of one's own.

use axum::Json;
use chrono::{Duration, Utc};
use divbase_auth::{Secret, secret::CONFIRMATION_PREFIX};
use divbase_contract::accounts::{Message, Register};
use divbase_db::NewUser;
use divbase_service::tasks::MailKwargs;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
    mail,
    throttle::Attempt,
};

/// How long an address may wait to be confirmed.
pub(super) const LIFE: Duration = Duration::hours(24);

/// Makes an account whose address is confirmed by a letter, if the service lets people register. The answer is the same
/// if the address has an account; its owner gets a letter then.
#[utoipa::path(post, path = "/auth/register", tag = "auth", operation_id = "register", request_body = Register,
    responses((status = 202, body = Message), crate::Refuses<400, 403, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<Register>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let email = body.email.as_str();
    if let Some(why) = state.settings.registration.refusal(email) {
        return Err(ApiError::forbidden(why));
    }
    if !state.sends_mail() {
        return Err(mail::not_configured("Ask an administrator to invite you."));
    }
    let turn = state.passwords.admit()?;
    Attempt::mail(&state, email, &address).await?;
    // Hashed whether or not the address is new, so that it takes the same time.
    let hash = turn.hash("password", &body.password, email).await?;
    let new = NewUser {
        name: body.name.as_str(),
        email,
        organisation: body.organisation.as_str(),
        organisation_role: body.organisation_role.as_str(),
        password_hash: &hash,
        is_admin: false,
        email_verified: false,
    };
    let origin = origin.of_somebody();
    // Nobody is told this token: the letter has one of its own.
    let token = Secret::generate(CONFIRMATION_PREFIX);
    let made = state
        .db
        .register(new, &token.digest(), Utc::now() + LIFE, &origin)
        .await?;
    let letter = match made {
        Some(user_id) => {
            tracing::info!(user = user_id, "somebody registered");
            MailKwargs::Confirmation { user_id }
        }
        None => MailKwargs::AlreadyRegistered {
            email: email.to_owned(),
        },
    };
    mail::send(&state, letter, &origin).await?;
    let message = format!("A letter to '{email}' is on its way. It says how to go on.");
    Ok((StatusCode::ACCEPTED, Json(Message { message })))
}
