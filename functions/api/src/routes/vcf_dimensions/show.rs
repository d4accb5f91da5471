//! The whole index of a project.

use axum::{Json, extract::State};
use divbase_contract::{
    ErrorBody, ErrorType,
    dimensions::{ProjectDimensions, SkippedFile, VcfFile},
};

use divbase_db::{FileVersion, VersionName};

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
    let present = state.db.present_files(project.project_id).await?;
    if present.is_empty() {
        return Err(ApiError::new(
            ErrorType::DimensionsMissing,
            format!(
                "No VCF file of the project '{}' is indexed yet. Upload files and run \
                 'divbase-cli dimensions update'.",
                project.project_name
            ),
        ));
    }
    let (mut vcf_files, mut skipped_files) = (Vec::new(), Vec::new());
    for file in present {
        match file.version {
            FileVersion::Vcf(version) => vcf_files.push(VcfFile {
                vcf_file_s3_key: version.object_key,
                s3_version_id: version.version_id,
                sample_count: version.samples.len() as u64,
                samples: version.samples.to_vec(),
                scaffolds: version.scaffolds.names().to_vec(),
                variant_count: version.record_count,
                file_size_bytes: version.size_bytes,
                created_at: file.created_at,
                updated_at: file.updated_at,
            }),
            FileVersion::Result(name) => skipped_files.push(skipped(name, "divbase_generated")),
            FileVersion::Faulty(name, fault) => skipped_files.push(skipped(name, &fault)),
        }
    }
    Ok(Json(ProjectDimensions {
        project_id: project.project_id,
        project_name: project.project_name,
        vcf_file_count: vcf_files.len(),
        vcf_files,
        skipped_file_count: skipped_files.len(),
        skipped_files,
    }))
}

fn skipped(name: VersionName, reason: &str) -> SkippedFile {
    SkippedFile {
        vcf_file_s3_key: name.object_key,
        s3_version_id: name.version_id,
        skip_reason: Some(reason.to_owned()),
    }
}
