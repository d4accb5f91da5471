//! Delete one's account.

use divbase_contract::accounts::DeleteAccount;
use divbase_db::AccountClosed;
use http::StatusCode;

use super::change_password::prove;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, JsonBody, SignedIn},
    url_sessions::end_urls,
};

/// Deletes the caller's account with its sessions, tokens and memberships. What it made in projects stays, without its
/// name. The last administrator stays, and so does the last manager of a project.
#[utoipa::path(post, path = "/auth/delete-account", tag = "auth", operation_id = "delete_account",
    request_body = DeleteAccount,
    responses((status = 204), crate::Refuses<401, 403, 409, 422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    address: ClientAddress,
    JsonBody(body): JsonBody<DeleteAccount>,
) -> Result<StatusCode, ApiError> {
    prove(&state, &user.email, &address, body.password).await?;
    let conflict = |text: String| Err(ApiError::conflict(text));
    match state.db.close_own_account(user.id, &by).await? {
        AccountClosed::Closed => {
            end_urls(&state, &by).await;
            tracing::info!(user = user.id, "an account was deleted by its owner");
            Ok(StatusCode::NO_CONTENT)
        }
        AccountClosed::LastAdministrator => {
            conflict("You are the last administrator. Make another one first.".to_owned())
        }
        AccountClosed::LastManager(projects) => conflict(format!(
            "These projects would have no manager: {}. Make another member a manager first, or have them closed.",
            projects.join(", ")
        )),
    }
}
