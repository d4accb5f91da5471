//! `self-update`: what updates this program. It never does so itself: whoever installed it knows what else stands on it.

use clap::Args;
use serde_json::json;

use crate::{
    arguments::JsonFormat,
    failure::{Failure, Outcome},
    installed::Installed,
    output,
};

/// `self-update`
#[derive(Args)]
pub struct SelfUpdateArgs {
    #[command(flatten)]
    format: JsonFormat,
}

/// Runs it.
///
/// # Errors
/// If the system does not say where the program lies.
pub fn run(args: &SelfUpdateArgs) -> Outcome {
    let (path, installed) =
        Installed::this().map_err(Failure::doing("could not find out where this program lies"))?;
    let version = env!("CARGO_PKG_VERSION");
    let commands = installed.update();
    if args.format.json {
        return output::json(&json!({
            "version": version,
            "path": path.to_string_lossy(),
            "installed": installed.words(),
            "commands": commands,
        }));
    }
    output::line!(
        "divbase-cli {version}, {}",
        output::name(&path.to_string_lossy())
    )?;
    output::line!("It was installed {}.", output::text(&installed.words()))?;
    if commands.is_empty() {
        return output::line("To update it, put the program of a newer release in its place.");
    }
    output::line("It does not update itself. To update it:")?;
    commands
        .iter()
        .try_for_each(|command| output::line!("  {command}"))
}
