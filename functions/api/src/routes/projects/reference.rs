//! The reference of a project: show it, change where it comes from, and name its scaffolds otherwise.

use axum::Json;
use divbase_contract::{
    field::ProjectName,
    reference::{
        NewAliases, NewReference, ProjectReference, ReferenceContradiction, ReferenceMode,
        ReferenceScaffold, ScaffoldAlias,
    },
};

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, ManageRole, Project, Reading, Whole},
    routes::query::planning,
};

/// So many scaffolds are listed; all are counted.
const LISTED: usize = 1_000;

/// What the project's files are about, and which files contradict it.
#[utoipa::path(get, path = "/projects/{project_name}/reference", tag = "projects", operation_id = "show_reference",
    params(("project_name" = inline(ProjectName), Path)),
    responses((status = 200, body = ProjectReference), crate::Refuses<401, 403, 404>))]
pub(crate) async fn show(
    state: AppState,
    call: Reading<Whole>,
) -> Result<Json<ProjectReference>, ApiError> {
    shown(&state, call.project.project_id).await
}

/// Changes where the project's reference comes from, and judges its files anew. For managers.
#[utoipa::path(put, path = "/projects/{project_name}/reference", tag = "projects", operation_id = "set_reference",
    params(("project_name" = inline(ProjectName), Path)), request_body = NewReference,
    responses((status = 200, body = ProjectReference), crate::Refuses<400, 401, 403, 404, 422>))]
pub(crate) async fn set(
    state: AppState,
    call: Project<ManageRole, JsonBody<NewReference>>,
) -> Result<Json<ProjectReference>, ApiError> {
    let JsonBody(new) = &call.body;
    let project = (call.project.project_id, call.project.bucket_name.as_str());
    let mode = match new.mode {
        ReferenceMode::Files => divbase_db::ReferenceMode::Files,
        ReferenceMode::Chosen => divbase_db::ReferenceMode::Chosen,
        ReferenceMode::None => divbase_db::ReferenceMode::None,
    };
    let services = state.runner.services();
    divbase_service::reference::set_reference(services, project, mode, new.file.as_ref(), &call.by)
        .await
        .map_err(planning)?;
    tracing::info!(
        by = call.user.id,
        project = project.0,
        mode = mode.as_str(),
        "changed a reference"
    );
    shown(&state, project.0).await
}

/// Sets all other names of the reference's scaffolds, and judges the project's files anew. For managers.
#[utoipa::path(put, path = "/projects/{project_name}/reference/aliases", tag = "projects",
    operation_id = "set_reference_aliases",
    params(("project_name" = inline(ProjectName), Path)), request_body = NewAliases,
    responses((status = 200, body = ProjectReference), crate::Refuses<400, 401, 403, 404, 422>))]
pub(super) async fn set_aliases(
    state: AppState,
    call: Project<ManageRole, JsonBody<NewAliases>>,
) -> Result<Json<ProjectReference>, ApiError> {
    let aliases = call.body.0.aliases.items();
    let project_id = call.project.project_id;
    let services = state.runner.services();
    divbase_service::reference::set_aliases(services, project_id, aliases, &call.by)
        .await
        .map_err(planning)?;
    tracing::info!(
        by = call.user.id,
        project = project_id,
        count = aliases.len(),
        "changed aliases"
    );
    shown(&state, project_id).await
}

async fn shown(state: &AppState, project_id: i64) -> Result<Json<ProjectReference>, ApiError> {
    let reference = state.db.project_reference(project_id).await?;
    let faults = state.db.reference_faults(project_id).await?;
    let aliases = reference.aliases.into_iter().filter_map(|(alias, name)| {
        Some(ScaffoldAlias {
            alias: alias.parse().ok()?,
            name: name.parse().ok()?,
        })
    });
    Ok(Json(ProjectReference {
        mode: match reference.mode {
            divbase_db::ReferenceMode::Files => ReferenceMode::Files,
            divbase_db::ReferenceMode::Chosen => ReferenceMode::Chosen,
            divbase_db::ReferenceMode::None => ReferenceMode::None,
        },
        source: reference.source,
        scaffold_count: reference.scaffolds.len(),
        scaffolds: reference
            .scaffolds
            .into_iter()
            .take(LISTED)
            .map(|one| ReferenceScaffold {
                name: one.name,
                length: one.length,
                md5: one.digest,
            })
            .collect(),
        aliases: aliases.collect(),
        contradictions: faults
            .into_iter()
            .map(|(file, reason)| ReferenceContradiction { file, reason })
            .collect(),
        changed_at: reference.changed_at,
    }))
}
