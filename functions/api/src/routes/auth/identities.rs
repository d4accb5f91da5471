//! Identities at providers that open the caller's account: list, unlink. They are linked on the pages, for a provider has
//! to be asked.

use axum::Json;
use divbase_contract::auth::LinkedIdentity;
use divbase_db::{ExternalIdentity, IdentityUnlinked};
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{Path, SignedIn},
    routes::numbers::IdentityPath,
};

/// The identities that open the caller's account, in the order in which they were linked.
#[utoipa::path(get, path = "/auth/identities", tag = "auth", operation_id = "list_identities",
    responses((status = 200, body = [LinkedIdentity]), crate::Refuses<401, 403>))]
pub(crate) async fn list(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
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
    responses((status = 204), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn unlink(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    Path(IdentityPath { identity_id: id }): Path<IdentityPath>,
) -> Result<StatusCode, ApiError> {
    match state.db.unlink_identity(user.id, id, &by).await? {
        IdentityUnlinked::Unlinked => {
            tracing::info!(user = user.id, identity = id, "unlinked an identity");
            Ok(StatusCode::NO_CONTENT)
        }
        IdentityUnlinked::Unknown => Err(ApiError::not_found(format!(
            "You have no identity with the number {id}."
        ))),
        IdentityUnlinked::LastWayIn => Err(ApiError::conflict(
            "Nothing else opens your account. Set a password or link another identity first.",
        )),
    }
}
