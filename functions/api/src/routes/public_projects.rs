//! Projects that everybody may read.

use axum::Json;
use divbase_contract::sharing::{PublicProject, PublicProjectPage};

use super::paging::Paging;
use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
    extract::Query,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new().routes(routes!(list))
}

/// Public projects by number, for everybody.
#[utoipa::path(get, path = "/public-projects", tag = "projects", operation_id = "list_public_projects",
    params(("after" = Option<i64>, Query), ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = PublicProjectPage), crate::Refuses<422>))]
pub(crate) async fn list(
    state: AppState,
    Query(paging): Query<Paging>,
) -> Result<Json<PublicProjectPage>, ApiError> {
    let (after, limit) = (paging.after(), paging.to_fetch());
    let mut rows = state.db.public_projects(after, limit).await?;
    let next = paging.cut(&mut rows, |row| row.id);
    let projects = rows.into_iter().map(|row| PublicProject {
        id: row.id,
        name: row.name,
        description: row.description,
        vcf_files: row.vcf_files,
        records: row.records,
        storage_used_bytes: row.storage_used_bytes,
        updated_at: row.updated_at,
    });
    Ok(Json(PublicProjectPage {
        projects: projects.collect(),
        next,
    }))
}
