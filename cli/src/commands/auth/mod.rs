//! `auth`: sessions and the personal access token of this device.

mod accept;
mod account;
mod device;
mod login;
mod logout;
mod password;
mod pat;
mod second_factor;
mod server_pat;
mod sessions;
mod whoami;

use clap::Subcommand;
use divbase_contract::field::EmailAddress;

use crate::{
    app::App,
    arguments::{JsonFormat, ServerArg, TableFormat},
    failure::Outcome,
};

/// `auth …`
#[derive(Subcommand)]
pub enum AuthCommand {
    /// Log in: with e-mail address and password (asked for, or read from a pipe), or without by a browser on any device
    Login(login::LoginArgs),
    /// End the session on this device and on the server
    Logout {
        /// End all your sessions, on every device
        #[arg(long)]
        everywhere: bool,
    },
    /// List your sessions
    Sessions(TableFormat),
    /// End one of your sessions
    EndSession {
        /// Its number, as `auth sessions` shows it
        number: i64,
    },
    /// A code of an authenticator app that logging in asks for besides the password
    #[command(subcommand, arg_required_else_help = true)]
    SecondFactor(second_factor::SecondFactorCommand),
    /// Store a personal access token on this device (asked for, or read from a pipe)
    AddPat(pat::AddPatArgs),
    /// Delete the personal access token from this device
    RmPat,
    /// Show which personal access token is stored on this device
    PatInfo,
    /// Make, list and revoke personal access tokens on the server
    #[command(subcommand, arg_required_else_help = true)]
    Pat(server_pat::PatCommand),
    /// Change your password (asked for, or read from a pipe: the current one, then the new one)
    ChangePassword(password::ChangePasswordArgs),
    /// Make an account where the server lets people register (the password is asked for, or read from a pipe)
    Register(account::RegisterArgs),
    /// Confirm your address with the token of a letter (token and password are asked for, or read from a pipe)
    ConfirmEmail(ServerArg),
    /// Change your address; a letter to the new one says how to confirm it
    ChangeEmail {
        /// E-mail address
        email: EmailAddress,
    },
    /// Delete your account for good (the password is asked for, or read from a pipe)
    DeleteAccount,
    /// Ask for a token by mail with which a forgotten password is set
    ForgotPassword(password::ForgotPasswordArgs),
    /// Set a forgotten password with a token (token and password are asked for, or read from a pipe)
    ResetPassword(password::ResetPasswordArgs),
    /// Make the account that you were invited to make (invitation and password are asked for, or read from a pipe)
    AcceptInvitation(accept::AcceptArgs),
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
        AuthCommand::SecondFactor(command) => second_factor::run(command, app).await,
        AuthCommand::Logout { everywhere } => logout::run(everywhere, app).await,
        AuthCommand::Sessions(format) => sessions::list(format, app).await,
        AuthCommand::EndSession { number } => sessions::end(number, app).await,
        AuthCommand::Register(args) => account::register(args, app).await,
        AuthCommand::ConfirmEmail(server) => account::confirm(server, app).await,
        AuthCommand::ChangeEmail { email } => account::change_email(email, app).await,
        AuthCommand::DeleteAccount => account::delete(app).await,
        AuthCommand::AddPat(args) => pat::add(args, app),
        AuthCommand::RmPat => pat::remove(app),
        AuthCommand::PatInfo => pat::info(app),
        AuthCommand::Pat(command) => server_pat::run(command, app).await,
        AuthCommand::ChangePassword(args) => password::change(args, app).await,
        AuthCommand::ForgotPassword(args) => password::forgot(args, app).await,
        AuthCommand::ResetPassword(args) => password::reset(args, app).await,
        AuthCommand::AcceptInvitation(args) => accept::run(args, app).await,
        AuthCommand::Whoami(format) => whoami::run(format, app).await,
    }
}
