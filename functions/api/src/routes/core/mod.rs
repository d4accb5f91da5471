//! `/core`: liveness, readiness, announcements.

mod announcements;
mod health;
mod ready;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(announcements::handler))
        .routes(routes!(health::handler))
        .routes(routes!(ready::handler))
}
