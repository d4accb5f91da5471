//! `divbase-server` as it runs on somebody's own servers: a process beside Postgres and a store, and nothing else. For the demo and the
//! tests.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use divbase_services::{Postgres, RunFolder, SeaweedFs};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::{AnyError, database, serve::random_secret};

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
    server: Child,
    store: SeaweedFs,
    postgres: Postgres,
    run: RunFolder,
}

impl OwnServer {
    /// Starts database and store in `run`, and then `program` with these settings besides those that it needs. `root` is the checkout.
    ///
    /// # Errors
    /// If one of them does not come up.
    pub async fn start(
        root: &Path,
        run: RunFolder,
        program: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self, AnyError> {
        let (postgres, store) =
            tokio::join!(Postgres::start(root, &run), SeaweedFs::start(root, &run));
        let (postgres, store) = (postgres?, store?);
        let database_url = database::ensure(&postgres.url("postgres"), "divbase", None).await?;
        let admin = ("admin@example.org".to_owned(), random_secret());
        let folder = run.path();
        let log = folder.join("divbase-server.log");
        let said = File::create(&log)?;
        let mut server = Command::new(program)
            .arg("all")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("DATABASE_URL", &database_url)
            .env("S3_ENDPOINT_URL", store.endpoint())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("JWT_SECRET_KEY", random_secret())
            .env("FIRST_ADMIN_EMAIL", &admin.0)
            .env("FIRST_ADMIN_PASSWORD", &admin.1)
            .env("DIVBASE_LISTEN", "127.0.0.1:0")
            .env("DIVBASE_BCFTOOLS", root.join(".local/venv/bin/bcftools"))
            .env("DIVBASE_WORK_DIR", work_folder(folder)?)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true)
            .spawn()?;
        let api_url = listening(&mut server, &log).await?;
        Ok(Self {
            api_url,
            admin,
            database_url,
            store_url: store.endpoint(),
            server,
            store,
            postgres,
            run,
        })
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
        Ok(fs::read_to_string(
            self.folder().join("divbase-server.log"),
        )?)
    }

    /// Asks it to end, as an init system does, and ends the others after it.
    ///
    /// # Errors
    /// If it does not end in order.
    pub async fn stop(mut self) -> Result<(), AnyError> {
        let ended = end(&mut self.server).await;
        tokio::join!(self.store.stop(), self.postgres.stop());
        ended
    }
}

fn work_folder(folder: &Path) -> Result<PathBuf, AnyError> {
    let work = folder.join("work");
    fs::create_dir_all(&work)?;
    Ok(work)
}

/// Waits until it says where it listens.
async fn listening(server: &mut Child, log: &Path) -> Result<String, AnyError> {
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
            if let Some(status) = server.try_wait()? {
                return Err(format!("divbase-server ended with {status}: {text}").into());
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
