//! The command tree. A command is one file: its arguments and what it does.

pub mod admin;
pub mod auth;
pub mod config;
pub mod dimensions;
pub mod doctor;
pub mod files;
pub mod man;
pub mod project;
pub mod query;
pub mod self_update;
pub mod task_history;
pub mod version;

use std::path::PathBuf;

use clap::{ArgAction, CommandFactory, Parser, Subcommand};

use crate::{app::App, failure::Outcome};

/// Work with DivBase projects: upload VCF files and sample metadata, query them, download the results.
#[derive(Parser)]
#[command(
    name = "divbase-cli",
    version = concat!("version: ", env!("CARGO_PKG_VERSION")),
    disable_version_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Start with `divbase-cli config add PROJECT --default` and `divbase-cli auth login EMAIL`."
)]
pub struct Cli {
    /// Print the program's version
    #[arg(short = 'v', long, action = ArgAction::Version)]
    version: Option<bool>,
    /// Configuration file [default: DIVBASE_CLI_CONFIG_PATH, or the one in the user's folder]
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// Print results and errors only
    #[arg(long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also tell about requests that are tried again
    #[arg(long, global = true)]
    pub verbose: bool,
    /// Install completion for the current shell, or the one named
    #[arg(long, value_name = "SHELL", num_args = 0..=1, default_missing_value = "")]
    pub install_completion: Option<String>,
    /// Print the completion script for the current shell, or the one named
    #[arg(long, value_name = "SHELL", num_args = 0..=1, default_missing_value = "")]
    pub show_completion: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The groups.
#[derive(Subcommand)]
pub enum Command {
    /// Manage accounts, tasks, queues and schedules (administrators)
    #[command(subcommand, arg_required_else_help = true)]
    Admin(admin::AdminCommand),
    /// Log in and out, join, and manage passwords and personal access tokens
    #[command(subcommand, arg_required_else_help = true)]
    Auth(auth::AuthCommand),
    /// Manage this device's list of projects and its defaults
    #[command(subcommand, arg_required_else_help = true)]
    Config(config::ConfigCommand),
    /// Index a project's VCF files, look at the index, prepare metadata
    #[command(subcommand, arg_required_else_help = true)]
    Dimensions(dimensions::DimensionsCommand),
    /// Check configuration, connection, clock, sign-in and object store
    Doctor(doctor::DoctorArgs),
    /// List, upload, download and delete files of a project
    #[command(subcommand, arg_required_else_help = true)]
    Files(files::FilesCommand),
    /// Write the manual pages of all commands into a folder
    Man(man::ManArgs),
    /// Projects on the server: list and make them, manage members
    #[command(subcommand, arg_required_else_help = true)]
    Project(project::ProjectCommand),
    /// Query sample metadata and VCF files
    #[command(subcommand, arg_required_else_help = true)]
    Query(query::QueryCommand),
    /// Say how this program was installed and what updates it; it never updates itself
    SelfUpdate(self_update::SelfUpdateArgs),
    /// See what became of submitted tasks
    #[command(subcommand, arg_required_else_help = true)]
    TaskHistory(task_history::TaskHistoryCommand),
    /// Name states of a project's files, to come back to them
    #[command(subcommand, arg_required_else_help = true)]
    Version(version::VersionCommand),
}

/// The whole command tree. `local` is in it to be seen in the help: it is run before arguments are parsed.
#[must_use]
pub fn tree() -> clap::Command {
    let local = clap::Command::new("local")
        .about("Work on VCF files of this machine, spelled like bcftools; needs no server");
    Cli::command().subcommand(local)
}

/// Runs a command.
///
/// # Errors
/// What the command says.
pub async fn run(command: Command, app: App) -> Outcome {
    match command {
        Command::Admin(command) => admin::run(command, &app).await,
        Command::Auth(command) => auth::run(command, &app).await,
        Command::Config(command) => config::run(command, &app),
        Command::Dimensions(command) => dimensions::run(command, &app).await,
        Command::Doctor(args) => doctor::run(args, &app).await,
        Command::Files(command) => files::run(command, &app).await,
        Command::Man(args) => man::run(&args),
        Command::Project(command) => command.run(&app).await,
        Command::Query(command) => query::run(command, &app).await,
        Command::SelfUpdate(args) => self_update::run(&args),
        Command::TaskHistory(command) => task_history::run(command, &app).await,
        Command::Version(command) => version::run(command, &app).await,
    }
}
