//! `auth second-factor`.

use clap::Subcommand;
use divbase_contract::{
    field::SecondFactorCode,
    second_factor::{
        BeginSecondFactor, NewSecondFactor, ProveSecondFactor, RecoveryCodes, SecondFactorStatus,
    },
};
use reqwest::Method;

use super::account;
use crate::{
    app::App,
    arguments::JsonFormat,
    failure::{Failure, Outcome},
    http::api::Call,
    output::{self, time},
};

/// `auth second-factor …`
#[derive(Subcommand)]
pub enum SecondFactorCommand {
    /// Show whether logging in asks for a code of an authenticator app
    Status(JsonFormat),
    /// Have logging in ask for a code (password and a code of the app are asked for, or read from a pipe)
    On {
        /// The account has no password
        #[arg(long)]
        no_password: bool,
    },
    /// Have it ask for none any more (a code of the app or a recovery code is asked for, or read from a pipe)
    Off,
}

pub(super) async fn run(command: SecondFactorCommand, app: &App) -> Outcome {
    match command {
        SecondFactorCommand::Status(format) => status(format, app).await,
        SecondFactorCommand::On { no_password } => on(!no_password, app).await,
        SecondFactorCommand::Off => off(app).await,
    }
}

/// Asks for a code.
///
/// # Errors
/// If there is no answer, or it cannot be one.
pub(super) fn code(question: &str) -> Outcome<SecondFactorCode> {
    SecondFactorCode::try_from(output::secret(question)?)
        .map_err(|error| Failure::Auth(format!("this is not a code: {error}")))
}

async fn status(format: JsonFormat, app: &App) -> Outcome {
    let status: SecondFactorStatus = app.server()?.get(&["auth", "second-factor"]).await?;
    if format.json {
        return output::json(&status);
    }
    output::line(&match status.since {
        Some(since) => format!(
            "On since {}. Recovery codes left: {}",
            time::of_file(since),
            status.recovery_codes_left
        ),
        None => "Off. Turn it on with `divbase-cli auth second-factor on`.".to_owned(),
    })
}

async fn on(has_password: bool, app: &App) -> Outcome {
    let api = app.server()?;
    let password = has_password
        .then(|| account::password("Enter your password"))
        .transpose()?;
    let new: NewSecondFactor = api
        .post(&["auth", "second-factor"], &BeginSecondFactor { password })
        .await?;
    output::line("Add this secret to your authenticator app. It is shown this once:")?;
    output::line(&output::name(&new.secret))?;
    output::line(&output::name(&new.otpauth_uri))?;
    let body = ProveSecondFactor {
        code: code("Enter the six digits that the app shows")?,
    };
    let made: RecoveryCodes = api
        .post(&["auth", "second-factor", "confirm"], &body)
        .await?;
    output::done!(
        "The second factor is on. Each of these codes stands in for the app once; keep them:"
    )?;
    for code in &made.recovery_codes {
        output::line(&output::name(code))?;
    }
    Ok(())
}

async fn off(app: &App) -> Outcome {
    let body = ProveSecondFactor {
        code: code("Enter a code of your app, or a recovery code")?,
    };
    let call = Call::new(Method::POST, &["auth", "second-factor", "turn-off"]).json(&body)?;
    app.server()?.tell(call).await?;
    output::done!("The second factor is off.")
}
