//! `/admin`: for development machines only.

mod add_member;
mod create_project;
mod create_user;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(create_project::handler))
        .routes(routes!(create_user::handler))
        .routes(routes!(add_member::handler))
}
