//! `/ga4gh/drs/v1`: versions of files by the GA4GH Data Repository Service, version 1.4, with the roles, tokens and links of all
//! reading. An object is a version, because an identifier of the protocol always means the same bytes.

mod access;
mod asked;
mod error;
mod object;
mod service_info;

use axum::{Router, middleware::from_fn};

use super::cors;
use crate::{
    AppState,
    described::{DescribedRouter, Describing, Served, routes},
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(object::handler))
        .routes(routes!(access::handler))
        .routes(routes!(service_info::handler))
        .layer(from_fn(error::as_drs))
        .layer(cors())
}

/// The same at the host's root, where `drs://host/id` leads.
pub(crate) fn at_the_root() -> Router<AppState> {
    routes::<Served>().into_parts().0
}
