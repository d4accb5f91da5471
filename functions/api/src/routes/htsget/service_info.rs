//! What the service is.

use axum::Json;
use divbase_contract::htsget::{
    HTSGET_VERSION, ServiceAbilities, ServiceInfo, ServiceOrganization, ServiceType, TicketFormat,
};

fn info() -> ServiceInfo {
    ServiceInfo {
        id: "se.divbase.htsget".to_owned(),
        name: "DivBase htsget".to_owned(),
        kind: ServiceType {
            group: "org.ga4gh".to_owned(),
            artifact: "htsget".to_owned(),
            version: HTSGET_VERSION.to_owned(),
        },
        description: "VCF and BCF files of biodiversity projects, by region.".to_owned(),
        organization: ServiceOrganization {
            name: "DivBase".to_owned(),
            url: "https://scilifelabdatacentre.github.io/divbase".to_owned(),
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        htsget: ServiceAbilities {
            datatype: "variants".to_owned(),
            formats: vec![TicketFormat::Vcf, TicketFormat::Bcf],
            fields_parameters_effective: false,
            tags_parameters_effective: false,
        },
    }
}

/// What the htsget service is and can do (GA4GH service-info).
#[utoipa::path(get, path = "/htsget/service-info", tag = "htsget", operation_id = "htsget_service_info",
    responses((status = 200, body = ServiceInfo)))]
pub(super) async fn handler() -> Json<ServiceInfo> {
    Json(info())
}

/// The same, where the protocol recommends it.
#[utoipa::path(get, path = "/htsget/variants/service-info", tag = "htsget", operation_id = "htsget_variants_service_info",
    responses((status = 200, body = ServiceInfo)))]
pub(super) async fn of_variants() -> Json<ServiceInfo> {
    Json(info())
}
