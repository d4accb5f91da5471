//! What a script asks while it sends files: the JSON routes for uploads in parts, for a session's cookie and with the page's
//! token in a header. The bytes go to the store.

use axum::{Router, routing::post};

use crate::{
    AppState,
    routes::s3::{
        multipart_abort, multipart_complete, multipart_create, multipart_part_urls, multipart_parts,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/projects/{project_name}/upload/create",
            post(multipart_create::handler),
        )
        .route(
            "/projects/{project_name}/upload/part-urls",
            post(multipart_part_urls::handler),
        )
        .route(
            "/projects/{project_name}/upload/parts",
            post(multipart_parts::handler),
        )
        .route(
            "/projects/{project_name}/upload/complete",
            post(multipart_complete::handler),
        )
        .route(
            "/projects/{project_name}/upload/abort",
            post(multipart_abort::handler),
        )
}
