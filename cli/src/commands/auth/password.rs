//! `auth change-password`, `auth forgot-password` and `auth reset-password`.

use clap::Args;
use divbase_contract::{
    accounts::{ChangePassword, ForgotPassword, Message, ResetPassword},
    auth::LoginResponse,
    field::{EmailAddress, OneTimeToken},
};
use reqwest::Method;

use super::account;
use crate::{
    app::App,
    arguments::ServerArg,
    credentials::session::SessionTokens,
    failure::{Failure, Outcome},
    http::api::Call,
    output,
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
    let body = ChangePassword {
        current_password: account::password("Enter your current password")?,
        new_password: output::new_password("Enter a new password")?,
        keep_access_tokens: args.keep_access_tokens,
    };
    let session: LoginResponse = api.post(&["auth", "change-password"], &body).await?;
    SessionTokens::from(session).save(&app.settings.tokens)?;
    output::done!("Password changed. All other sessions have ended.")
}

pub(super) async fn forgot(args: ForgotPasswordArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let body = ForgotPassword { email: args.email };
    let said: Message = api.post(&["auth", "forgot-password"], &body).await?;
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
    api.tell(call).await?;
    output::done!("Password set. Log in with `divbase-cli auth login [EMAIL]`.")
}
