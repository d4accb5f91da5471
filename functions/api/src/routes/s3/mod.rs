//! `/s3`: files, folders, versions and signed URLs.

pub(crate) mod changes;
pub(crate) mod checksums;
pub(crate) mod copy;
mod copying;
pub(crate) mod delete;
pub(crate) mod download;
pub(crate) mod indexed_url;
pub(crate) mod info;
pub(crate) mod list;
pub(crate) mod list_soft_deleted;
pub(crate) mod mkdir;
pub(crate) mod move_file;
pub(crate) mod multipart_abort;
pub(crate) mod multipart_complete;
pub(crate) mod multipart_create;
pub(crate) mod multipart_list;
pub(crate) mod multipart_part_urls;
pub(crate) mod multipart_parts;
pub(crate) mod purge;
pub(crate) mod restore;
pub(crate) mod upload_single_part;

/// Requests to the store that one call has under way at once.
const AT_ONCE: usize = 16;

use crate::described::{DescribedRouter, Describing, routes};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(checksums::handler))
        .routes(routes!(copy::handler))
        .routes(routes!(delete::handler))
        .routes(routes!(download::handler))
        .routes(routes!(indexed_url::handler))
        .routes(routes!(info::handler))
        .routes(routes!(list::handler))
        .routes(routes!(list_soft_deleted::handler))
        .routes(routes!(mkdir::handler))
        .routes(routes!(move_file::handler))
        .routes(routes!(multipart_abort::handler))
        .routes(routes!(multipart_complete::handler))
        .routes(routes!(multipart_create::handler))
        .routes(routes!(multipart_list::handler))
        .routes(routes!(multipart_part_urls::handler))
        .routes(routes!(multipart_parts::handler))
        .routes(routes!(purge::handler))
        .routes(routes!(restore::handler))
        .routes(routes!(upload_single_part::handler))
}
