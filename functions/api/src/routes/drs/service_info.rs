//! What the service is.

use axum::Json;
use divbase_contract::{
    drs::{DRS_VERSION, DrsService},
    htsget::{ServiceOrganization, ServiceType},
};

/// What the Data Repository Service is and can do (GA4GH service-info).
#[utoipa::path(get, path = "/ga4gh/drs/v1/service-info", tag = "drs", operation_id = "drs_service_info",
    responses((status = 200, body = DrsService)))]
pub(super) async fn handler() -> Json<DrsService> {
    Json(DrsService {
        id: "se.divbase.drs".to_owned(),
        name: "DivBase DRS".to_owned(),
        kind: ServiceType {
            group: "org.ga4gh".to_owned(),
            artifact: "drs".to_owned(),
            version: DRS_VERSION.to_owned(),
        },
        description: "Versions of the files of biodiversity projects.".to_owned(),
        organization: ServiceOrganization {
            name: "DivBase".to_owned(),
            url: "https://scilifelabdatacentre.github.io/divbase".to_owned(),
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        max_bulk_request_length: 1,
    })
}
