//! `/htsget`: VCF and BCF files by the htsget protocol, version 1.3.0. An identifier is a project and a key in it. A ticket
//! is made of what the index knows: nothing of the file is read, but for blocks that cut records.

mod asked;
mod error;
mod get;
mod post;
mod service_info;
mod ticket;

use axum::{middleware::from_fn, routing::options};

use super::{cors, preflight};

/// Where tickets are, as the router and the description of the API write it.
pub(crate) const TICKET_PATHS: [&str; 2] = [
    "/htsget/variants/{project_name}/{*path}",
    "/htsget/variants/{project_name}/{path}",
];

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(get::handler, post::handler))
        .routes(routes!(service_info::handler))
        .routes(routes!(service_info::of_variants))
        .route(TICKET_PATHS[0], options(preflight))
        .route("/htsget/service-info", options(preflight))
        .route("/htsget/variants/service-info", options(preflight))
        .layer(from_fn(error::as_htsget))
        .layer(cors())
}
