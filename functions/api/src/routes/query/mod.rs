//! `/query`: metadata and VCF queries.

pub(crate) mod bcftools_pipe;
pub(crate) mod sample_metadata;
pub(crate) mod vcf;

use divbase_contract::{ErrorType, FailureClass};
use divbase_service::ServiceError;
use divbase_tasks::TaskError;

use crate::{
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(bcftools_pipe::handler))
        .routes(routes!(sample_metadata::handler))
        .routes(routes!(vcf::handler))
}

/// What planning refuses, or could not do.
pub(super) fn planning(error: ServiceError) -> ApiError {
    match error {
        ServiceError::Refused {
            class: FailureClass::ProjectVersionNotFound,
            message,
        } => ApiError::new(ErrorType::ProjectVersionNotFound, message),
        error => match TaskError::from(error) {
            TaskError::User { message, .. } => ApiError::bad_request(message),
            error => ApiError::internal(error),
        },
    }
}
