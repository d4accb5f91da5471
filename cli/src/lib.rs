//! `divbase-cli`: the command-line client of DivBase.
//!
//! Commands, options, texts and exit codes are those of the stock client 0.1.0a9, and better where it is weak. The wire
//! types come from `divbase-contract`; nothing here knows how the server works.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a wait ended before the task did, 130 interrupted.

pub mod app;
pub mod arguments;
pub mod audit;
pub mod browser;
pub mod commands;
pub mod completion;
pub mod config_file;
pub mod credentials;
pub mod engine;
pub mod failure;
pub mod files_api;
pub mod files_on_disk;
pub mod http;
pub mod installed;
pub mod interrupt;
pub mod invitations;
pub mod output;
pub mod project;
pub mod project_requests;
mod report;
pub mod settings;
pub mod tasks;
pub mod transfer;

use std::{ffi::OsString, process::ExitCode};

use clap::FromArgMatches;

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
    if let [_, hidden, words @ ..] = args
        && hidden == completion::QUESTION
    {
        return completion::answer(words);
    }
    let form = report::Form::wanted(args);
    let mut tree = commands::tree();
    let matches = match tree.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(error) => return report::parse_error(&error, form),
    };
    let path: Vec<String> = subcommands(&matches);
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return report::parse_error(&error, form),
    };
    if cli.quiet {
        output::be_quiet();
    }
    let mut settings = Settings::from_env();
    if let Some(path) = &cli.config {
        settings.config_path.clone_from(path);
    }
    settings.verbose |= cli.verbose;
    let docs = settings.docs_url.clone();
    match dispatch(cli, settings) {
        Ok(()) => 0,
        Err(failure) => {
            report::failure(&failure, &mut tree, &path, docs.as_deref(), form);
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
        .map_err(Failure::doing("could not start"))?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            // Before a question blocks this thread, somebody must listen.
            biased;
            interruption = interrupt::awaited() => Err(interruption.settled().await),
            outcome = commands::run(command, App { settings }) => outcome,
        }
    });
    // A thread that reads a large file need not end before we do.
    runtime.shutdown_background();
    outcome
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
