//! `divbase-cli`: the command-line client of DivBase.
//!
//! Commands, options, texts and exit codes are those of the stock client 0.1.0a9, and better where it is weak. The wire
//! types come from `divbase-contract`; nothing here knows how the server works.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a wait ended before the task did.

pub mod app;
pub mod arguments;
pub mod audit;
pub mod commands;
pub mod completion;
pub mod config_file;
pub mod credentials;
pub mod engine;
pub mod failure;
pub mod files_api;
pub mod files_on_disk;
pub mod http;
pub mod invitations;
pub mod output;
pub mod project;
pub mod settings;
pub mod tasks;
pub mod transfer;

use std::{ffi::OsString, process::ExitCode};

use clap::{Command, FromArgMatches, error::ErrorKind};
use reqwest::StatusCode;

use app::App;
use commands::Cli;
use failure::{Failure, Outcome};
use settings::Settings;

/// Runs the program with its arguments, the program's name first.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = arguments::with_long_names(args.into_iter().collect());
    ExitCode::from(execute(&args))
}

fn execute(args: &[OsString]) -> u8 {
    // Before everything else: it needs neither settings nor a runtime, and its options are not ours to parse.
    if let [_, group, forwarded @ ..] = args
        && group == "local"
    {
        return engine::execute(forwarded);
    }
    let mut tree = commands::tree();
    let matches = match tree.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(error) => return show_parse_error(&error),
    };
    let path: Vec<String> = subcommands(&matches);
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return show_parse_error(&error),
    };
    let mut settings = Settings::from_env();
    if let Some(path) = &cli.config {
        settings.config_path.clone_from(path);
    }
    let docs = settings.docs_url.clone();
    match dispatch(cli, settings) {
        Ok(()) => 0,
        Err(failure) => {
            report(&failure, &mut tree, &path, &docs);
            failure.code()
        }
    }
}

fn dispatch(cli: Cli, settings: Settings) -> Outcome {
    if let Some(shell) = cli.show_completion {
        return completion::show(Some(shell.as_str()));
    }
    if let Some(shell) = cli.install_completion {
        return completion::install(Some(shell.as_str()));
    }
    let Some(command) = cli.command else {
        output::raw(commands::tree().render_long_help().to_string().as_bytes())?;
        return Err(Failure::NoCommand);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| Failure::Io {
            what: "could not start".to_owned(),
            source,
        })?;
    runtime.block_on(commands::run(command, App { settings }))
}

/// Help and version go to stdout; so does the help of a group without a command, with exit code 2.
fn show_parse_error(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = output::raw(error.render().to_string().as_bytes());
            2
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            0
        }
        _ => {
            let _ = error.print();
            2
        }
    }
}

fn subcommands(matches: &clap::ArgMatches) -> Vec<String> {
    let mut path = Vec::new();
    let mut level = matches;
    while let Some((name, below)) = level.subcommand() {
        path.push(name.to_owned());
        level = below;
    }
    path
}

fn report(failure: &Failure, tree: &mut Command, path: &[String], docs: &str) {
    match failure {
        Failure::Told | Failure::ReaderGone | Failure::NoCommand => {}
        Failure::Aborted => output::note("Aborted."),
        Failure::Usage(text) => {
            tree.build();
            let mut command = tree;
            for name in path {
                // The path was read from this very tree.
                command = match command.find_subcommand_mut(name) {
                    Some(below) => below,
                    None => return output::note(text),
                };
            }
            let _ = command.error(ErrorKind::ValueValidation, text).print();
        }
        other => {
            output::note(&format!(
                "{} {}",
                output::style::err_red("Error:"),
                output::text(&other.to_string())
            ));
            if let Some(tip) = tip(other, docs) {
                output::note(&output::style::err_dim(&tip));
            }
        }
    }
}

/// What may help next, where the error itself does not say it.
fn tip(failure: &Failure, docs: &str) -> Option<String> {
    match failure {
        Failure::Api(error) if error.status == StatusCode::UNAUTHORIZED => Some(
            "Tip: the server does not accept your credentials; log in again with `divbase-cli auth login [EMAIL]`, or renew \
             your access token."
                .to_owned(),
        ),
        Failure::Api(_) | Failure::Connection { .. } | Failure::Auth(_) | Failure::Config(_) => {
            Some(format!("Tip: {docs}/user-guides/troubleshooting/"))
        }
        _ => None,
    }
}
