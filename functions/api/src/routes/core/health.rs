//! Liveness: the process answers.

use axum::Json;
use divbase_contract::core::Health;

/// Whether the process is alive. It asks nothing else: see `/core/ready`.
#[utoipa::path(get, path = "/core/health", tag = "core", responses((status = 200, body = Health)))]
pub(super) async fn handler() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}
