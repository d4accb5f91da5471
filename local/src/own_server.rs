//! `divbase-server` as it runs on somebody's own servers: one process or several beside Postgres and a store, and nothing else. For the demo and the
//! tests.

use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
    time::Duration,
};

use divbase_services::{ObjectStore, Postgres, RunFolder, StoreKind};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::{AnyError, database, private, serve::random_secret};

/// How long a start may take.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long an orderly end may take.
const END_LIMIT: Duration = Duration::from_secs(60);

/// A running one.
pub struct OwnServer {
    /// The base URL of its API.
    pub api_url: String,
    /// Address and password of its administrator.
    pub admin: (String, String),
    /// Its database, which is its queue as well.
    pub database_url: String,
    /// Its store.
    pub store_url: String,
    processes: Vec<Child>,
    /// The number of its newest log.
    logs: usize,
    store: ObjectStore,
    postgres: Postgres,
    run: RunFolder,
}

impl OwnServer {
    /// Starts database and store in `run`, and then `program` once for each of these commands, with a file of settings that has these
    /// besides, or instead of, those that it needs. `migrate` is waited for. `root` is the checkout.
    ///
    /// # Errors
    /// If one of them does not come up.
    pub async fn start(
        root: &Path,
        run: RunFolder,
        program: &Path,
        commands: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Self, AnyError> {
        let (postgres, store) = tokio::join!(
            Postgres::start(root, &run),
            ObjectStore::start(root, &run, StoreKind::SeaweedFs)
        );
        let (postgres, store) = (postgres?, store?);
        let database_url = database::ensure(&postgres.url("postgres"), "divbase", None).await?;
        let admin = ("admin@example.org".to_owned(), random_secret());
        let folder = run.path();
        let work = folder.join("work");
        fs::create_dir_all(&work)?;
        let (store_url, secret) = (store.endpoint(), random_secret());
        let bcftools = root.join(".local/venv/bin/bcftools").display().to_string();
        let work = work.display().to_string();
        let own = [
            ("DATABASE_URL", database_url.as_str()),
            ("S3_ENDPOINT_URL", &store_url),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("JWT_SECRET_KEY", &secret),
            ("FIRST_ADMIN_EMAIL", &admin.0),
            ("FIRST_ADMIN_PASSWORD", &admin.1),
            ("DIVBASE_LISTEN", "127.0.0.1:0"),
            ("DIVBASE_BCFTOOLS", &bcftools),
            ("DIVBASE_WORK_DIR", &work),
        ];
        // Ours are such that a text of JSON is one of TOML.
        let is_changed = |name: &str| settings.iter().any(|(changed, _)| *changed == name);
        let lines = own.iter().filter(|(name, _)| !is_changed(name));
        let lines = lines.chain(settings);
        let file: String = lines
            .map(|(name, value)| format!("{name} = {}\n", serde_json::json!(value)))
            .collect();
        let config = folder.join("divbase.toml");
        private::write(&config, file.as_bytes())?;
        let log = folder.join(log_name(0));
        let (processes, api_url) = start_all(program, commands, &config, &log).await?;
        Ok(Self {
            api_url,
            admin,
            database_url,
            store_url,
            processes,
            logs: 0,
            store,
            postgres,
            run,
        })
    }

    /// Starts `program` once more for each of these commands, beside what runs; gives the base URL of the API that is among them.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn join(&mut self, program: &Path, commands: &[&str]) -> Result<String, AnyError> {
        let config = self.folder().join("divbase.toml");
        self.logs += 1;
        let log = self.folder().join(log_name(self.logs));
        let (processes, api_url) = start_all(program, commands, &config, &log).await?;
        self.processes.extend(processes);
        Ok(api_url)
    }

    /// Asks what was started first to end, all but the last `kept` processes.
    ///
    /// # Errors
    /// If one does not end in order.
    pub async fn leave(&mut self, kept: usize) -> Result<(), AnyError> {
        let leaving = self.processes.len().saturating_sub(kept);
        for process in &mut self.processes[..leaving] {
            end(process).await?;
        }
        self.processes.drain(..leaving);
        Ok(())
    }

    /// The folder of the run.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.run.path()
    }

    /// What it has logged.
    ///
    /// # Errors
    /// If the log cannot be read.
    pub fn log(&self) -> Result<String, AnyError> {
        let mut all = String::new();
        for number in 0..=self.logs {
            all += &fs::read_to_string(self.folder().join(log_name(number)))?;
        }
        Ok(all)
    }

    /// Asks it to end, as an init system does, and ends the others after it.
    ///
    /// # Errors
    /// If it does not end in order.
    pub async fn stop(mut self) -> Result<(), AnyError> {
        let mut outcome = Ok(());
        for process in &mut self.processes {
            outcome = outcome.and(end(process).await);
        }
        tokio::join!(self.store.stop(), self.postgres.stop());
        outcome
    }
}

fn log_name(number: usize) -> String {
    format!("divbase-server-{number}.log")
}

/// Starts them in order; `migrate` is waited for. Gives those that go on, and the base URL of the API.
async fn start_all(
    program: &Path,
    commands: &[&str],
    config: &Path,
    log: &Path,
) -> Result<(Vec<Child>, String), AnyError> {
    let mut processes = Vec::new();
    for command in commands {
        let mut process = spawn(program, command, config, log)?;
        if *command == "migrate" {
            let status = process.wait().await?;
            if !status.success() {
                let text = fs::read_to_string(log)?;
                return Err(format!("migrate ended with {status}: {text}").into());
            }
        } else {
            processes.push(process);
        }
    }
    let api_url = listening(&mut processes, log).await?;
    Ok((processes, api_url))
}

fn spawn(program: &Path, command: &str, config: &Path, log: &Path) -> Result<Child, AnyError> {
    let said = File::options().create(true).append(true).open(log)?;
    Ok(Command::new(program)
        .arg("--config")
        .arg(config)
        .arg(command)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said)
        .kill_on_drop(true)
        .spawn()?)
}

/// Waits until it says where it listens.
async fn listening(processes: &mut [Child], log: &Path) -> Result<String, AnyError> {
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let look = async {
        loop {
            tick.tick().await;
            let text = fs::read_to_string(log)?;
            let url = text
                .lines()
                .find_map(|line| line.strip_prefix("listening on "));
            if let Some(url) = url {
                return Ok::<_, AnyError>(url.to_owned());
            }
            for process in &mut *processes {
                if let Some(status) = process.try_wait()? {
                    return Err(format!("divbase-server ended with {status}: {text}").into());
                }
            }
        }
    };
    match tokio::time::timeout(START_LIMIT, look).await {
        Ok(found) => found,
        Err(_) => {
            let text = fs::read_to_string(log)?;
            Err(format!("divbase-server does not come up: {text}").into())
        }
    }
}

async fn end(server: &mut Child) -> Result<(), AnyError> {
    let pid = server
        .id()
        .and_then(|id| Pid::from_raw(id.cast_signed()))
        .ok_or("divbase-server has ended by itself")?;
    kill_process(pid, Signal::TERM)?;
    let status = tokio::time::timeout(END_LIMIT, server.wait())
        .await
        .map_err(|_| "divbase-server does not end")??;
    match status.success() {
        true => Ok(()),
        false => Err(format!("divbase-server ended with {status}").into()),
    }
}
