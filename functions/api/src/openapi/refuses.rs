//! What routes refuse with, as they say it in their description.

use std::collections::BTreeMap;

use divbase_contract::ErrorBody;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

/// Answers with these statuses, each with the envelope of errors: `responses((status = 204), crate::Refuses<401, 403>)`. 0 is none.
#[derive(Clone, Copy, Debug)]
pub enum Refuses<
    const A: u16,
    const B: u16 = 0,
    const C: u16 = 0,
    const D: u16 = 0,
    const E: u16 = 0,
    const F: u16 = 0,
> {}

impl<const A: u16, const B: u16, const C: u16, const D: u16, const E: u16, const F: u16>
    IntoResponses for Refuses<A, B, C, D, E, F>
{
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let statuses = [A, B, C, D, E, F].into_iter().filter(|status| *status > 0);
        statuses
            .map(|status| (status.to_string(), RefOr::T(in_envelope(""))))
            .collect()
    }
}

/// A refusal that means this.
pub(super) fn in_envelope(means: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name())));
    ResponseBuilder::new()
        .description(means)
        .content("application/json", body.build())
        .build()
}
