//! What can keep a service from running, said so that a developer can mend it.

use std::io;
use std::path::{Path, PathBuf};

/// Why a service or its folder could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// `make setup` has not run in this checkout, or an older one did.
    #[error("{} is missing: run `make setup` first", .0.display())]
    NotSetUp(PathBuf),
    /// Another run holds the folder.
    #[error("already running in {} (process {pid}): `make down` stops it", folder.display())]
    AlreadyRunning {
        /// The folder both want.
        folder: PathBuf,
        /// Who holds it, as written in the folder; 0 if it is just starting.
        pid: u32,
    },
    /// The service ended or stayed silent. The tail of its log is in the text.
    #[error("{service} did not become ready: {reason}\n--- end of {} ---\n{tail}", log.display())]
    NotReady {
        /// Which service.
        service: &'static str,
        /// What was seen instead.
        reason: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// `initdb` or another set-up program failed.
    #[error("{program} failed: {message}")]
    SetUpFailed {
        /// The program.
        program: String,
        /// What it said.
        message: String,
    },
    /// The data folder belongs to another major version of Postgres.
    #[error(
        "the database in {} was made by Postgres {found}, but the installed one is {installed}: \
         `make clean-data` throws it away",
        folder.display()
    )]
    OtherPostgres {
        /// The data folder.
        folder: PathBuf,
        /// The major version that made it.
        found: String,
        /// The major version that is installed.
        installed: String,
    },
    /// Postgres refuses to run as root and no other account can be used.
    #[error(
        "Postgres does not run as root, and running it as another user failed: {0}. \
         Run make as an ordinary user, or add a user `postgres`"
    )]
    NoAccount(String),
    /// A file or a process could not be handled.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

impl ServiceError {
    /// For `map_err`: names the action and the path an [`io::Error`] lacks.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// A service that did not come up, with the tail of its log.
    pub(crate) fn not_ready(service: &'static str, reason: String, log: &Path) -> Self {
        let text = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(20)..].join("\n");
        Self::NotReady {
            service,
            reason,
            log: log.to_owned(),
            tail,
        }
    }
}
