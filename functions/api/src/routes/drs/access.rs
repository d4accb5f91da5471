//! Where the bytes of an object are.

use axum::Json;
use divbase_contract::{
    ErrorType,
    drs::{AccessUrl, DrsError, DrsId},
};

use super::{asked::Asked, object::HTTPS};
use crate::{AppState, error::ApiError, extract::Path, url_sessions::signer};

#[derive(serde::Deserialize)]
pub(super) struct AccessPath {
    access_id: String,
}

/// A signed URL of an object's bytes (Data Repository Service 1.4). Whoever has it needs no credentials.
#[utoipa::path(get, path = "/ga4gh/drs/v1/objects/{object_id}/access/{access_id}", tag = "drs", operation_id = "drs_access",
    params(("object_id" = inline(DrsId), Path), ("access_id" = String, Path, max_length = 64)),
    responses((status = 200, body = AccessUrl), (status = 401, body = DrsError), (status = 403, body = DrsError),
              (status = 404, body = DrsError)))]
pub(super) async fn handler(
    state: AppState,
    Path(AccessPath { access_id }): Path<AccessPath>,
    asked: Asked,
) -> Result<Json<AccessUrl>, ApiError> {
    if access_id != HTTPS {
        return Err(ApiError::new(
            ErrorType::ObjectDoesNotExist,
            "There is no such way to the object (`access_id`).",
        ));
    }
    let version = asked.version(&state).await?;
    let signer = signer(&state, &asked.call.project).await?;
    let version_id = Some(version.version_id.as_str());
    let seconds = state.settings.urls.transfer;
    let url = signer.get(&asked.id.key, version_id, seconds).await?;
    Ok(Json(AccessUrl { url }))
}
