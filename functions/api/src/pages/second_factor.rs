//! `/profile/second-factor`: a code of an authenticator app that signing in asks for besides.

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use divbase_contract::second_factor::{
    BeginSecondFactor, NewSecondFactor, ProveSecondFactor, SecondFactorStatus,
};
use divbase_db::User;
use http::StatusCode;

use super::{
    fields::Fields,
    frame::Frame,
    qr,
    respond::{Go, page},
    show,
};
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Origin, SignedIn},
    routes::auth::second_factor,
};

const HERE: &str = "/profile/second-factor";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/profile/second-factor", get(view))
        .route("/profile/second-factor/begin", post(begin))
        .route("/profile/second-factor/confirm", post(confirm))
        .route("/profile/second-factor/turn-off", post(turn_off))
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Now {
    frame: Frame,
    problems: Vec<String>,
    status: SecondFactorStatus,
    has_password: bool,
}

#[derive(Template)]
#[template(path = "second_factor_begun.html")]
struct Begun {
    frame: Frame,
    problems: Vec<String>,
    /// What is shown once, with its picture; not after a wrong code.
    new: Option<(NewSecondFactor, String)>,
}

#[derive(Template)]
#[template(path = "second_factor_codes.html")]
struct Codes {
    frame: Frame,
    codes: Vec<String>,
}

async fn view(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
) -> Result<Response, ApiError> {
    now(state, frame, user, None).await
}

/// The page, with what was wrong with a form of it.
async fn now(
    state: AppState,
    frame: Frame,
    user: User,
    refused: Option<ApiError>,
) -> Result<Response, ApiError> {
    let has_password = state.db.has_password(user.id).await?;
    let status = second_factor::show(State(state), SignedIn(user)).await?.0;
    let (code, problems) = match refused {
        Some(error) => (error.status(), error.words()),
        None => (StatusCode::OK, Vec::new()),
    };
    Ok(page(
        code,
        &Now {
            frame,
            problems,
            status,
            has_password,
        },
    ))
}

async fn begin(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async {
        let body = fields.decode::<BeginSecondFactor>()?;
        let signed_in = SignedIn(user.clone());
        let new = second_factor::begin(State(state.clone()), signed_in, address, body).await?;
        let picture = qr::svg(&new.0.otpauth_uri)?;
        Ok((new.0, picture))
    };
    match ask.await {
        Ok(new) => {
            let (problems, new) = (Vec::new(), Some(new));
            let begun = Begun {
                frame,
                problems,
                new,
            };
            Ok(page(StatusCode::OK, &begun))
        }
        Err(error) => now(state, frame, user, Some(error)).await,
    }
}

async fn confirm(
    State(state): State<AppState>,
    frame: Frame,
    signed_in: SignedIn,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async {
        let body = fields.decode::<ProveSecondFactor>()?;
        second_factor::confirm(State(state), signed_in, address, origin, body).await
    };
    Ok(match ask.await {
        Ok(made) => {
            let codes = made.0.recovery_codes;
            page(StatusCode::OK, &Codes { frame, codes })
        }
        Err(error) => {
            let (status, problems) = (error.status(), error.words());
            let begun = Begun {
                frame,
                problems,
                new: None,
            };
            page(status, &begun)
        }
    })
}

async fn turn_off(
    State(state): State<AppState>,
    frame: Frame,
    SignedIn(user): SignedIn,
    address: ClientAddress,
    origin: Origin,
    fields: Fields,
) -> Result<Response, ApiError> {
    let ask = async {
        let body = fields.decode::<ProveSecondFactor>()?;
        let signed_in = SignedIn(user.clone());
        second_factor::turn_off(State(state.clone()), signed_in, address, origin, body).await
    };
    match ask.await {
        Ok(_) => Ok(Go::to(HERE)
            .saying("Signing in asks for your password alone from now on.")
            .into_response()),
        Err(error) => now(state, frame, user, Some(error)).await,
    }
}
