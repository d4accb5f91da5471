//! Make an account.

use axum::Json;
use divbase_contract::{accounts::NewUser, auth::User};
use http::StatusCode;

use super::address_is_taken;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody},
    routes::auth::whoami::account,
};

/// Makes an account that can be used at once, with a password that its owner should change. Inviting leaves the
/// password to the owner: see `/invitations`.
#[utoipa::path(post, path = "/users", tag = "users", operation_id = "create_user", request_body = NewUser,
    responses((status = 201, body = User), crate::Refuses<400, 401, 403, 422, 429>))]
pub(crate) async fn create(
    state: AppState,
    Admin { user: admin, by }: Admin,
    JsonBody(new): JsonBody<NewUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    let email = new.email.as_str();
    let hash = state
        .passwords
        .hash("password", &new.password, email)
        .await?;
    let made = state
        .db
        .create_user(
            divbase_db::NewUser {
                name: new.name.as_str(),
                email,
                organisation: new.organisation.as_str(),
                organisation_role: new.organisation_role.as_str(),
                password_hash: &hash,
                is_admin: new.is_admin,
                email_verified: true,
            },
            &by,
        )
        .await
        .map_err(|error| address_is_taken(error, email))?;
    tracing::info!(
        by = admin.id,
        user = made.id,
        is_admin = made.is_admin,
        "made an account"
    );
    Ok((StatusCode::CREATED, Json(account(made))))
}
