//! One schedule as it should be in the cloud, and as it is.

use aws_sdk_scheduler::{
    error::BuildError,
    operation::get_schedule::GetScheduleOutput,
    types::{
        DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState,
        Target,
    },
};
use divbase_db::Schedule;
use serde_json::json;

use super::{Inexpressible, MirrorSettings, expression::expression};

/// What EventBridge Scheduler replaces by the instant for which it calls.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";
/// How often a call that fails is repeated, and for how long.
const RETRIES: i32 = 3;
const RETRY_SECONDS: i32 = 3600;

/// Everything about a schedule that matters to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) expression: String,
    pub(super) time_zone: String,
    pub(super) state: ScheduleState,
    target_arn: String,
    role_arn: String,
    input: String,
    dead_letter_arn: Option<String>,
    retries: (Option<i32>, Option<i32>),
    window: FlexibleTimeWindowMode,
    pub(super) key_arn: Option<String>,
}

impl Entry {
    /// As it should be.
    pub(super) fn wanted(
        schedule: &Schedule,
        settings: &MirrorSettings,
    ) -> Result<Self, Inexpressible> {
        Ok(Self {
            name: schedule.key.clone(),
            expression: expression(schedule.cron.as_deref(), schedule.interval_seconds)?,
            time_zone: schedule.time_zone.clone(),
            state: if schedule.enabled {
                ScheduleState::Enabled
            } else {
                ScheduleState::Disabled
            },
            target_arn: settings.target_arn.clone(),
            role_arn: settings.role_arn.clone(),
            input: json!({"job": "schedule", "key": schedule.key, "scheduled_for": SCHEDULED_TIME})
                .to_string(),
            dead_letter_arn: settings.dead_letter_arn.clone(),
            retries: (Some(RETRIES), Some(RETRY_SECONDS)),
            window: FlexibleTimeWindowMode::Off,
            key_arn: settings.key_arn.clone(),
        })
    }

    /// As it is. What the cloud does not tell is empty.
    pub(super) fn found(name: &str, there: &GetScheduleOutput) -> Self {
        let target = there.target();
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let retries = target.and_then(Target::retry_policy);
        Self {
            name: name.to_owned(),
            expression: text(there.schedule_expression()),
            time_zone: text(there.schedule_expression_timezone()),
            state: there.state().cloned().unwrap_or(ScheduleState::Enabled),
            target_arn: text(target.map(Target::arn)),
            role_arn: text(target.map(Target::role_arn)),
            input: text(target.and_then(Target::input)),
            dead_letter_arn: target
                .and_then(Target::dead_letter_config)
                .and_then(DeadLetterConfig::arn)
                .map(str::to_owned),
            retries: (
                retries.and_then(RetryPolicy::maximum_retry_attempts),
                retries.and_then(RetryPolicy::maximum_event_age_in_seconds),
            ),
            window: there
                .flexible_time_window()
                .map_or(FlexibleTimeWindowMode::Off, |window| window.mode().clone()),
            key_arn: there.kms_key_arn().map(str::to_owned),
        }
    }

    /// The names of the fields in which they differ.
    pub(super) fn differences(&self, other: &Self) -> Vec<&'static str> {
        [
            ("expression", self.expression != other.expression),
            ("time zone", self.time_zone != other.time_zone),
            ("state", self.state != other.state),
            ("target", self.target_arn != other.target_arn),
            ("role", self.role_arn != other.role_arn),
            ("input", self.input != other.input),
            (
                "dead letters",
                self.dead_letter_arn != other.dead_letter_arn,
            ),
            ("retries", self.retries != other.retries),
            ("window", self.window != other.window),
            ("key", self.key_arn != other.key_arn),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }

    pub(super) fn target(&self) -> Result<Target, BuildError> {
        let dead_letters = self
            .dead_letter_arn
            .as_ref()
            .map(|arn| DeadLetterConfig::builder().arn(arn).build());
        Target::builder()
            .arn(&self.target_arn)
            .role_arn(&self.role_arn)
            .input(&self.input)
            .set_dead_letter_config(dead_letters)
            .retry_policy(
                RetryPolicy::builder()
                    .set_maximum_retry_attempts(self.retries.0)
                    .set_maximum_event_age_in_seconds(self.retries.1)
                    .build(),
            )
            .build()
    }

    pub(super) fn window(&self) -> Result<FlexibleTimeWindow, BuildError> {
        FlexibleTimeWindow::builder()
            .mode(self.window.clone())
            .build()
    }
}
