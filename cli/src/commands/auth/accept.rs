//! `auth accept-invitation`.

use clap::Args;
use divbase_contract::{accounts::AcceptInvitation, auth::User, field::OneTimeToken};

use super::login;
use crate::{
    app::App,
    arguments::{PersonArgs, ServerArg},
    failure::{Failure, Outcome},
    output,
};

/// `auth accept-invitation`
#[derive(Args)]
pub struct AcceptArgs {
    #[command(flatten)]
    person: PersonArgs,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: AcceptArgs, app: &App) -> Outcome {
    let api = args.server.api(app)?;
    let token: OneTimeToken = output::secret("Enter the invitation")?
        .parse()
        .map_err(|error| Failure::Auth(format!("this is not an invitation: {error}")))?;
    let password = output::new_password("Choose a password")?;
    let body = AcceptInvitation {
        token,
        name: args.person.name,
        organisation: args.person.organisation,
        organisation_role: args.person.organisation_role,
        password: password.clone(),
    };
    let user: User = api.post(&["auth", "accept-invitation"], &body).await?;
    output::done!("Account of {} created.", output::name(&user.email))?;
    login::open_session(
        app,
        &api,
        args.server.url(app),
        &user.email,
        password.into(),
    )
    .await
}
