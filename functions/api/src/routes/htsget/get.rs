//! A ticket for a file, its header, or a region.

use divbase_contract::{
    field::{ObjectKey, ProjectName},
    htsget::{NoTicketAnswer, TicketAnswer, TicketQuery},
};
use serde::Deserialize;

use super::{
    asked::Asked,
    error::HtsgetError,
    ticket::{TicketResponse, ticket},
};
use crate::{
    AppState,
    extract::{Files, Path, Query, Reading},
};

/// The key of the file.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    pub(super) path: ObjectKey,
}

/// A ticket of the htsget protocol (1.3.0): where the parts of a VCF or BCF file are that make a file with the records of a
/// region, of the whole file, or with its header. It may have other records beside, never less. `fields`, `tags` and
/// `notags` have no effect.
#[utoipa::path(get, path = "/htsget/variants/{project_name}/{*path}", tag = "htsget", operation_id = "get_variants",
    params(("project_name" = inline(ProjectName), Path), ("path" = inline(ObjectKey), Path), TicketQuery),
    responses((status = 200, body = TicketAnswer), (status = 400, body = NoTicketAnswer), (status = 401, body = NoTicketAnswer),
              (status = 403, body = NoTicketAnswer), (status = 404, body = NoTicketAnswer)))]
pub(super) async fn handler(
    state: AppState,
    Path(Key { path }): Path<Key>,
    Query(query): Query<TicketQuery>,
    call: Reading<Files>,
) -> Result<TicketResponse, HtsgetError> {
    call.may_see([&*path])?;
    ticket(&state, &call.project, &path, Asked::of_query(query)?).await
}
