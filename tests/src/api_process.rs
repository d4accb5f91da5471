//! The long-running server as a process of its own, for what is measured of a process.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Stdio,
};

use tokio::process::{Child, Command};

use crate::{TestResult, eventually::eventually, installation::Installation, process::program};

/// What it copies by one request, bytes; more goes in parts.
const LARGEST_COPY: &str = "1048576";

/// `divbase-local serve` on the database of an installation, whose tokens it takes.
#[derive(Debug)]
pub struct ApiProcess {
    child: Child,
    /// The base URL of its API.
    pub api_url: String,
    /// Where its log is.
    pub log: PathBuf,
}

impl ApiProcess {
    /// Starts it on a free port. It is killed with the test.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start(installation: &Installation) -> TestResult<Self> {
        Self::start_as(installation, &[("LOG_LEVEL", "error")]).await
    }

    /// As [`Self::start`], with a log from this level on, and a relay for its letters.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_logging(
        installation: &Installation,
        level: &str,
        relay: &str,
    ) -> TestResult<Self> {
        let settings = [
            ("LOG_LEVEL", level),
            ("DIVBASE_SMTP_URL", relay),
            ("DIVBASE_MAIL_FROM", "DivBase <divbase@example.org>"),
        ];
        Self::start_as(installation, &settings).await
    }

    /// As [`Self::start`]; it reaches the object store at this address. Whoever has its URLs reaches it where it is.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_before(installation: &Installation, store: &str) -> TestResult<Self> {
        let settings = [("LOG_LEVEL", "error"), ("S3_ENDPOINT_URL", store)];
        Self::start_as(installation, &settings).await
    }

    /// As [`Self::start`], with these settings.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_as(
        installation: &Installation,
        settings: &[(&str, &str)],
    ) -> TestResult<Self> {
        let log = installation.path("serve.log");
        let said = File::create(&log)?;
        let child = Command::new(program("divbase-local")?)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--queue-prefix", &format!("{}-p", installation.prefix)])
            .args(["--indexing", "on-request", "--work-dir"])
            .arg(installation.path("serve.work"))
            .env("DATABASE_URL", &installation.database.url)
            .env("AWS_ENDPOINT_URL", &installation.surroundings.aws_endpoint)
            .env("S3_ENDPOINT_URL", &installation.surroundings.store_endpoint)
            .env("S3_PRESIGNING_URL", &installation.surroundings.store)
            .env("S3_LARGEST_COPY_BYTES", LARGEST_COPY)
            .env("DIVBASE_BCFTOOLS", &installation.surroundings.bcftools)
            .env("JWT_SECRET_KEY", &installation.secret)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true)
            .spawn()?;
        let api_url = eventually("the server to listen", || async {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let line = log
                .lines()
                .find_map(|line| line.strip_prefix("listening on "));
            line.map(str::to_owned).ok_or(log)
        });
        let api_url = api_url.await?;
        Ok(Self {
            child,
            api_url,
            log,
        })
    }

    /// Kills it: it can do nothing about it.
    ///
    /// # Errors
    /// If it has ended by itself.
    pub async fn kill(&mut self) -> TestResult {
        self.child.kill().await?;
        Ok(())
    }

    /// The most memory that it has had (`VmHWM` of proc_pid_status(5)), bytes.
    ///
    /// # Errors
    /// If it has ended.
    pub fn most_memory(&self) -> TestResult<u64> {
        let id = self.child.id().ok_or("the server has ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.ok_or("no VmHWM")?.trim().parse::<u64>()? * 1024)
    }
}
