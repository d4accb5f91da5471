//! `/profile/second-factor`: a code of an authenticator app that signing in asks for besides.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::second_factor::{
    BeginSecondFactor, NewSecondFactor, ProveSecondFactor, SecondFactorStatus,
};

use super::{fields::Fields, frame::Frame, qr, respond::Go, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, SignedIn},
    routes::auth::second_factor,
};

const HERE: &str = "/profile/second-factor";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/profile/second-factor", get(now))
        .route("/profile/second-factor/begin", post(begin))
        .route("/profile/second-factor/confirm", post(confirm))
        .route("/profile/second-factor/turn-off", post(turn_off))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Now {
    frame: Frame,
    status: SecondFactorStatus,
    has_password: bool,
}

#[derive(Template)]
#[template(path = "second_factor_begun.html")]
struct Begun {
    frame: Frame,
    /// What is shown once, with its picture; not after a wrong code.
    new: Option<(NewSecondFactor, String)>,
}

#[derive(Template)]
#[template(path = "second_factor_codes.html")]
struct Codes {
    frame: Frame,
    codes: Vec<String>,
}

async fn now(state: AppState, frame: Frame, signed_in: SignedIn) -> Result<Response, ApiError> {
    let has_password = state.db.has_password(signed_in.user.id).await?;
    let status = second_factor::show(state, signed_in).await?.0;
    Ok(frame.page(|frame| Now {
        frame,
        status,
        has_password,
    }))
}

async fn begin(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async {
        let body = fields.decode::<BeginSecondFactor>()?;
        let new = second_factor::begin(state.clone(), signed_in.clone(), address, body).await?;
        let picture = qr::svg(&new.0.otpauth_uri)?;
        Ok((new.0, picture))
    };
    match ask.await {
        Ok(new) => Ok(frame.page(|frame| Begun {
            frame,
            new: Some(new),
        })),
        Err(error) => now(state, frame.refused(&error), signed_in).await,
    }
}

async fn confirm(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Response {
    let ask = async {
        let body = fields.decode::<ProveSecondFactor>()?;
        second_factor::confirm(state, signed_in, address, body).await
    };
    match ask.await {
        Ok(made) => frame.page(|frame| Codes {
            frame,
            codes: made.0.recovery_codes,
        }),
        Err(error) => frame
            .refused(&error)
            .page(|frame| Begun { frame, new: None }),
    }
}

async fn turn_off(
    state: AppState,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async {
        let body = fields.decode::<ProveSecondFactor>()?;
        second_factor::turn_off(state.clone(), signed_in.clone(), address, body).await
    };
    match ask.await {
        Ok(_) => Ok(Go::to(HERE)
            .saying("Signing in asks for your password alone from now on.")
            .into_response()),
        Err(error) => now(state, frame.refused(&error), signed_in).await,
    }
}
