//! `/vcf-dimensions`: the technical index of VCF files.

mod samples;
mod scaffolds;
mod show;
mod update;
mod vcf_files;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(samples::handler))
        .routes(routes!(scaffolds::handler))
        .routes(routes!(show::handler))
        .routes(routes!(update::handler))
        .routes(routes!(vcf_files::handler))
}
