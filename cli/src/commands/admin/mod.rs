//! `admin`: accounts, for administrators.

mod invite;
mod user;

use clap::Subcommand;
use divbase_contract::{accounts::Message, field::EmailAddress};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    audit::{self, AuditArgs},
    failure::Outcome,
    http::api::Call,
    output,
};

/// `admin …`
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make, list and change accounts
    #[command(
        subcommand,
        arg_required_else_help = true,
        disable_help_subcommand = true
    )]
    User(user::UserCommand),
    /// Invite somebody to make an account that belongs to no project yet
    Invite {
        /// E-mail address
        email: EmailAddress,
        /// Make a site administrator
        #[arg(long)]
        admin: bool,
        /// How to print it.
        #[command(flatten)]
        format: JsonFormat,
    },
    /// List the invitations that wait for an answer, those into projects too
    Invitations(TableFormat),
    /// Send a letter that says that mail arrives
    TestEmail {
        /// E-mail address
        email: EmailAddress,
    },
    /// Show who did what to whom, newest first
    Audit(AuditArgs),
    /// Take an invitation back
    Withdraw {
        /// E-mail address of who was invited
        email: EmailAddress,
    },
}

/// Runs it.
///
/// # Errors
/// What the command says.
pub async fn run(command: AdminCommand, app: &App) -> Outcome {
    match command {
        AdminCommand::User(command) => user::run(command, app).await,
        AdminCommand::Invite {
            email,
            admin,
            format,
        } => invite::invite(app, email, admin, format).await,
        AdminCommand::Invitations(format) => invite::list(app, format).await,
        AdminCommand::TestEmail { email } => {
            let call = Call::new(Method::POST, &["admin", "test-email", email.as_str()]);
            let said: Message = app.server()?.call(call).await?;
            output::line(&output::text(&said.message))
        }
        AdminCommand::Audit(entries) => audit::show(&app.server()?, &["audit"], entries).await,
        AdminCommand::Withdraw { email } => invite::withdraw(app, &email).await,
    }
}
