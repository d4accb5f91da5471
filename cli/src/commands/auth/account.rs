//! `auth register`, `confirm-email`, `change-email` and `delete-account`.

use clap::Args;
use divbase_contract::{
    accounts::{ChangeEmail, ConfirmEmail, DeleteAccount, Message, Register},
    auth::User,
    field::{EmailAddress, OneTimeToken, TypedPassword},
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{PersonArgs, ServerArg},
    failure::{Failure, Outcome},
    http::api::Call,
    output,
};

/// `auth register EMAIL`
#[derive(Args)]
pub struct RegisterArgs {
    /// E-mail address
    email: EmailAddress,
    #[command(flatten)]
    person: PersonArgs,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) fn password(prompt: &str) -> Outcome<TypedPassword> {
    TypedPassword::try_from(output::secret(prompt)?)
        .map_err(|error| Failure::Auth(error.to_string()))
}

pub(super) async fn register(args: RegisterArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let body = Register {
        email: args.email,
        name: args.person.name,
        organisation: args.person.organisation,
        organisation_role: args.person.organisation_role,
        password: output::new_password("Choose a password")?,
    };
    let said: Message = api.post(&["auth", "register"], &body).await?;
    output::line(&output::text(&said.message))
}

pub(super) async fn confirm(server: ServerArg, app: &App) -> Outcome {
    let api = server.api(app)?;
    let token: OneTimeToken = output::secret("Enter the token of the letter")?
        .parse()
        .map_err(|error| Failure::Auth(format!("this is not such a token: {error}")))?;
    let body = ConfirmEmail {
        token,
        password: password("Enter your password")?,
    };
    let user: User = api.post(&["auth", "confirm-email"], &body).await?;
    output::done!(
        "{} is confirmed. Log in with `divbase-cli auth login [EMAIL]`.",
        output::name(&user.email)
    )
}

pub(super) async fn change_email(email: EmailAddress, app: &App) -> Outcome {
    let api = app.server()?;
    let body = ChangeEmail {
        email,
        password: password("Enter your password")?,
    };
    let said: Message = api.post(&["auth", "change-email"], &body).await?;
    output::line(&output::text(&said.message))
}

pub(super) async fn delete(app: &App) -> Outcome {
    let api = app.server()?;
    let body = DeleteAccount {
        password: password("Your account will be deleted for good. Enter your password")?,
    };
    let call = Call::new(Method::POST, &["auth", "delete-account"]).json(&body)?;
    api.tell(call).await?;
    output::done!("Your account is deleted.")
}
