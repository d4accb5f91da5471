//! The routes, each in a file of its own or with those that are like it. Adding one takes its function and a line in its
//! area's `mod.rs`.

mod admin;
pub(crate) mod announcements;
pub(crate) mod audit;
pub(crate) mod auth;
mod core;
pub(crate) mod drs;
pub(crate) mod htsget;
mod indexes;
pub(crate) mod invitations;
pub(crate) mod numbers;
pub(crate) mod operations;
pub(crate) mod paging;
pub(crate) mod project_requests;
pub(crate) mod project_versions;
pub(crate) mod projects;
pub(crate) mod public_projects;
pub(crate) mod query;
pub(crate) mod s3;
pub(crate) mod schedules;
pub(crate) mod task_history;
pub(crate) mod test_email;
pub(crate) mod users;
pub(crate) mod vcf_dimensions;

use std::time::Duration;

use divbase_telemetry::Environment;
use http::Method;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::described::{DescribedRouter, Describing};

/// All routes that exist in this environment, below `/api/v1`.
pub(crate) fn all<D: Describing>(environment: Environment) -> DescribedRouter<D> {
    let routes = DescribedRouter::new()
        .merge(core::routes())
        .merge(auth::routes())
        .merge(users::routes())
        .merge(test_email::routes())
        .merge(invitations::routes())
        .merge(announcements::routes())
        .merge(projects::routes())
        .merge(project_requests::routes())
        .merge(public_projects::routes())
        .merge(audit::routes())
        .merge(s3::routes())
        .merge(indexes::routes())
        .merge(htsget::routes())
        .merge(drs::routes())
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

/// How long browsers remember what they may do (htsget 1.3.0, "CORS": 30 days).
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

/// Lets pages of every site call a route. For routes that know nobody by a cookie: a page can do no more by them than who
/// wrote it.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(REMEMBERED)
}

/// `OPTIONS`, so that [`cors`] sees it; a route without it would be refused before.
async fn preflight() {}
