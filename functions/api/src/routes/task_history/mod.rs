//! `/task-history`: what became of tasks.

pub(crate) mod by_id;
pub(crate) mod cancel;
pub(crate) mod item;
pub(crate) mod list_query;
pub(crate) mod lists;
pub(crate) mod retry;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(lists::all))
        .routes(routes!(by_id::handler))
        .routes(routes!(lists::parts))
        .routes(routes!(cancel::handler))
        .routes(routes!(retry::handler))
        .routes(routes!(lists::of_project))
        .routes(routes!(lists::of_user))
        .routes(routes!(lists::of_user_in_project))
}
