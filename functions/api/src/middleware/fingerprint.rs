//! What an idempotency key stands for: the request that carries it, as it was sent.

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use divbase_contract::IDEMPOTENCY_KEY_HEADER;
use sha2::{Digest, Sha256};

use crate::{
    AppState,
    extract::{Fingerprint, read},
};

/// Gives a request with an idempotency key the SHA-256 of its method, target and body. Others pass untouched.
pub(crate) async fn fingerprint(state: AppState, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(IDEMPOTENCY_KEY_HEADER) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let body = match read(Request::from_parts(parts.clone(), body), &state).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let mut hash = Sha256::new();
    // Neither a method nor a target contains a line feed.
    hash.update(format!("{}\n{}\n", parts.method, parts.uri));
    hash.update(&body);
    parts.extensions.insert(Fingerprint(hash.finalize().into()));
    next.run(Request::from_parts(parts, Body::from(body))).await
}
