//! `divbase-local`: the whole system on one machine.

mod allocator;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use divbase_local::{
    AnyError, demo, deployed,
    serve::{self, ServeOptions},
    system::Parts,
    up,
};
use divbase_services::workspace_root;
use divbase_telemetry::logs::{self, LogFormat};

/// DivBase on one machine.
#[derive(Parser)]
#[command(name = "divbase-local", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the whole path on generated data: start, upload, index, query, download, check, stop.
    Demo {
        /// What answers.
        #[arg(long, value_enum, default_value = "process")]
        target: demo::Target,
    },
    /// Deploy the template and its Lambda zips into an emulator in the background.
    Deploy {
        /// The folder with NAME/bootstrap.zip of each function.
        #[arg(long)]
        zips: PathBuf,
    },
    /// Stop and throw away what `deploy` made.
    Undeploy,
    /// Start the system in the background; its data is kept in .local/up.
    Up {
        /// Where the API listens; port 0 for a free one.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// What it stands on.
        #[arg(long, value_enum, default_value = "ministack")]
        stack: up::Footing,
    },
    /// Stop what `up` started.
    Down {
        /// What stands on this; everything, if it is not said.
        #[arg(long, value_enum)]
        stack: Option<up::Footing>,
    },
    /// Run API and worker against services that run already (see the environment in docs/operations.md).
    Serve(ServeOptions),
    /// Run the worker only, likewise.
    Worker(ServeOptions),
    /// Run the API only, likewise.
    Api(ServeOptions),
    /// What `up` runs in the background.
    #[command(hide = true)]
    Supervise {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long, value_enum)]
        stack: up::Footing,
    },
    /// What `deploy` runs in the background.
    #[command(hide = true)]
    SuperviseDeployed {
        #[arg(long)]
        zips: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("divbase-local: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), AnyError> {
    let root = workspace_root();
    match command {
        Command::Demo { target } => demo::run(&root, target).await,
        Command::Deploy { zips } => deployed::deploy(&root, &zips).await,
        Command::Undeploy => deployed::undeploy(&root),
        Command::Up { listen, stack } => up::up(&root, listen, stack).await,
        Command::Down { stack } => up::down(&root, stack),
        Command::Serve(options) => lasting("divbase", serve::run(&options, Parts::All)).await,
        Command::Worker(options) => {
            lasting("divbase-worker", serve::run(&options, Parts::Worker)).await
        }
        Command::Api(options) => lasting("divbase-api", serve::run(&options, Parts::Api)).await,
        Command::Supervise { listen, stack } => {
            lasting("divbase", up::supervise(&root, listen, stack)).await
        }
        Command::SuperviseDeployed { zips } => {
            lasting("divbase", deployed::supervise(&root, &zips)).await
        }
    }
}

/// Runs what goes on until it is told to end, with logs and traces of this service.
async fn lasting(
    service: &str,
    work: impl Future<Output = Result<(), AnyError>>,
) -> Result<(), AnyError> {
    let traces = logs::init_with_traces(LogFormat::Text, service)?;
    let outcome = work.await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    outcome
}
