//! The whole index of a project.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody, ErrorType,
    dimensions::{ProjectDimensions, SkippedFile, VcfFile},
};

use crate::{
    AppState,
    error::ApiError,
    extract::{Project, ReadRole},
};

/// Indexed and skipped files, by key; 404 if there are none of either.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 200, body = ProjectDimensions), (status = 404, body = ErrorBody)))]
pub(super) async fn handler(
    State(state): State<AppState>,
    call: Project<ReadRole>,
) -> Result<Json<ProjectDimensions>, ApiError> {
    let project = call.project;
    let files = state.db.vcf_files(project.project_id).await?;
    let skipped = state.db.skipped_files(project.project_id).await?;
    if files.is_empty() && skipped.is_empty() {
        return Err(ApiError::new(
            ErrorType::DimensionsMissing,
            format!(
                "No VCF file of the project '{}' is indexed yet. Upload files and run \
                 'divbase-cli dimensions update'.",
                project.project_name
            ),
        ));
    }
    Ok(Json(ProjectDimensions {
        project_id: project.project_id,
        project_name: project.project_name,
        vcf_file_count: files.len(),
        vcf_files: files
            .into_iter()
            .map(|file| VcfFile {
                vcf_file_s3_key: file.object_key,
                s3_version_id: file.version_id,
                sample_count: i64::try_from(file.samples.len()).unwrap_or(i64::MAX),
                samples: file.samples,
                scaffolds: file
                    .scaffolds
                    .into_iter()
                    .map(|scaffold| scaffold.name)
                    .collect(),
                variant_count: file.record_count,
                file_size_bytes: file.size_bytes,
                created_at: file.created_at,
                updated_at: file.updated_at,
            })
            .collect(),
        skipped_file_count: skipped.len(),
        skipped_files: skipped
            .into_iter()
            .map(|file| SkippedFile {
                vcf_file_s3_key: file.object_key,
                s3_version_id: file.version_id,
                skip_reason: Some(file.reason),
            })
            .collect(),
    }))
}
