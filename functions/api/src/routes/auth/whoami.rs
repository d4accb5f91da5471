//! The caller's account.

use axum::Json;
use divbase_contract::auth::User;

use crate::{error::ApiError, extract::Caller};

/// Who the bearer token belongs to. Of an administrator's personal access token, `is_admin` tells whether it may do what
/// administrators may.
#[utoipa::path(get, path = "/auth/whoami", tag = "auth",
    responses((status = 200, body = User), crate::Refuses<401>))]
pub(crate) async fn handler(caller: Caller) -> Result<Json<User>, ApiError> {
    Ok(Json(account(caller.user)))
}

/// An account as clients see it.
pub(in crate::routes) fn account(user: divbase_db::User) -> User {
    User {
        id: user.id,
        name: user.name,
        email: user.email,
        organisation: user.organisation,
        organisation_role: user.organisation_role,
        is_admin: user.is_admin,
        is_active: user.is_active,
        is_deleted: user.is_deleted,
        created_at: user.created_at,
        updated_at: user.updated_at,
    }
}
