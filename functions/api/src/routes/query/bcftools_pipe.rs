//! The older name of the VCF query.

use axum::Json;
use divbase_contract::query::BcftoolsPipeRequest;
use http::{HeaderMap, StatusCode};

use super::vcf::submit;
use crate::{
    AppState,
    error::ApiError,
    extract::{IdempotencyKey, JsonBody, Project, QueryRole, RequestId},
};

/// As `/query/vcf`, with samples from the metadata table; without a filter, all rows of the table.
#[utoipa::path(post, path = "/query/bcftools-pipe/projects/{project_name}", tag = "query",
    params(("project_name" = inline(divbase_contract::field::ProjectName), Path)), request_body = BcftoolsPipeRequest,
    responses((status = 201, body = i64, content_type = "application/json"), crate::Refuses<400, 422>))]
pub(crate) async fn handler(
    state: AppState,
    RequestId(request_id): RequestId,
    key: IdempotencyKey,
    call: Project<QueryRole, JsonBody<BcftoolsPipeRequest>>,
) -> Result<(StatusCode, HeaderMap, Json<i64>), ApiError> {
    let Project {
        user,
        project,
        body: JsonBody(request),
        ..
    } = call;
    submit(&state, &request_id, &key, user, project, request.into()).await
}
