//! `auth accept-invitation`.

use clap::Args;
use divbase_contract::{
    accounts::AcceptInvitation,
    auth::User,
    field::{OneTimeToken, Organisation, OrganisationRole, PersonName},
};
use reqwest::Method;

use super::login;
use crate::{
    app::App,
    failure::{Failure, Outcome},
    http::api::{Api, Call},
    output::{self, style},
    project::without_slash,
};

/// `auth accept-invitation`
#[derive(Args)]
pub struct AcceptArgs {
    /// Your full name
    #[arg(long)]
    name: PersonName,
    /// Your employer
    #[arg(long)]
    organisation: Organisation,
    /// What you do there
    #[arg(long, value_name = "ROLE")]
    organisation_role: OrganisationRole,
    /// Base URL of the server's API, ending in /api [default: DIVBASE_API_URL, or the public service]
    #[arg(long, value_name = "URL")]
    divbase_url: Option<String>,
}

pub(super) async fn run(args: AcceptArgs, app: &App) -> Outcome {
    let url = without_slash(args.divbase_url.as_deref().unwrap_or(&app.settings.api_url));
    let api = Api::new(&url, &app.settings)?;
    let token: OneTimeToken = output::secret("Enter the invitation")?
        .parse()
        .map_err(|error| Failure::Auth(format!("this is not an invitation: {error}")))?;
    let password = output::new_password("Choose a password")?;
    let body = AcceptInvitation {
        token,
        name: args.name,
        organisation: args.organisation,
        organisation_role: args.organisation_role,
        password: password.clone(),
    };
    let call = Call::new(Method::POST, &["auth", "accept-invitation"]).json(&body)?;
    let user: User = api.call_anonymously(call).await?;
    output::line(&style::green(&format!(
        "Account of {} created.",
        output::name(&user.email)
    )))?;
    login::open_session(app, &api, url, &user.email, password.into()).await
}
