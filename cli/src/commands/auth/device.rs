//! Logging in by a browser on any device (RFC 8628): no password is typed here.

use std::time::Duration;

use divbase_contract::{
    ErrorType,
    auth::LoginResponse,
    device::{DeviceAuthorization, DeviceTokens},
};
use reqwest::{Method, Url};
use tokio::time::sleep;

use crate::{
    browser,
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output,
};

/// What we call ourselves.
const PROGRAM: &str = "divbase-cli";
/// By how much longer to wait when we are told that we ask too often, seconds (RFC 8628 §3.5).
const SLOWER: u64 = 5;
/// Longest time between two questions that a server may ask for, seconds.
const LONGEST: u64 = 300;

/// Has the user approve in a browser, and gives the session.
///
/// # Errors
/// If they refuse, or take too long.
pub(super) async fn log_in(api: &Api) -> Outcome<LoginResponse> {
    let call =
        Call::new(Method::POST, &["auth", "device"]).form(vec![("client_id", PROGRAM.to_owned())]);
    let asked: DeviceAuthorization = api.call(call).await?;
    let page = address(api, &asked.verification_uri)?;
    output::note!("Open this address in a browser, on any device: {page}");
    output::note!("Enter the code: {}", output::name(&asked.user_code));
    if browser::open(&address(api, &asked.verification_uri_complete)?) {
        output::note("It was opened in your browser. Compare the code.");
    }
    wait(api, &asked).await
}

/// An address of the server's pages.
fn address(api: &Api, text: &str) -> Outcome<Url> {
    let site = Url::parse(api.site()).and_then(|site| site.join(text));
    site.ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| Failure::Refused("the server names no address to open".to_owned()))
}

async fn wait(api: &Api, asked: &DeviceAuthorization) -> Outcome<LoginResponse> {
    let mut seconds = u64::from(asked.interval);
    loop {
        sleep(Duration::from_secs(seconds.clamp(1, LONGEST))).await;
        let call = Call::new(Method::POST, &["auth", "device", "token"]).form(vec![
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
            ),
            ("device_code", asked.device_code.clone()),
        ]);
        let error = match api.call::<DeviceTokens>(call).await {
            Ok(tokens) => return Ok(tokens.login),
            Err(Failure::Api(error)) => error,
            Err(other) => return Err(other),
        };
        let is = |kind: ErrorType| error.kind == kind.as_str();
        if is(ErrorType::SlowDown) {
            seconds += SLOWER;
        } else if is(ErrorType::AccessDenied) || is(ErrorType::ExpiredToken) {
            return Err(Failure::Auth(error.detail.text()));
        } else if !is(ErrorType::AuthorizationPending) {
            return Err(Failure::Api(error));
        }
    }
}
