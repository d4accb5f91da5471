//! Make an account.

use axum::Json;
use divbase_contract::{
    ErrorType,
    admin::{CreateUser, CreateUserFlags},
    auth::User,
};
use divbase_db::NewUser;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Query},
    routes::auth::whoami::account,
};

/// Makes an account. The address is stored in lower case.
#[utoipa::path(post, path = "/admin/users/", tag = "admin",
    params(("is_admin" = Option<bool>, Query), ("email_verified" = Option<bool>, Query)),
    request_body = CreateUser,
    responses((status = 201, body = User), crate::Refuses<400, 422>))]
pub(super) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Query(flags): Query<CreateUserFlags>,
    JsonBody(new): JsonBody<CreateUser>,
) -> Result<(StatusCode, Json<User>), ApiError> {
    if new.password != new.confirm_password {
        return Err(ApiError::field(
            "body.confirm_password",
            "the passwords differ",
        ));
    }
    let password_hash = state
        .passwords
        .hash("password", &new.password, &new.email)
        .await?;
    let user = state
        .db
        .create_user(
            NewUser {
                name: &new.name,
                email: &new.email,
                organisation: &new.organisation,
                organisation_role: &new.organisation_role,
                password_hash: &password_hash,
                is_admin: flags.is_admin,
                email_verified: flags.email_verified,
            },
            &by,
        )
        .await
        .map_err(|error| {
            if error.violates("app_user_email_key") {
                ApiError::new(
                    ErrorType::UserRegistration,
                    "The account could not be made.",
                )
            } else {
                error.into()
            }
        })?;
    Ok((StatusCode::CREATED, Json(account(user))))
}
