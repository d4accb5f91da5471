//! `/schedules`, `/workers` and `/queue-status`: what administrators see and set while the service runs.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    field::{
        CronText, DisplayName, LanguageCode, QueueReason, ScheduleKey, TaskName, TimeZoneName,
        Whole,
    },
    json::Kwargs,
};

/// A schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// Unique: 1 to 63 lower-case letters, digits and hyphens.
    pub key: String,
    /// From a language code to a name.
    pub display_names: BTreeMap<String, String>,
    /// The task that it runs.
    pub task_name: String,
    /// That task's arguments.
    #[schema(value_type = Object)]
    pub kwargs: Value,
    /// `cron` or `interval`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Five fields: minute, hour, day of month, month, day of week.
    pub cron: Option<String>,
    /// Seconds between two runs.
    pub interval_seconds: Option<i64>,
    /// IANA name.
    pub time_zone: String,
    /// Whether it runs at all.
    pub enabled: bool,
    /// The same.
    pub active: bool,
    /// A run that is later than this is skipped.
    pub misfire_grace_seconds: i32,
    /// Of several missed runs only the last is made up for; else each in turn, as `max_overlapping` allows.
    pub coalesce: bool,
    /// Most unfinished runs at a time.
    pub max_overlapping: i32,
    /// It came with the program and cannot be deleted.
    pub built_in: bool,
    /// When it is due next.
    pub next_run_at: Option<DateTime<Utc>>,
}

/// Seconds between two runs: up to a year.
pub type IntervalSeconds = Whole<1, 31_536_000>;
/// A unit of time between runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IntervalUnit {
    /// A second.
    Seconds,
    /// 60 seconds.
    Minutes,
    /// 3,600 seconds.
    Hours,
    /// 86,400 seconds, whatever the clocks do.
    Days,
}

/// Time between two runs in a unit; at most a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// So many.
    #[schema(inline)]
    pub every: IntervalSeconds,
    /// Of these.
    pub unit: IntervalUnit,
}

impl Interval {
    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        let unit = match self.unit {
            IntervalUnit::Seconds => 1,
            IntervalUnit::Minutes => 60,
            IntervalUnit::Hours => 3_600,
            IntervalUnit::Days => 86_400,
        };
        self.every.get().saturating_mul(unit)
    }
}

/// How late a run may be, seconds.
pub type GraceSeconds = Whole<1, { i32::MAX as i64 }>;
/// Most unfinished runs at a time.
pub type Overlapping = Whole<1, 1000>;

/// From a language code to a name; at most 50.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<LanguageCode, DisplayName>")]
pub struct DisplayNames(BTreeMap<LanguageCode, DisplayName>);

impl TryFrom<BTreeMap<LanguageCode, DisplayName>> for DisplayNames {
    type Error = String;

    fn try_from(names: BTreeMap<LanguageCode, DisplayName>) -> Result<Self, String> {
        const MOST: usize = 50;
        if names.len() > MOST {
            return Err(format!(
                "give at most {MOST} names; there are {}",
                names.len()
            ));
        }
        Ok(Self(names))
    }
}

/// Body of `POST /schedules`. Exactly one of `cron`, `interval_seconds` and `interval` is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// See [`Schedule`].
    pub key: ScheduleKey,
    /// See [`Schedule`].
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, DisplayName>)]
    pub display_names: DisplayNames,
    /// A task that the workers know.
    pub task_name: TaskName,
    /// See [`Schedule`].
    #[serde(default)]
    #[schema(value_type = Object)]
    pub kwargs: Kwargs,
    /// See [`Schedule`].
    pub cron: Option<CronText>,
    /// See [`Schedule`].
    #[schema(inline)]
    pub interval_seconds: Option<IntervalSeconds>,
    /// Instead of `interval_seconds`.
    pub interval: Option<Interval>,
    /// UTC if absent.
    #[serde(default)]
    pub time_zone: TimeZoneName,
    /// Yes if absent. `active` is another name of it.
    #[serde(default = "yes", alias = "active")]
    pub enabled: bool,
    /// An hour if absent.
    #[serde(default = "an_hour")]
    #[schema(inline)]
    pub misfire_grace_seconds: GraceSeconds,
    /// Yes if absent.
    #[serde(default = "yes")]
    pub coalesce: bool,
    /// One if absent.
    #[serde(default = "Overlapping::least")]
    #[schema(inline)]
    pub max_overlapping: Overlapping,
}

const fn yes() -> bool {
    true
}

fn an_hour() -> GraceSeconds {
    GraceSeconds::nearest(3600)
}

/// Body of `PATCH /schedules/{key}`: what is absent stays as it is. `cron` takes the place of an interval and the
/// other way round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleChange {
    /// See [`Schedule`].
    #[schema(value_type = Option<BTreeMap<String, DisplayName>>)]
    pub display_names: Option<DisplayNames>,
    /// See [`Schedule`].
    #[schema(value_type = Option<Object>)]
    pub kwargs: Option<Kwargs>,
    /// See [`Schedule`].
    pub cron: Option<CronText>,
    /// See [`Schedule`].
    #[schema(inline)]
    pub interval_seconds: Option<IntervalSeconds>,
    /// Instead of `interval_seconds`.
    pub interval: Option<Interval>,
    /// See [`Schedule`].
    pub time_zone: Option<TimeZoneName>,
    /// See [`Schedule`]. `active` is another name of it.
    #[serde(alias = "active")]
    pub enabled: Option<bool>,
    /// See [`Schedule`].
    #[schema(inline)]
    pub misfire_grace_seconds: Option<GraceSeconds>,
    /// See [`Schedule`].
    pub coalesce: Option<bool>,
    /// See [`Schedule`].
    #[schema(inline)]
    pub max_overlapping: Option<Overlapping>,
}

/// A run of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleExecution {
    /// Its number.
    pub id: i64,
    /// Its identity for other systems.
    pub execution_id: String,
    /// `pending`, `running`, `success`, `failed`, `cancelled` or `skipped`.
    pub status: String,
    /// When it was due.
    pub scheduled_at: DateTime<Utc>,
    /// `timer` or `hand`.
    pub made_by: String,
    /// The task that does it; absent if it was skipped.
    pub task_id: Option<i64>,
    /// When that began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// From begin to end.
    pub duration_ms: Option<i64>,
    /// Why it failed or was skipped.
    pub error: Option<String>,
    /// What it gave.
    #[schema(value_type = Option<Object>)]
    pub result_summary: Option<Value>,
}

/// A process that runs tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Worker {
    /// The name it has in task history.
    pub id: String,
    /// What kind of process it is.
    pub kind: String,
    /// Version of the program.
    pub version: String,
    /// The queues it serves.
    pub queues: Vec<String>,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it last said that it lives.
    pub last_heartbeat: DateTime<Utc>,
    /// The tasks that it runs.
    pub current_tasks: Vec<i64>,
    /// Whether it tells by itself that it lives. Functions do not: they are known by what they ran within the last hour, so that
    /// `started_at` and `last_heartbeat` are those of what is known, and `version` is empty.
    #[serde(default = "yes")]
    pub registered: bool,
}

/// An instant of the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "DateTime<Utc>", into = "DateTime<Utc>")]
pub struct PauseStart(DateTime<Utc>);

impl TryFrom<DateTime<Utc>> for PauseStart {
    type Error = &'static str;

    fn try_from(instant: DateTime<Utc>) -> Result<Self, &'static str> {
        if (1970..=9999).contains(&instant.year()) {
            Ok(Self(instant))
        } else {
            Err("use an instant of the years 1970 to 9999")
        }
    }
}

impl From<PauseStart> for DateTime<Utc> {
    fn from(start: PauseStart) -> Self {
        start.0
    }
}

/// The pause switch for submissions. A pause without a start begins at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueSwitch {
    /// Whether submissions are, or will be, refused.
    pub is_closed: bool,
    /// From when on.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub scheduled_start: Option<PauseStart>,
    /// What users read; at most 500 characters.
    pub reason_for_users: Option<QueueReason>,
}
