//! The routes, one file each. Adding one takes its file and a line in its area's `mod.rs`.

mod admin;
pub(crate) mod audit;
pub(crate) mod auth;
mod core;
pub(crate) mod invitations;
pub(crate) mod numbers;
pub(crate) mod operations;
pub(crate) mod paging;
mod project_versions;
pub(crate) mod projects;
pub(crate) mod public_projects;
pub(crate) mod query;
pub(crate) mod s3;
pub(crate) mod schedules;
pub(crate) mod task_history;
mod test_email;
pub(crate) mod users;
pub(crate) mod vcf_dimensions;

use divbase_telemetry::Environment;
use utoipa_axum::router::OpenApiRouter;

use crate::AppState;

/// All routes that exist in this environment, below `/api/v1`.
pub(crate) fn all(environment: Environment) -> OpenApiRouter<AppState> {
    let routes = OpenApiRouter::new()
        .merge(core::routes())
        .merge(auth::routes())
        .merge(users::routes())
        .merge(test_email::routes())
        .merge(invitations::routes())
        .merge(projects::routes())
        .merge(public_projects::routes())
        .merge(audit::routes())
        .merge(s3::routes())
        .merge(project_versions::routes())
        .merge(vcf_dimensions::routes())
        .merge(query::routes())
        .merge(task_history::routes())
        .merge(schedules::routes())
        .merge(operations::routes());
    if environment.is_development() {
        routes.merge(admin::routes())
    } else {
        routes
    }
}
