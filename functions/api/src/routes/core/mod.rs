//! `/core`: liveness, readiness, announcements.

mod announcements;
mod health;
mod ready;

use crate::described::{DescribedRouter, routes};

pub(super) fn routes() -> DescribedRouter {
    DescribedRouter::new()
        .routes(routes!(announcements::handler))
        .routes(routes!(health::handler))
        .routes(routes!(ready::handler))
}
