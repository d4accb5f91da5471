//! Keeping a session alive: a new access token when the old one ends, a clean end when the session does.

use divbase_contract::auth::{RefreshRequest, RefreshResponse};
use reqwest::{Method, StatusCode};

use super::{attempt::Refusal, call::Call};
use crate::{
    config_file::ConfigFile,
    credentials::{now, session::SessionTokens, session_ended},
    failure::{Failure, Outcome},
    settings::Settings,
};

/// The tokens with an access token that can be used now; `refresh` makes the call that gets one.
pub(super) async fn fresh<F>(
    tokens: SessionTokens,
    settings: &Settings,
    refresh: impl FnOnce(Call) -> F,
) -> Result<SessionTokens, Refusal>
where
    F: Future<Output = Result<RefreshResponse, Refusal>>,
{
    if !tokens.access_ended(now()) {
        return Ok(tokens);
    }
    if tokens.session_ended(now()) {
        forget(settings)?;
        return Err(session_ended().into());
    }
    let call = Call::new(Method::POST, &["auth", "refresh"]).json(&RefreshRequest {
        refresh_token: Failure::checked("the session", tokens.refresh_token.clone())?,
        rotate: true,
    })?;
    match refresh(call).await {
        Ok(answer) => {
            let (refresh_token, refresh_token_expires_at) =
                match answer.refresh_token.zip(answer.refresh_token_expires_at) {
                    Some(replaced) => replaced,
                    // Another process may have had it replaced meanwhile.
                    None => {
                        let kept = SessionTokens::load(&settings.tokens).unwrap_or(tokens);
                        (kept.refresh_token, kept.refresh_token_expires_at)
                    }
                };
            let fresh = SessionTokens {
                access_token: answer.access_token,
                access_token_expires_at: answer.expires_at,
                refresh_token,
                refresh_token_expires_at,
            };
            fresh.save(&settings.tokens)?;
            Ok(fresh)
        }
        Err(Refusal::Final(Failure::Api(error))) if error.status == StatusCode::UNAUTHORIZED => {
            forget(settings)?;
            Err(session_ended().into())
        }
        Err(other) => Err(other),
    }
}

/// Deletes the session from this device.
///
/// # Errors
/// If a file cannot be changed.
pub fn forget(settings: &Settings) -> Outcome {
    let tokens = &settings.tokens;
    tokens.delete().map_err(Failure::doing(
        "could not delete the session from this device",
    ))?;
    let mut config = ConfigFile::load(&settings.config_path)?;
    if config.logged_in_url.take().is_some() | config.logged_in_email.take().is_some() {
        config.save(&settings.config_path)?;
    }
    Ok(())
}
