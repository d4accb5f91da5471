//! Change an account.

use axum::Json;
use divbase_contract::{accounts::UserChange, auth::User};
use divbase_db::UserChanged;

use super::{address_is_taken, unknown};
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, JsonBody, Path},
    routes::{auth::whoami::account, numbers::UserPath},
    url_sessions::end_urls,
};

/// Changes an account. One that is turned off is closed at once, its sessions and personal access tokens with it.
/// Administrators cannot turn themselves off or take their own rights, and the last one stays.
#[utoipa::path(patch, path = "/users/{user_id}", tag = "users", operation_id = "change_user",
    params(("user_id" = i64, Path)), request_body = UserChange,
    responses((status = 200, body = User), crate::Refuses<400, 401, 403, 404, 409, 422>))]
pub(crate) async fn change(
    state: AppState,
    Admin { user: admin, by }: Admin,
    Path(UserPath { user_id }): Path<UserPath>,
    JsonBody(change): JsonBody<UserChange>,
) -> Result<Json<User>, ApiError> {
    let gives_up = change.is_active == Some(false) || change.is_admin == Some(false);
    if user_id == admin.id && gives_up {
        return Err(ApiError::bad_request(
            "You cannot turn your own account off or take its rights. Ask another administrator.",
        ));
    }
    let email = change
        .email
        .as_ref()
        .map(divbase_contract::field::EmailAddress::as_str);
    let changed = state
        .db
        .change_user(
            user_id,
            divbase_db::UserChange {
                name: change
                    .name
                    .as_ref()
                    .map(divbase_contract::field::PersonName::as_str),
                email,
                organisation: change
                    .organisation
                    .as_ref()
                    .map(divbase_contract::field::Organisation::as_str),
                organisation_role: change
                    .organisation_role
                    .as_ref()
                    .map(divbase_contract::field::OrganisationRole::as_str),
                is_admin: change.is_admin,
                is_active: change.is_active,
            },
            &by,
        )
        .await
        .map_err(|error| address_is_taken(error, email.unwrap_or_default()))?;
    match changed {
        UserChanged::Changed(user) => {
            tracing::info!(
                by = admin.id,
                user = user.id,
                is_admin = user.is_admin,
                is_active = user.is_active,
                "changed an account"
            );
            end_urls(&state, &by).await;
            Ok(Json(account(user)))
        }
        UserChanged::Unknown => Err(unknown(user_id)),
        UserChanged::LastAdministrator => Err(ApiError::conflict(
            "This is the last administrator. Make another one first.",
        )),
    }
}
