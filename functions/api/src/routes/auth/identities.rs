//! Identities at providers that open the caller's account: list, unlink. They are linked on the pages, for a provider has
//! to be asked.

use axum::{Json, extract::State};
use divbase_contract::{ErrorBody, auth::LinkedIdentity};
use divbase_db::{ExternalIdentity, IdentityUnlinked};
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Origin, Path, SignedIn},
    routes::numbers::IdentityPath,
};

/// The identities that open the caller's account, in the order in which they were linked.
#[utoipa::path(get, path = "/auth/identities", tag = "auth", operation_id = "list_identities",
    responses((status = 200, body = [LinkedIdentity]), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    SignedIn(user): SignedIn,
) -> Result<Json<Vec<LinkedIdentity>>, ApiError> {
    let rows = state.db.identities(user.id).await?;
    let provider = |row: &ExternalIdentity| {
        let mut known = state.settings.sso.providers();
        let found = known.find(|provider| provider.issuer == row.issuer);
        found.map_or_else(|| row.issuer.clone(), |provider| provider.name.clone())
    };
    let shown = |row: ExternalIdentity| LinkedIdentity {
        provider: provider(&row),
        id: row.id,
        email: row.email,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    };
    Ok(Json(rows.into_iter().map(shown).collect()))
}

/// Has an identity open the caller's account no more. The last way in stays: an account without a password keeps one.
#[utoipa::path(delete, path = "/auth/identities/{identity_id}", tag = "auth", operation_id = "unlink_identity",
    params(("identity_id" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
              (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn unlink(
    State(state): State<AppState>,
    SignedIn(user): SignedIn,
    origin: Origin,
    Path(IdentityPath { identity_id: id }): Path<IdentityPath>,
) -> Result<StatusCode, ApiError> {
    match state
        .db
        .unlink_identity(user.id, id, &origin.by(&user))
        .await?
    {
        IdentityUnlinked::Unlinked => {
            tracing::info!(user = user.id, identity = id, "unlinked an identity");
            Ok(StatusCode::NO_CONTENT)
        }
        IdentityUnlinked::Unknown => Err(ApiError::http(
            StatusCode::NOT_FOUND,
            format!("You have no identity with the number {id}."),
        )),
        IdentityUnlinked::LastWayIn => Err(ApiError::http(
            StatusCode::CONFLICT,
            "Nothing else opens your account. Set a password or link another identity first.",
        )),
    }
}
