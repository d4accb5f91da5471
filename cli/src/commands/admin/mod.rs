//! `admin`: accounts, tasks, queues and schedules, for administrators.

mod announcements;
mod bulk;
mod letters;
mod project_requests;
mod queue;
mod schedule;
mod task;
mod user;

use clap::Subcommand;
use divbase_contract::{
    accounts::{Message, NewInvitation},
    field::EmailAddress,
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    audit::{self, AuditArgs},
    failure::Outcome,
    http::api::Call,
    invitations, output,
};

/// Where invitations to accounts are.
const INVITATIONS: [&str; 1] = ["invitations"];

/// `admin …`
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make, list and change accounts
    #[command(subcommand, arg_required_else_help = true)]
    User(user::UserCommand),
    /// List, cancel and run again tasks of every kind
    #[command(subcommand, arg_required_else_help = true)]
    Task(task::TaskCommand),
    /// Show queues, and pause them
    #[command(subcommand, arg_required_else_help = true)]
    Queue(queue::QueueCommand),
    /// Show and change how many tasks may run and wait
    #[command(subcommand, arg_required_else_help = true)]
    Limits(queue::LimitsCommand),
    /// List the processes and functions that run tasks
    Workers(TableFormat),
    /// List dead letters, run their tasks again, or throw them away
    #[command(subcommand, arg_required_else_help = true)]
    DeadLetters(letters::LettersCommand),
    /// Show schedules and their runs, and switch them on and off
    #[command(subcommand, arg_required_else_help = true)]
    Schedule(schedule::ScheduleCommand),
    /// Say something to everybody who uses the command line or the pages
    #[command(subcommand, arg_required_else_help = true)]
    Announcements(announcements::AnnouncementsCommand),
    /// Decide about projects that people ask for
    #[command(subcommand, arg_required_else_help = true)]
    ProjectRequests(project_requests::RequestsCommand),
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
        AdminCommand::Task(command) => task::run(command, app).await,
        AdminCommand::Queue(command) => queue::run(command, app).await,
        AdminCommand::Limits(command) => queue::limits(command, app).await,
        AdminCommand::Workers(format) => queue::workers(app, format).await,
        AdminCommand::DeadLetters(command) => letters::run(command, app).await,
        AdminCommand::Schedule(command) => schedule::run(command, app).await,
        AdminCommand::Announcements(command) => announcements::run(command, app).await,
        AdminCommand::ProjectRequests(command) => project_requests::run(command, app).await,
        AdminCommand::Invite {
            email,
            admin: is_admin,
            format,
        } => {
            let body = NewInvitation { email, is_admin };
            invitations::show_issued(&app.server()?.post(&INVITATIONS, &body).await?, format)
        }
        AdminCommand::Invitations(format) => {
            invitations::list(&app.server()?, &INVITATIONS, format).await
        }
        AdminCommand::TestEmail { email } => {
            let call = Call::new(Method::POST, &["admin", "test-email", email.as_str()]);
            let said: Message = app.server()?.call(call).await?;
            output::line(&output::text(&said.message))
        }
        AdminCommand::Audit(entries) => audit::show(&app.server()?, &["audit"], entries).await,
        AdminCommand::Withdraw { email } => {
            invitations::withdraw(&app.server()?, &INVITATIONS, &email).await
        }
    }
}
