//! Settings of tasks.

use std::path::PathBuf;

use divbase_telemetry::{SettingsError, env};
use divbase_vcf::query::Aim;

use crate::{Prices, mail::Mailer};

/// Most windows of a query: a batch has no more children than twice as many.
const MOST_WINDOWS: usize = 5_000;

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
    /// `DIVBASE_WINDOW_BYTES`, default 1,500,000,000, which take some 40 seconds: a query that reads more compressed bytes is
    /// answered in windows of the genome of about so many, each by a task of its own. `DIVBASE_WINDOWS`, for tests, cuts
    /// every query into so many, if its indexes have as many intervals.
    pub windows: Aim,
    /// `DIVBASE_COMPOSE_BYTES`, default 268,435,456, which take a function some seconds: if more of a result lies across what its
    /// windows left, so that the store cannot copy it, tasks of their own read and send it.
    pub compose_bytes: u64,
    /// `DIVBASE_INDEX_PIECE_BYTES`, default 1,000,000,000, which take some 30 seconds: a bgzipped file of more bytes is indexed in
    /// pieces of about so many, each by a task of its own.
    pub index_piece: u64,
    /// `DIVBASE_QUERY_MAX_BYTES`, default 0 for any number: queries that read more compressed bytes are refused when they are
    /// submitted.
    pub largest_query: Option<u64>,
    /// Which files get sample groups.
    pub sample_groups: SampleGroupSettings,
    /// What sends mail, if anything does; see [`Mailer::from_env`].
    pub mail: Option<Mailer>,
}

impl TaskSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If `DIVBASE_HAS_BCFTOOLS` or `DIVBASE_HEAVY_WORKERS` is neither `true` nor `false`, a number is none, or the settings of mail
    /// or prices are not valid.
    pub fn from_env() -> Result<Self, SettingsError> {
        Prices::from_env()?;
        let path = |name| env::optional(name).map(PathBuf::from);
        Ok(Self {
            bcftools: path("DIVBASE_BCFTOOLS").unwrap_or_else(|| PathBuf::from("bcftools")),
            has_bcftools: env::parsed("DIVBASE_HAS_BCFTOOLS", true)?,
            heavy_workers: env::parsed("DIVBASE_HEAVY_WORKERS", true)?,
            windows: windows_from_env()?,
            compose_bytes: compose_bytes_from_env()?,
            index_piece: index_piece_from_env()?,
            largest_query: largest_query_from_env()?,
            sample_groups: SampleGroupSettings::from_env()?,
            mail: Mailer::from_env()?,
            work_dir: path("DIVBASE_WORK_DIR").unwrap_or_else(std::env::temp_dir),
        })
    }
}

/// Which files get sample groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleGroupSettings {
    /// `DIVBASE_SAMPLE_GROUPS_FROM`, default 1,000, 0 for none: files of so many samples and more get them when a query asks for
    /// few of these.
    pub from: Option<usize>,
    /// `DIVBASE_SAMPLE_GROUPS_MAX_BYTES`, default 100,000,000,000: larger files get none. They take about as many bytes as the file,
    /// and are made in pieces of `DIVBASE_INDEX_PIECE_BYTES`, each by a task of its own.
    pub largest: u64,
}

impl Default for SampleGroupSettings {
    fn default() -> Self {
        Self {
            from: Some(1_000),
            largest: 100_000_000_000,
        }
    }
}

impl SampleGroupSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a number is none.
    pub fn from_env() -> Result<Self, SettingsError> {
        let default = Self::default();
        let from: usize = env::parsed(
            "DIVBASE_SAMPLE_GROUPS_FROM",
            default.from.unwrap_or_default(),
        )?;
        Ok(Self {
            from: (from > 0).then_some(from),
            largest: env::parsed("DIVBASE_SAMPLE_GROUPS_MAX_BYTES", default.largest)?,
        })
    }
}

/// Windows of so many compressed bytes.
#[must_use]
pub const fn windows_of(bytes: u64) -> Aim {
    Aim::Bytes {
        each: bytes,
        most: MOST_WINDOWS,
    }
}

/// Windows that take about 40 seconds each.
pub const WINDOWS: Aim = windows_of(1_500_000_000);

/// Reads `DIVBASE_WINDOWS` and `DIVBASE_WINDOW_BYTES`.
///
/// # Errors
/// If a number is none.
pub fn windows_from_env() -> Result<Aim, SettingsError> {
    let count: u16 = env::parsed("DIVBASE_WINDOWS", 0)?;
    if count > 0 {
        return Ok(Aim::Windows(usize::from(count).min(MOST_WINDOWS)));
    }
    let Aim::Bytes { each, .. } = WINDOWS else {
        return Ok(WINDOWS);
    };
    Ok(windows_of(env::parsed("DIVBASE_WINDOW_BYTES", each)?))
}

/// Reads `DIVBASE_COMPOSE_BYTES`.
///
/// # Errors
/// If it is no number.
pub fn compose_bytes_from_env() -> Result<u64, SettingsError> {
    env::parsed("DIVBASE_COMPOSE_BYTES", 256 << 20)
}

/// Reads `DIVBASE_INDEX_PIECE_BYTES`.
///
/// # Errors
/// If it is no number.
pub fn index_piece_from_env() -> Result<u64, SettingsError> {
    let bytes: u64 = env::parsed("DIVBASE_INDEX_PIECE_BYTES", 1_000_000_000)?;
    Ok(bytes.max(1))
}

/// Reads `DIVBASE_QUERY_MAX_BYTES`.
///
/// # Errors
/// If it is no number.
pub fn largest_query_from_env() -> Result<Option<u64>, SettingsError> {
    let bytes: u64 = env::parsed("DIVBASE_QUERY_MAX_BYTES", 0)?;
    Ok((bytes > 0).then_some(bytes))
}
