//! How much a project may have unless an administrator says otherwise, and how long a deletion can be taken back.

use chrono::TimeDelta;
use divbase_contract::projects::ProjectLimits;
use divbase_db::SetLimits;
use divbase_telemetry::{SettingsError, env};

/// What holds for every project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectRules {
    /// `DIVBASE_PROJECT_VERSIONS`: versions of a project, those included that were deleted and can be restored.
    pub versions: u32,
    /// `DIVBASE_PROJECT_FOLDERS`: folders, likewise.
    pub folders: u32,
    /// `DIVBASE_PROJECT_GRACE_DAYS`: days for which the deletion of a project can be taken back.
    pub grace_days: u16,
}

impl Default for ProjectRules {
    fn default() -> Self {
        Self {
            versions: 1_000,
            folders: 10_000,
            grace_days: 30,
        }
    }
}

/// A deletion that could be taken back for longer would be none.
const MOST_GRACE_DAYS: u16 = 365;

impl ProjectRules {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a number is none, or the grace time is longer than a year.
    pub fn from_env() -> Result<Self, SettingsError> {
        const GRACE: &str = "DIVBASE_PROJECT_GRACE_DAYS";
        let usual = Self::default();
        let rules = Self {
            versions: env::parsed("DIVBASE_PROJECT_VERSIONS", usual.versions)?,
            folders: env::parsed("DIVBASE_PROJECT_FOLDERS", usual.folders)?,
            grace_days: env::parsed(GRACE, usual.grace_days)?,
        };
        if rules.grace_days > MOST_GRACE_DAYS {
            return Err(SettingsError::Invalid {
                name: GRACE,
                reason: format!("use 0 to {MOST_GRACE_DAYS} days"),
            });
        }
        Ok(rules)
    }

    pub(crate) fn grace(self) -> TimeDelta {
        TimeDelta::days(self.grace_days.into())
    }

    /// What holds for a project for which an administrator has set some limits.
    pub(crate) fn with(self, set: SetLimits) -> ProjectLimits {
        ProjectLimits {
            versions: set.versions.map_or(self.versions.into(), i64::from),
            folders: set.folders.map_or(self.folders.into(), i64::from),
            waiting: set.waiting.map(i64::from),
        }
    }
}
