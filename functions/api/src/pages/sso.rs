//! `/login/with/{provider}` and `/login/callback/{provider}`: to an identity provider, and back.
//!
//! What the answer has to repeat is kept in a cookie of the browser that asked, signed: an answer that another browser
//! brings, or another provider, is refused.

use std::convert::Infallible;

use axum::{
    Router,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::Utc;
use divbase_auth::{SignInFlow, sign_in_flow::FLOW_SECONDS};
use divbase_contract::field::{excerpt, on_one_line};
use divbase_db::IdentityLinked;
use divbase_sso::{Answer, Identity, Provider};
use http::{HeaderValue, StatusCode, request::Parts};
use serde::Deserialize;

use super::{
    cookies,
    frame::Frame,
    login::refused,
    login_code::after_first,
    respond::{Go, local},
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin, Path, Query, SignedIn},
    single_sign_on::{self, Arrival, arrive, no_such_provider},
    throttle::Attempt,
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/login/with/{provider}", get(leave))
        .route("/login/callback/{provider}", get(come_back))
}

/// Which provider.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ProviderPath {
    pub(super) provider: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Next {
    next: String,
}

/// What the browser brings back (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Brought {
    code: String,
    state: String,
    iss: Option<String>,
    error: String,
}

/// Where a browser is sent, with the cookie of the flow.
pub(super) async fn begin(
    state: &AppState,
    id: &str,
    next: &str,
    linking: Option<i64>,
) -> Result<(url::Url, Option<HeaderValue>), ApiError> {
    let sso = &state.settings.sso;
    let provider = sso.provider(id).ok_or_else(no_such_provider)?;
    let begun = sso.begin(id).await;
    let begun = begun.map_err(|error| single_sign_on::refused(provider, &error))?;
    let flow = SignInFlow {
        provider: id.to_owned(),
        state: begun.state,
        nonce: begun.nonce,
        verifier: begun.verifier,
        next: local(next).to_owned(),
        linking,
    };
    let signed = state.settings.tokens.sign_flow(flow, Utc::now());
    let signed = signed.map_err(ApiError::internal)?;
    Ok((
        begun.url,
        cookies::set(cookies::FLOW, &signed, FLOW_SECONDS),
    ))
}

async fn leave(
    state: AppState,
    frame: Frame,
    Path(path): Path<ProviderPath>,
    Query(Next { next }): Query<Next>,
) -> Response {
    match begin(&state, &path.provider, &next, None).await {
        Ok((url, flow)) => Go::to(url).with(flow).into_response(),
        Err(error) => refused(&state, frame, next, &error),
    }
}

async fn come_back(
    state: AppState,
    mut frame: Frame,
    Returning { flow, signed_in }: Returning,
    address: ClientAddress,
    origin: Origin,
    Path(path): Path<ProviderPath>,
    Query(brought): Query<Brought>,
) -> Result<Response, ApiError> {
    // The code is nothing to keep in a page.
    "/login".clone_into(&mut frame.here);
    let Some(provider) = state.settings.sso.provider(&path.provider) else {
        return Ok(refused(&state, frame, String::new(), &no_such_provider()));
    };
    let gone = cookies::clear(cookies::FLOW);
    let flow = match awaited(flow, provider, &brought) {
        Ok(flow) => flow,
        Err(error) => return Ok(refused(&state, frame, String::new(), &error)),
    };
    let attempt = match Attempt::provider(&state, &address).await {
        Ok(attempt) => attempt,
        Err(error) => return Ok(refused(&state, frame, flow.next, &error)),
    };
    let named = identity(&state, provider, &flow, &brought).await;
    let done = match (named, flow.linking) {
        (Err(error), _) => Err(error),
        (Ok(identity), Some(user_id)) => {
            link(&state, provider, &identity, user_id, signed_in?).await
        }
        (Ok(identity), None) => {
            open(&state, provider, &identity, &address, origin, &flow.next).await
        }
    };
    match done {
        Ok(go) => {
            attempt.succeeded(&state).await?;
            Ok(go.with(gone).into_response())
        }
        Err(error) if flow.linking.is_some() => Err(error),
        Err(error) => Ok(refused(&state, frame, flow.next, &error)),
    }
}

/// A browser that comes back from a provider.
struct Returning {
    /// The flow that it has kept.
    flow: Option<SignInFlow>,
    /// Who is signed in.
    signed_in: Result<SignedIn, ApiError>,
}

impl FromRequestParts<AppState> for Returning {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let kept = cookies::get(&parts.headers, cookies::FLOW);
        Ok(Self {
            flow: kept.and_then(|text| state.settings.tokens.read_flow(text).ok()),
            signed_in: SignedIn::from_request_parts(parts, state).await,
        })
    }
}

/// The flow that this is the answer to.
fn awaited(
    flow: Option<SignInFlow>,
    provider: &Provider,
    brought: &Brought,
) -> Result<SignInFlow, ApiError> {
    flow.filter(|flow| flow.provider == provider.id && flow.state == brought.state)
        .ok_or_else(|| {
            tracing::warn!(provider = provider.id, "an answer that nobody waits for");
            ApiError::bad_request(
                "This sign-in took too long, or began in another browser or tab. Please begin again.",
            )
        })
}

async fn identity(
    state: &AppState,
    provider: &Provider,
    flow: &SignInFlow,
    brought: &Brought,
) -> Result<Identity, ApiError> {
    if !brought.error.is_empty() {
        let said = on_one_line(&excerpt(&brought.error));
        tracing::info!(provider = provider.id, said, "a provider signed nobody in");
        return Err(ApiError::http(
            StatusCode::FORBIDDEN,
            format!(
                "{} did not sign you in. Please begin again, or sign in another way.",
                provider.name
            ),
        ));
    }
    let answer = Answer {
        code: &brought.code,
        issuer: brought.iss.as_deref(),
        nonce: &flow.nonce,
        verifier: &flow.verifier,
    };
    let named = state.settings.sso.finish(&provider.id, answer).await;
    named.map_err(|error| single_sign_on::refused(provider, &error))
}

async fn open(
    state: &AppState,
    provider: &Provider,
    identity: &Identity,
    address: &ClientAddress,
    origin: Origin,
    next: &str,
) -> Result<Go, ApiError> {
    let Arrival { user, is_new } = arrive(state, provider, identity, origin).await?;
    tracing::info!(
        user = user.id,
        provider = provider.id,
        is_new,
        "signed in by a provider"
    );
    if is_new {
        let go = after_first(state, user, address, "/profile/").await?;
        return Ok(go.saying("Your account is made. Please say where you work."));
    }
    after_first(state, user, address, next).await
}

async fn link(
    state: &AppState,
    provider: &Provider,
    identity: &Identity,
    user_id: i64,
    SignedIn { user, by }: SignedIn,
) -> Result<Go, ApiError> {
    if user.id != user_id {
        return Err(ApiError::bad_request(
            "You have signed in as somebody else meanwhile. Please begin again.",
        ));
    }
    let row = single_sign_on::row(identity);
    let linked = state.db.link_identity(user.id, row, &by);
    let name = &provider.name;
    match linked.await? {
        IdentityLinked::Linked => {
            tracing::info!(user = user.id, provider = provider.id, "linked an identity");
            Ok(Go::to("/profile/").saying(&format!("You can sign in with {name} from now on.")))
        }
        IdentityLinked::Already => Ok(Go::to("/profile/").saying(&format!(
            "You can sign in with this identity of {name} already."
        ))),
        IdentityLinked::OfAnother => Err(ApiError::conflict(format!(
            "This identity of {name} opens another account."
        ))),
        IdentityLinked::TooMany => Err(ApiError::conflict(
            "Your account has as many identities as it may. Unlink one first.",
        )),
    }
}
