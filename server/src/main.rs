//! `divbase-server`: DivBase on one's own servers.

mod allocator;

use std::{path::PathBuf, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use divbase_db::{Db, PoolSize};
use divbase_server::{Part, ServerError, file, job, migrate, run, settings};
use divbase_telemetry::{
    env,
    logs::{self, LogFormat},
};

/// DivBase on one's own servers: it needs Postgres, which is its queue as well, and a store that speaks S3.
#[derive(Parser)]
#[command(name = "divbase-server", version)]
struct Arguments {
    /// A TOML file of settings; what the environment has goes before it.
    #[arg(long, env = "DIVBASE_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Subcommand)]
enum Command {
    /// Migrate, then run API, worker and cron in this process.
    All,
    /// Answer requests; any number may run.
    Api,
    /// Run tasks; any number may run.
    Worker,
    /// Make the runs of schedules that are due, and compare buckets with the index; one is enough.
    Cron,
    /// Bring the schema up to date, make the first administrator, and end.
    Migrate,
    /// Do one thing for an operator, and end: `{"job": "redrive"}`, `administrator`, `facts`, `skip-numbers`, `rescue`.
    Job {
        /// What is to be done, as JSON.
        job: String,
    },
    /// List all settings as a table.
    Settings,
}

fn main() -> ExitCode {
    let matches = Arguments::command()
        .after_help(settings::help())
        .get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("divbase-server: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(arguments: &Arguments) -> Result<(), ServerError> {
    let mut values = settings::own_defaults();
    if let Some(path) = &arguments.config {
        values.extend(file::read(path)?);
    }
    env::use_file(values);
    let part = match &arguments.command {
        Command::Settings => {
            print!("{}", settings::table());
            return Ok(());
        }
        Command::Migrate => {
            logs::init(LogFormat::Text)?;
            let db = Db::connect(&env::required("DATABASE_URL")?, PoolSize(1))?;
            let migrated = migrate(&db).await;
            db.close().await;
            return migrated;
        }
        Command::Job { job: asked } => {
            logs::init(LogFormat::Text)?;
            println!("{}", job(asked).await?);
            return Ok(());
        }
        Command::All => Part::All,
        Command::Api => Part::Api,
        Command::Worker => Part::Worker,
        Command::Cron => Part::Cron,
    };
    let traces = logs::init_with_traces(LogFormat::Text, &format!("divbase-{}", part.name()))?;
    let outcome = run(part).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    outcome
}
