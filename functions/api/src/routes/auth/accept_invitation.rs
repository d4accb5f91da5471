//! Make an account that somebody was invited to make.

use axum::Json;
use divbase_auth::secret;
use divbase_contract::{accounts::AcceptInvitation, auth::User};
use divbase_db::NewUser;
use http::StatusCode;

use super::whoami::account;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, Origin},
    routes::users::address_is_taken,
    throttle::Attempt,
};

/// Makes the account of an invitation with a name and a password, and makes it a member of the project that it was
/// invited to. The token is good for one account.
#[utoipa::path(post, path = "/auth/accept-invitation", tag = "auth", operation_id = "accept_invitation",
    request_body = AcceptInvitation,
    responses((status = 201, body = User), crate::Refuses<400, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    origin: Origin,
    JsonBody(body): JsonBody<AcceptInvitation>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    let digest = secret::digest(body.token.as_str());
    // Asked before the password is hashed: strangers cannot make us work.
    let attempt = Attempt::token(&state, &address).await?;
    let Some(email) = state.db.invited(&digest).await? else {
        tracing::warn!(%address, "an invitation that is not valid");
        return Err(void());
    };
    attempt.succeeded(&state).await?;
    let hash = state
        .passwords
        .hash("password", &body.password, &email)
        .await?;
    let new = NewUser {
        name: body.name.as_str(),
        email: &email,
        organisation: body.organisation.as_str(),
        organisation_role: body.organisation_role.as_str(),
        password_hash: &hash,
        is_admin: false,
        email_verified: true,
    };
    let from = origin.of_somebody();
    let made = state.db.accept_invitation(&digest, new, &from).await;
    let made = made.map_err(|error| address_is_taken(error, &email))?;
    let made = made.ok_or_else(void)?;
    tracing::info!(user = made.id, "an invitation was accepted");
    Ok((StatusCode::CREATED, Json(account(made))))
}

fn void() -> ApiError {
    ApiError::bad_request(
        "The invitation is not valid, has expired or was used. Ask whoever invited you for a new one.",
    )
}
