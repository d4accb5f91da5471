//! `/tasks`, `/workers`, `/queues`, `/limits`, `/dead-letters` and `/queue-status`: what administrators see and set while the service
//! runs.

pub(crate) mod attempts;
pub(crate) mod bulk;
pub(crate) mod dead_letters;
pub(crate) mod limits;
pub(crate) mod queue_status;
pub(crate) mod queues;
pub(crate) mod tasks;
pub(crate) mod workers;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(queue_status::show, queue_status::set))
        .routes(routes!(workers::handler))
        .routes(routes!(tasks::handler))
        .routes(routes!(attempts::handler))
        .routes(routes!(bulk::cancel))
        .routes(routes!(bulk::retry))
        .routes(routes!(queues::list))
        .routes(routes!(queues::change))
        .routes(routes!(limits::show, limits::change))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::redrive))
        .routes(routes!(dead_letters::discard))
}
