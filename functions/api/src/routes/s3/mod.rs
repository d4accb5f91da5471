//! `/s3`: files, folders, versions and signed URLs.

mod changes;
mod checksums;
mod delete;
mod download;
mod info;
mod list;
mod list_soft_deleted;
mod mkdir;
mod multipart_abort;
mod multipart_complete;
mod multipart_create;
mod multipart_part_urls;
mod restore;
mod upload_single_part;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

/// Requests to the store that one call has under way at once.
const AT_ONCE: usize = 16;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(checksums::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(download::handler))
        .routes(routes!(info::handler))
        .routes(routes!(list::handler))
        .routes(routes!(list_soft_deleted::handler))
        .routes(routes!(mkdir::handler))
        .routes(routes!(multipart_abort::handler))
        .routes(routes!(multipart_complete::handler))
        .routes(routes!(multipart_create::handler))
        .routes(routes!(multipart_part_urls::handler))
        .routes(routes!(restore::handler))
        .routes(routes!(upload_single_part::handler))
}
