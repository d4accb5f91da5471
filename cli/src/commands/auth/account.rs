//! `auth register`, `confirm-email`, `change-email` and `delete-account`.

use clap::Args;
use divbase_contract::{
    accounts::{ChangeEmail, ConfirmEmail, DeleteAccount, Message, Register},
    auth::User,
    field::{
        EmailAddress, OneTimeToken, Organisation, OrganisationRole, PersonName, TypedPassword,
    },
};
use reqwest::Method;

use crate::{
    app::App,
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output::{self, style},
    project::without_slash,
};

/// Which server, for who has no session.
#[derive(Args)]
pub struct ServerArg {
    /// Base URL of the server's API, ending in /api [default: DIVBASE_API_URL, or the public service]
    #[arg(long, value_name = "URL")]
    divbase_url: Option<String>,
}

impl ServerArg {
    fn api(&self, app: &App) -> Outcome<Api> {
        let url = self.divbase_url.as_deref().unwrap_or(&app.settings.api_url);
        Api::new(&without_slash(url), &app.settings)
    }
}

/// `auth register EMAIL`
#[derive(Args)]
pub struct RegisterArgs {
    /// E-mail address
    email: EmailAddress,
    /// Full name
    #[arg(long)]
    name: PersonName,
    /// Employer
    #[arg(long)]
    organisation: Organisation,
    /// What you do there
    #[arg(long, value_name = "ROLE")]
    organisation_role: OrganisationRole,
    #[command(flatten)]
    server: ServerArg,
}

fn password(prompt: &str) -> Outcome<TypedPassword> {
    TypedPassword::try_from(output::secret(prompt)?)
        .map_err(|error| Failure::Auth(error.to_string()))
}

pub(super) async fn register(args: RegisterArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let body = Register {
        email: args.email,
        name: args.name,
        organisation: args.organisation,
        organisation_role: args.organisation_role,
        password: output::new_password("Choose a password")?,
    };
    let call = Call::new(Method::POST, &["auth", "register"]).json(&body)?;
    let said: Message = api.call_anonymously(call).await?;
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
    let call = Call::new(Method::POST, &["auth", "confirm-email"]).json(&body)?;
    let user: User = api.call_anonymously(call).await?;
    output::line(&style::green(&format!(
        "{} is confirmed. Log in with `divbase-cli auth login [EMAIL]`.",
        output::name(&user.email)
    )))
}

pub(super) async fn change_email(email: EmailAddress, app: &App) -> Outcome {
    let api = app.server()?;
    let body = ChangeEmail {
        email,
        password: password("Enter your password")?,
    };
    let call = Call::new(Method::POST, &["auth", "change-email"]).json(&body)?;
    let said: Message = api.call(call).await?;
    output::line(&output::text(&said.message))
}

pub(super) async fn delete(app: &App) -> Outcome {
    let api = app.server()?;
    let body = DeleteAccount {
        password: password("Your account will be deleted for good. Enter your password")?,
    };
    let call = Call::new(Method::POST, &["auth", "delete-account"]).json(&body)?;
    api.tell(call).await?;
    output::line(&style::green("Your account is deleted."))
}
