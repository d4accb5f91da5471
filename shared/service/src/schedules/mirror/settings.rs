//! Where the mirror is and what its schedules call.

use divbase_telemetry::{SettingsError, env};

/// Settings of the mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorSettings {
    /// `SCHEDULER_GROUP`: a group that holds nothing else. What is in it and not in the table is deleted.
    pub group: String,
    /// `SCHEDULER_TARGET_ARN`: the cron function.
    pub target_arn: String,
    /// `SCHEDULER_ROLE_ARN`: who calls it.
    pub role_arn: String,
    /// `SCHEDULER_DEAD_LETTER_ARN`: where calls go that never succeed.
    pub dead_letter_arn: Option<String>,
    /// `SCHEDULER_KEY_ARN`: encrypts the schedules.
    pub key_arn: Option<String>,
}

impl MirrorSettings {
    /// Reads the environment; nothing if there is to be no mirror.
    ///
    /// # Errors
    /// If there is a group, and no target or no role.
    pub fn from_env() -> Result<Option<Self>, SettingsError> {
        let Some(group) = env::optional("SCHEDULER_GROUP") else {
            return Ok(None);
        };
        Ok(Some(Self {
            group,
            target_arn: env::required("SCHEDULER_TARGET_ARN")?,
            role_arn: env::required("SCHEDULER_ROLE_ARN")?,
            dead_letter_arn: env::optional("SCHEDULER_DEAD_LETTER_ARN"),
            key_arn: env::optional("SCHEDULER_KEY_ARN"),
        }))
    }
}
