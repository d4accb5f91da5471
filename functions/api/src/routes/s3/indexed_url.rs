//! A file and its index by address.

use axum::Json;
use chrono::Utc;
use divbase_auth::IndexLink;
use divbase_contract::{
    field::{ObjectKey, TextError, VersionId},
    files::{IndexFormat, IndexedUrl},
};
use serde::Deserialize;

use crate::{
    AppState,
    error::ApiError,
    extract::{Project, Query, ReadRole},
    indexed::{index, indexed},
    routes::indexes::index_path,
    url_sessions::signer,
};

/// Which version of which file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IndexedQuery {
    object_name: ObjectKey,
    version_id: Option<VersionId>,
    #[serde(default)]
    index_format: IndexFormat,
}

impl IndexedQuery {
    /// A version of a file by name, the newest if none is named.
    ///
    /// # Errors
    /// 422 if one of them is no name.
    pub(crate) fn of(name: &str, version_id: Option<&str>) -> Result<Self, ApiError> {
        let no_name = |error: TextError| ApiError::field("query.name", error);
        let no_version = |error: TextError| ApiError::field("query.version_id", error);
        Ok(Self {
            object_name: name.parse().map_err(no_name)?,
            version_id: version_id.map(str::parse).transpose().map_err(no_version)?,
            index_format: IndexFormat::Csi,
        })
    }
}

/// A signed URL of a VCF or BCF file and the address of its index, CSI unless TBI is asked for, of the newest version unless one
/// is named. Genome browsers and htslib read regions by the two: `url##idx##url`.
#[utoipa::path(get, path = "/s3/indexed-url", tag = "s3",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Query), ("object_name" = inline(ObjectKey), Query),
           ("version_id" = inline(Option<VersionId>), Query), ("index_format" = inline(Option<IndexFormat>), Query)),
    responses((status = 200, body = IndexedUrl), crate::Refuses<404, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Query(query): Query<IndexedQuery>,
    call: Project<ReadRole>,
) -> Result<Json<IndexedUrl>, ApiError> {
    let version_id = query.version_id.as_deref();
    let file = indexed(&state, &call.project, &query.object_name, version_id).await?;
    // Asked now, so that no link is given that leads nowhere.
    index(&state, file.id, query.index_format).await?;
    let signer = signer(&state, &call.project).await?;
    let version_id = Some(file.version_id.as_str());
    let seconds = state.settings.urls.transfer;
    let pre_signed_url = signer.get(&file.object_key, version_id, seconds).await?;
    let link = IndexLink {
        user_id: call.user.id,
        generation: call.user.token_generation,
        project_id: call.project.project_id,
        file_version_id: file.id,
    };
    let seconds = i64::try_from(state.settings.urls.transfer).unwrap_or(i64::MAX);
    let token = state
        .settings
        .tokens
        .sign_index_link(link, seconds, Utc::now())
        .map_err(ApiError::internal)?;
    Ok(Json(IndexedUrl {
        index_path: index_path(
            &file,
            &call.project.project_name,
            query.index_format,
            &token,
        ),
        name: file.object_key,
        version_id: file.version_id,
        pre_signed_url,
    }))
}
