//! `auth change-password`, `auth forgot-password` and `auth reset-password`.

use clap::Args;
use divbase_contract::{
    accounts::{ChangePassword, ForgotPassword, Message, ResetPassword},
    auth::LoginResponse,
    field::{EmailAddress, OneTimeToken, TypedPassword},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::ServerArg,
    credentials::session::SessionTokens,
    failure::{Failure, Outcome},
    http::api::Call,
    output::{self, style},
};

/// `auth change-password`
#[derive(Args)]
pub struct ChangePasswordArgs {
    /// Let personal access tokens outlive the change
    #[arg(long)]
    keep_access_tokens: bool,
}

/// `auth forgot-password EMAIL`
#[derive(Args)]
pub struct ForgotPasswordArgs {
    /// E-mail address of the account
    email: EmailAddress,
    #[command(flatten)]
    server: ServerArg,
}

/// `auth reset-password`
#[derive(Args)]
pub struct ResetPasswordArgs {
    #[command(flatten)]
    server: ServerArg,
    /// Let personal access tokens outlive the change
    #[arg(long)]
    keep_access_tokens: bool,
}

pub(super) async fn change(args: ChangePasswordArgs, app: &App) -> Outcome {
    let api = app.server()?;
    let current = output::secret("Enter your current password")?;
    let current_password =
        TypedPassword::try_from(current).map_err(|error| Failure::Auth(error.to_string()))?;
    let body = ChangePassword {
        current_password,
        new_password: output::new_password("Enter a new password")?,
        keep_access_tokens: args.keep_access_tokens,
    };
    let call = Call::new(Method::POST, &["auth", "change-password"]).json(&body)?;
    let session: LoginResponse = api.call(call).await?;
    SessionTokens::from(session).save(&app.settings.tokens)?;
    output::line(&style::green(
        "Password changed. All other sessions have ended.",
    ))
}

pub(super) async fn forgot(args: ForgotPasswordArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let body = ForgotPassword { email: args.email };
    let call = Call::new(Method::POST, &["auth", "forgot-password"]).json(&body)?;
    let said: Message = api.call_anonymously(call).await?;
    output::line(&output::text(&said.message))
}

pub(super) async fn reset(args: ResetPasswordArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let token: OneTimeToken = output::secret("Enter the token that you were given")?
        .parse()
        .map_err(|error| Failure::Auth(format!("this is not such a token: {error}")))?;
    let body = ResetPassword {
        token,
        password: output::new_password("Enter a new password")?,
        keep_access_tokens: args.keep_access_tokens,
    };
    let call = Call::new(Method::POST, &["auth", "reset-password"]).json(&body)?;
    api.tell_anonymously(call).await?;
    output::line(&style::green(
        "Password set. Log in with `divbase-cli auth login [EMAIL]`.",
    ))
}
