//! Settings of tasks.

use std::path::PathBuf;

use divbase_telemetry::{SettingsError, env};

use crate::mail::Mailer;

/// What tasks read from their environment.
#[derive(Clone, Debug)]
pub struct TaskSettings {
    /// `DIVBASE_BCFTOOLS`, default `bcftools` on the path: the program, version 1.24.
    pub bcftools: PathBuf,
    /// `DIVBASE_HAS_BCFTOOLS`, default `true`: whether the workers have that program. If not, queries that need it are
    /// refused when they are submitted.
    pub has_bcftools: bool,
    /// `DIVBASE_WORK_DIR`, default the system's: where files of running tasks lie, each task in a folder of its own.
    pub work_dir: PathBuf,
    /// `DIVBASE_HEAVY_WORKERS`, default `true`: whether anybody runs tasks that take longer than a function may. If not,
    /// queries that would are refused when they are submitted.
    pub heavy_workers: bool,
    /// What sends mail, if anything does; see [`Mailer::from_env`].
    pub mail: Option<Mailer>,
}

impl TaskSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If `DIVBASE_HAS_BCFTOOLS` or `DIVBASE_HEAVY_WORKERS` is neither `true` nor `false`, or the settings of mail are not valid.
    pub fn from_env() -> Result<Self, SettingsError> {
        let path = |name| env::optional(name).map(PathBuf::from);
        Ok(Self {
            bcftools: path("DIVBASE_BCFTOOLS").unwrap_or_else(|| PathBuf::from("bcftools")),
            has_bcftools: env::parsed("DIVBASE_HAS_BCFTOOLS", true)?,
            heavy_workers: env::parsed("DIVBASE_HEAVY_WORKERS", true)?,
            mail: Mailer::from_env()?,
            work_dir: path("DIVBASE_WORK_DIR").unwrap_or_else(std::env::temp_dir),
        })
    }
}
