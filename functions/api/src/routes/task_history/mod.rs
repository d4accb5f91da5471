//! `/task-history`: what became of tasks.

pub(crate) mod all;
pub(crate) mod by_id;
pub(crate) mod cancel;
pub(crate) mod item;
pub(crate) mod list_query;
pub(crate) mod of_project;
pub(crate) mod of_user;
pub(crate) mod of_user_in_project;
mod parts;
pub(crate) mod retry;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(all::handler))
        .routes(routes!(by_id::handler))
        .routes(routes!(parts::handler))
        .routes(routes!(cancel::handler))
        .routes(routes!(retry::handler))
        .routes(routes!(of_project::handler))
        .routes(routes!(of_user::handler))
        .routes(routes!(of_user_in_project::handler))
}
