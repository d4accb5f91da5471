//! Readiness: database, queue and store answer.

use axum::Json;
use divbase_contract::core::Readiness;
use http::StatusCode;

use crate::AppState;

/// Whether everything that requests need answers; 503 if not, with the part that does not.
#[utoipa::path(get, path = "/core/ready", tag = "core",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub(super) async fn handler(state: AppState) -> (StatusCode, Json<Readiness>) {
    let (database, queue, store) =
        tokio::join!(state.db.ping(), state.queues.ping(), state.store.ping());
    let readiness = Readiness::of(database.is_ok(), queue.is_ok(), store.is_ok());
    let code = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(readiness))
}
