//! The project's samples.

use axum::Json;
use divbase_contract::dimensions::UniqueSamples;

use crate::{
    AppState,
    error::ApiError,
    extract::{Reading, Whole},
};

/// Sample names of all indexed files, each once, sorted.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}/samples", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), responses((status = 200, body = UniqueSamples)))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Whole>,
) -> Result<Json<UniqueSamples>, ApiError> {
    let unique_samples = state.db.unique_samples(call.project.project_id).await?;
    Ok(Json(UniqueSamples { unique_samples }))
}
