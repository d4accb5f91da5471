//! Ask whether a user has signed a program in.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::Utc;
use divbase_auth::secret;
use divbase_contract::{
    ErrorType,
    device::{DeviceErrorBody, DeviceTokenRequest, DeviceTokens},
};
use divbase_db::DevicePoll;
use http::StatusCode;

use super::login::session;
use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Form},
    throttle::Attempt,
};

/// Why there are no tokens.
pub(crate) enum Refusal {
    /// As RFC 8628 words it.
    Device(ErrorType, &'static str),
    /// As any other error.
    Other(ApiError),
}

/// Gives a session once the program's user has approved, once. Until then, and if they refuse, `error` says why not
/// (RFC 8628 §3.5); a program that asks sooner than it was told waits for longer from then on.
#[utoipa::path(post, path = "/auth/device/token", tag = "auth", operation_id = "finish_device_sign_in",
    request_body(content = DeviceTokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = DeviceTokens), (status = 400, body = DeviceErrorBody), crate::Refuses<422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    Form(form): Form<DeviceTokenRequest>,
) -> Result<Json<DeviceTokens>, Refusal> {
    let digest = secret::digest(form.device_code.as_str());
    let polled = state.db.poll_device_sign_in(&digest).await;
    let user = match polled.map_err(ApiError::from)? {
        DevicePoll::Approved(user) if user.may_act() && user.email_verified => user,
        DevicePoll::Approved(_) | DevicePoll::Refused => {
            return Err(refusal(ErrorType::AccessDenied, "The sign-in was refused."));
        }
        DevicePoll::Pending => {
            let text = "Nobody has approved yet. Ask again later.";
            return Err(refusal(ErrorType::AuthorizationPending, text));
        }
        DevicePoll::TooSoon => {
            let text = "Nobody has approved yet. Wait five seconds longer from now on.";
            return Err(refusal(ErrorType::SlowDown, text));
        }
        DevicePoll::Expired => {
            return Err(refusal(
                ErrorType::ExpiredToken,
                "The code has expired. Begin again.",
            ));
        }
        DevicePoll::Unknown => {
            // Counted only if it is wrong, as tokens are.
            Attempt::token(&state, &address).await?;
            let text = "The code is not valid, or was used. Begin again.";
            return Err(refusal(ErrorType::InvalidGrant, text));
        }
    };
    tracing::info!(user = user.id, %address, "a program was signed in");
    let login = session(&state, user, &address).await?;
    Ok(Json(DeviceTokens {
        expires_in: login.access_token_expires_at - Utc::now().timestamp(),
        login,
        token_type: "Bearer".to_owned(),
    }))
}

fn refusal(kind: ErrorType, text: &'static str) -> Refusal {
    Refusal::Device(kind, text)
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Device(kind, text) => {
                let body = DeviceErrorBody {
                    error: kind.as_str().to_owned(),
                    error_description: text.to_owned(),
                    detail: text.to_owned(),
                    kind: kind.as_str().to_owned(),
                };
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Other(error) => error.into_response(),
        }
    }
}
