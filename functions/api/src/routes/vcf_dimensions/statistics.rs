//! What the records of a file are like.

use axum::Json;
use divbase_contract::{
    ErrorType,
    field::{ObjectKey, VersionId},
    statistics::FileStatistics,
};
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Files, Query, Reading},
    indexed::indexed,
    statistics::statistics,
};

/// Which version of which file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StatisticsQuery {
    object_name: ObjectKey,
    version_id: Option<VersionId>,
}

/// Statistics of a VCF or BCF file, as they were collected when it was indexed: of the newest version unless one is named.
/// 404 if the version is not indexed, or was before there were statistics: the next update of the index makes those of
/// present files.
#[utoipa::path(get, path = "/vcf-dimensions/projects/{project_name}/statistics", tag = "vcf-dimensions",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path), ("object_name" = inline(ObjectKey), Query),
           ("version_id" = inline(Option<VersionId>), Query)),
    responses((status = 200, body = FileStatistics), crate::Refuses<404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Query(query): Query<StatisticsQuery>,
    call: Reading<Files>,
) -> Result<Json<FileStatistics>, ApiError> {
    call.may_see([&*query.object_name])?;
    let version_id = query.version_id.as_deref();
    let file = indexed(&state, &call.project, &query.object_name, version_id).await?;
    let found = statistics(&state, &file).await?;
    found.map(Json).ok_or_else(|| {
        ApiError::new(
            ErrorType::ObjectDoesNotExist,
            format!(
                "This version of '{}' was indexed before statistics were collected. The next update of the index makes \
                 them: 'divbase-cli dimensions update'.",
                file.object_key
            ),
        )
    })
}
