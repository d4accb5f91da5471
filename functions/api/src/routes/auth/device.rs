//! Begin to wait for a user who signs a program in.

use axum::Json;
use chrono::{Duration, Utc};
use divbase_auth::{Secret, UserCode, secret::DEVICE_PREFIX};
use divbase_contract::device::{DeviceAuthorization, DeviceRequest};
use divbase_db::NewDeviceSignIn;

use crate::{
    AppState,
    error::ApiError,
    extract::{ClientAddress, Form, Site},
    throttle::Attempt,
};

/// How long a program may wait.
const LIFE: Duration = Duration::minutes(10);
/// How long it has to wait between two questions, seconds.
const INTERVAL: i32 = 5;
/// What a program is called that does not say.
const NAMELESS: &str = "a program without a name";

/// Gives a code that the program's user types into the page `/device`, and one with which the program asks whether they
/// have (RFC 8628). Both are good for ten minutes.
#[utoipa::path(post, path = "/auth/device", tag = "auth", operation_id = "begin_device_sign_in",
    request_body(content = DeviceRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = DeviceAuthorization), crate::Refuses<422, 429>))]
pub(crate) async fn handler(
    state: AppState,
    address: ClientAddress,
    Site(site): Site,
    Form(form): Form<DeviceRequest>,
) -> Result<Json<DeviceAuthorization>, ApiError> {
    Attempt::device(&state, &address).await?;
    let (device, user) = (Secret::generate(DEVICE_PREFIX), UserCode::generate());
    let new = NewDeviceSignIn {
        device_sha256: &device.digest(),
        user_code_digest: &state.settings.tokens.user_code_digest(&user),
        program: form.client_id.as_deref().unwrap_or(NAMELESS),
        address: address.as_str(),
        expires_at: Utc::now() + LIFE,
        wait_seconds: INTERVAL,
    };
    // Two programs have the same code once in a thousand million times; the second asks again.
    state.db.start_device_sign_in(new).await?;
    tracing::info!(%address, program = new.program, "a program waits to be signed in");
    let page = format!("{site}/device");
    Ok(Json(DeviceAuthorization {
        device_code: device.expose().to_owned(),
        verification_uri_complete: format!("{page}?user_code={}", user.shown()),
        user_code: user.shown(),
        verification_uri: page,
        expires_in: u32::try_from(LIFE.num_seconds()).unwrap_or_default(),
        interval: INTERVAL.unsigned_abs(),
    }))
}
