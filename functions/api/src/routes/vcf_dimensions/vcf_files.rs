//! The project's indexed files and their versions.

use axum::Json;
use divbase_contract::dimensions::{UniqueVcfFiles, VcfFileVersion};

use divbase_db::FileVersion;

use crate::{
    AppState,
    error::ApiError,
    extract::{Reading, Whole},
};

/// Indexed files with the version that is indexed, by key.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}/vcf-files", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), responses((status = 200, body = UniqueVcfFiles)))]
pub(crate) async fn handler(
    state: AppState,
    call: Reading<Whole>,
) -> Result<Json<UniqueVcfFiles>, ApiError> {
    let files = state.db.present_files(call.project.project_id).await?;
    Ok(Json(UniqueVcfFiles {
        unique_vcf_files: files
            .into_iter()
            .filter_map(|file| match file.version {
                FileVersion::Vcf(version) => Some(VcfFileVersion {
                    vcf_file_s3_key: version.object_key,
                    s3_version_id: version.version_id,
                }),
                FileVersion::Result(_) | FileVersion::Faulty(..) => None,
            })
            .collect(),
    }))
}
