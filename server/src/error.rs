//! Why a program cannot start, or has to end.

use std::path::PathBuf;

use divbase_auth::password::PasswordError;
use divbase_db::DbError;
use divbase_service::StartError;
use divbase_telemetry::SettingsError;

/// What its operator has to mend.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The parts cannot be connected.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The file of settings cannot be read.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The API cannot listen.
    #[error("DIVBASE_LISTEN: {address}: {source}")]
    Listen {
        /// Where it was to listen.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database refuses.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The first administrator's password is refused.
    #[error("FIRST_ADMIN_PASSWORD: {0}")]
    Password(#[from] PasswordError),
    /// A job cannot be done.
    #[error("{0}")]
    Job(String),
    /// A part has ended although nobody asked it to; the log has its panic.
    #[error("a part of this program has failed; see its log")]
    PartFailed,
}
