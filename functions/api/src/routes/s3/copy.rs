//! Copy a file to another name.

use axum::Json;
use divbase_contract::copies::{CopyProgress, CopyRequest};

use super::copying::{Copying, source};
use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Project, QueryRole},
};

/// Copies a version of a file, the newest unless one is named, to another name, without its bytes leaving the store. A large file
/// takes several requests. A request that is repeated goes on, and once the copy is there makes no other. An older version that is
/// copied to its own name, with `overwrite`, is what the file was before.
#[utoipa::path(post, path = "/s3/copy", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query)), request_body = CopyRequest,
    responses((status = 200, body = CopyProgress), crate::Refuses<400, 403, 404, 409, 413, 422>))]
pub(crate) async fn handler(
    state: AppState,
    call: Project<QueryRole, JsonBody<CopyRequest>>,
) -> Result<Json<CopyProgress>, ApiError> {
    let wanted = call.body.0;
    let to = state.settings.upload_types.writable(&wanted.to)?.to_owned();
    if to == *wanted.from && wanted.version_id.is_none() {
        return Err(ApiError::bad_request(format!(
            "'{to}' is both `from` and `to`; choose another name for the copy, or name an older version of it (`version_id`)."
        )));
    }
    let (bucket, version_id) = (&call.project.bucket_name, wanted.version_id.as_deref());
    let copying = Copying {
        project_id: call.project.project_id,
        user_id: call.user.id,
        from: source(&state, bucket, &wanted.from, version_id).await?,
        to,
        overwrite: wanted.overwrite,
    };
    copying.step(&state).await.map(Json)
}
