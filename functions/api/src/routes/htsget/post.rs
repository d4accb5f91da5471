//! A ticket for several regions.

use axum::extract::RawQuery;
use divbase_contract::{
    field::{ObjectKey, ProjectName},
    htsget::{NoTicketAnswer, TicketAnswer, TicketRequest},
};

use super::{
    asked::Asked,
    error::HtsgetError,
    get::Key,
    ticket::{TicketResponse, ticket},
};
use crate::{
    AppState,
    extract::{Files, JsonBody, Path, Reading},
};

/// As the GET, for up to 1000 regions. Records come once each and in the order of the file.
#[utoipa::path(post, path = "/htsget/variants/{project_name}/{*path}", tag = "htsget", operation_id = "post_variants",
    params(("project_name" = inline(ProjectName), Path), ("path" = inline(ObjectKey), Path)), request_body = TicketRequest,
    responses((status = 200, body = TicketAnswer), (status = 400, body = NoTicketAnswer), (status = 401, body = NoTicketAnswer),
              (status = 403, body = NoTicketAnswer), (status = 404, body = NoTicketAnswer), (status = 413, body = NoTicketAnswer)))]
pub(super) async fn handler(
    state: AppState,
    Path(Key { path }): Path<Key>,
    RawQuery(query): RawQuery,
    call: Reading<Files, JsonBody<TicketRequest>>,
) -> Result<TicketResponse, HtsgetError> {
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(HtsgetError::InvalidInput(
            "a POST says in its body what it asks for: leave the query string out.".to_owned(),
        ));
    }
    call.may_see([&*path])?;
    let JsonBody(body) = call.body;
    ticket(&state, &call.project, &path, Asked::of_body(body)?).await
}
