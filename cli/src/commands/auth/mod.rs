//! `auth`: sessions and the personal access token of this device.

mod login;
mod logout;
mod pat;
mod whoami;

use clap::Subcommand;

use crate::{app::App, arguments::JsonFormat, failure::Outcome};

/// `auth …`
#[derive(Subcommand)]
pub enum AuthCommand {
    /// Log in with e-mail address and password (asked for, or read from a pipe)
    Login(login::LoginArgs),
    /// End the session on this device and on the server
    Logout,
    /// Store a personal access token on this device (asked for, or read from a pipe)
    AddPat(pat::AddPatArgs),
    /// Delete the personal access token from this device
    RmPat,
    /// Show which personal access token is stored on this device
    PatInfo,
    /// Show who you are to the server
    Whoami(JsonFormat),
}

/// Runs it.
///
/// # Errors
/// What the command says.
pub async fn run(command: AuthCommand, app: &App) -> Outcome {
    match command {
        AuthCommand::Login(args) => login::run(args, app).await,
        AuthCommand::Logout => logout::run(app).await,
        AuthCommand::AddPat(args) => pat::add(args, app),
        AuthCommand::RmPat => pat::remove(app),
        AuthCommand::PatInfo => pat::info(app),
        AuthCommand::Whoami(format) => whoami::run(format, app).await,
    }
}
