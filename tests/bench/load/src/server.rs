//! The servers under load, as processes.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{client::Client, error::BenchError, request::Request};

/// How long a start may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A running one. Dropping it kills it.
pub(crate) struct Server {
    /// `host:port`, if it listens.
    pub(crate) address: String,
    child: Child,
}

/// Variables of a process.
pub(crate) type Environment = Vec<(&'static str, String)>;

/// A program that was built beside this one.
fn ours(environment: &Environment) -> Result<Command, BenchError> {
    let program = std::env::current_exe()
        .map_err(BenchError::io("this program"))?
        .with_file_name("divbase-local");
    let mut command = Command::new(program);
    command
        .envs(environment.iter().cloned())
        // A line for each request, as deployed; nobody reads them here.
        .env("LOG_FORMAT", "json")
        // As its memory is measured: freed pages are given back at once.
        .env("MIMALLOC_PURGE_DELAY", "0")
        .stderr(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    Ok(command)
}

impl Server {
    /// The API, migrated and listening.
    pub(crate) async fn api(environment: &Environment) -> Result<Self, BenchError> {
        let mut command = ours(environment)?;
        command.args(["api", "--listen", "127.0.0.1:0", "--queue-prefix", "bench"]);
        let (child, line) = first_line(command, "the API").await?;
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .ok_or(BenchError::NotUp("the API"))?
            .to_owned();
        Ok(Self { address, child })
    }

    /// The worker behind the queues.
    pub(crate) async fn worker(environment: &Environment) -> Result<Self, BenchError> {
        let mut command = ours(environment)?;
        command.args(["worker", "--queue-prefix", "bench"]);
        let (child, _) = first_line(command, "the worker").await?;
        Ok(Self {
            address: String::new(),
            child,
        })
    }

    /// A lean app, as uvicorn names it.
    pub(crate) async fn lean(environment: &Environment, app: &str) -> Result<Self, BenchError> {
        let root = std::env::current_dir().map_err(BenchError::io("the working directory"))?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(BenchError::io("a free port"))?
            .port();
        let child = Command::new(root.join(".local/lean/bin/uvicorn"))
            .args([
                app,
                "--workers",
                "2",
                "--no-access-log",
                "--log-level",
                "warning",
            ])
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .current_dir(root.join("tests/bench/load/lean"))
            .envs(environment.iter().cloned())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::io("uvicorn"))?;
        let server = Self {
            address: format!("127.0.0.1:{port}"),
            child,
        };
        let begin = Instant::now();
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            look.tick().await;
            if let Ok(mut client) = Client::connect(&server.address).await
                && client
                    .send(&Request::get("/openapi.json", ""))
                    .await
                    .is_ok()
            {
                return Ok(server);
            }
            if begin.elapsed() > LIMIT {
                return Err(BenchError::NotUp("the lean app"));
            }
        }
    }

    /// Most memory that the process ever held, in megabytes (VmHWM).
    pub(crate) fn most_memory_megabytes(&self) -> Result<f64, BenchError> {
        let path = PathBuf::from(format!("/proc/{}/status", self.child.id().unwrap_or(0)));
        let text =
            std::fs::read_to_string(&path).map_err(BenchError::io(path.to_string_lossy()))?;
        text.lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().split(' ').next())
            .and_then(|kilobytes| kilobytes.parse::<f64>().ok())
            .map(|kilobytes| kilobytes / 1024.0)
            .ok_or_else(|| BenchError::Answer("the system tells no memory".to_owned()))
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) {
        // SIGTERM lets uvicorn end its workers; ours end with their process.
        if let Some(pid) = self.child.id() {
            let _ = Command::new("kill").arg(pid.to_string()).status().await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
    }
}

async fn first_line(
    mut command: Command,
    what: &'static str,
) -> Result<(Child, String), BenchError> {
    let mut child = command.spawn().map_err(BenchError::io(what))?;
    let stdout = child.stdout.take().ok_or(BenchError::NotUp(what))?;
    let mut line = String::new();
    let read = tokio::time::timeout(LIMIT, BufReader::new(stdout).read_line(&mut line)).await;
    match read {
        Ok(Ok(length)) if length > 0 => Ok((child, line)),
        _ => Err(BenchError::NotUp(what)),
    }
}
