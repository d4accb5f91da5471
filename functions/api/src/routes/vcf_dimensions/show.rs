//! The whole index of a project.

use axum::Json;
use divbase_contract::{
    ErrorType,
    dimensions::{ProjectDimensions, SkippedFile, VcfFile},
    limits::DIMENSIONS_NAMES_MAX_BYTES,
};

use divbase_db::{FileVersion, PresentFile, VersionName};

use crate::{
    AppState,
    error::ApiError,
    extract::{Reading, Whole},
};

/// Indexed and skipped files, by key; 404 if there are none of either, 400 if the names of samples and scaffolds of all
/// files have more than 32 MiB together: each file repeats them, and clients take the answer in one piece.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)),
    responses((status = 200, body = ProjectDimensions), crate::Refuses<400, 404>))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Whole>,
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
    if !are_few(&present) {
        return Err(ApiError::new(
            ErrorType::Http,
            format!(
                "The names of samples and scaffolds of all files of the project '{}' have more than {} MiB together, which is \
                 more than one answer may have. Ask for each name once, with 'divbase-cli dimensions show \
                 --unique-samples' or '--unique-scaffolds', or for the files, with '--cached-vcf-files'.",
                project.project_name,
                DIMENSIONS_NAMES_MAX_BYTES >> 20
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

/// Whether the names fit one answer. Stops counting as soon as they do not: files share lists of names in memory, and
/// not in the answer.
fn are_few(files: &[PresentFile]) -> bool {
    let mut left = DIMENSIONS_NAMES_MAX_BYTES;
    files.iter().all(|file| match &file.version {
        FileVersion::Vcf(version) => {
            let mut names = version
                .samples
                .iter()
                .chain(version.scaffolds.names().iter());
            names.all(|name| {
                let rest = left.checked_sub(name.len());
                left = rest.unwrap_or_default();
                rest.is_some()
            })
        }
        FileVersion::Result(_) | FileVersion::Faulty(..) => true,
    })
}

fn skipped(name: VersionName, reason: &str) -> SkippedFile {
    SkippedFile {
        vcf_file_s3_key: name.object_key,
        s3_version_id: name.version_id,
        skip_reason: Some(reason.to_owned()),
    }
}
