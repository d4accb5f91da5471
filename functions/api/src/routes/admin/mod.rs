//! `/admin`: for development machines only.

mod add_member;
mod create_project;
mod create_user;

use crate::described::{DescribedRouter, routes};

pub(super) fn routes() -> DescribedRouter {
    DescribedRouter::new()
        .routes(routes!(create_project::handler))
        .routes(routes!(create_user::handler))
        .routes(routes!(add_member::handler))
}
