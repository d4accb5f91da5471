//! The router: routes, fallbacks and the layers around them.

use axum::{
    Router, extract::DefaultBodyLimit, middleware::from_fn, middleware::from_fn_with_state,
};
use divbase_contract::{API_PREFIX, limits::BODY_MAX_BYTES};
use http::StatusCode;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
};

use crate::{
    AppState,
    described::Served,
    error::ApiError,
    middleware::{fingerprint, gate, on_panic, rate, request_context},
    openapi, pages, routes,
};

/// The whole API. Layers run from the last to the first.
pub fn router(state: AppState) -> Router {
    // The htsget protocol allows no content coding, and an index is compressed already.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/vnd.ga4gh.htsget"))
        .and(NotForContentType::const_new("application/octet-stream"));
    let (api, served) = routes::all::<Served>(state.settings.environment).into_parts();
    Router::new()
        .nest(API_PREFIX, api.merge(openapi::route(served)))
        .merge(pages::routes(&state))
        .merge(routes::drs::at_the_root())
        .fallback(pages::not_found)
        .method_not_allowed_fallback(|| async {
            ApiError::http(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
        })
        .layer(from_fn_with_state(state.clone(), fingerprint))
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn_with_state(state.clone(), gate))
        .layer(from_fn_with_state(state.clone(), rate))
        .layer(from_fn(request_context))
        .layer(CompressionLayer::new().compress_when(compressible))
        .with_state(state)
}
