//! `auth logout`: ends all sessions if asked for; else always ends the session here, and on the server if it can be reached.

use divbase_contract::auth::RefreshRequest;
use reqwest::Method;

use crate::{
    app::App,
    credentials::session::SessionTokens,
    failure::{Failure, Outcome},
    http::{
        api::{Api, Call},
        sign_in,
    },
    output,
};

pub(super) async fn run(everywhere: bool, app: &App) -> Outcome {
    if everywhere {
        let call = Call::new(Method::POST, &["auth", "logout-everywhere"]);
        app.server()?.tell(call).await?;
        sign_in::forget(&app.settings)?;
        return output::line("Logged out on every device.");
    }
    let url = app.config()?.logged_in_url;
    if let (Some(url), Some(tokens)) = (url, SessionTokens::load(&app.settings.tokens))
        && let Err(failure) = revoke(app, &url, tokens).await
    {
        output::warn!("the session was not ended on the server, only here: {failure}");
    }
    sign_in::forget(&app.settings)?;
    output::line("Logged out successfully.")
}

async fn revoke(app: &App, url: &str, tokens: SessionTokens) -> Outcome {
    let call = Call::new(Method::POST, &["auth", "logout"]).json(&RefreshRequest {
        refresh_token: Failure::checked("the session", tokens.refresh_token)?,
        rotate: false,
    })?;
    Api::anonymous(url, &app.settings)?.tell(call).await
}
