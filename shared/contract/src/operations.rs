//! `/schedules`, `/workers` and `/queue-status`: what administrators see and set while the service runs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

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
    /// A run that is later than this is skipped.
    pub misfire_grace_seconds: i32,
    /// Of several missed runs only the last is made up for.
    pub coalesce: bool,
    /// Most unfinished runs at a time.
    pub max_overlapping: i32,
    /// It came with the program and cannot be deleted.
    pub built_in: bool,
    /// When it is due next.
    pub next_run_at: Option<DateTime<Utc>>,
}

/// Body of `POST /schedules`. Exactly one of `cron` and `interval_seconds` is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// See [`Schedule`].
    pub key: String,
    /// See [`Schedule`].
    #[serde(default)]
    pub display_names: BTreeMap<String, String>,
    /// A task that the workers know.
    pub task_name: String,
    /// See [`Schedule`].
    #[serde(default = "empty_object")]
    #[schema(value_type = Object)]
    pub kwargs: Value,
    /// See [`Schedule`].
    #[serde(default)]
    pub cron: Option<String>,
    /// See [`Schedule`].
    #[serde(default)]
    pub interval_seconds: Option<i64>,
    /// UTC if absent.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Yes if absent.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// An hour if absent.
    #[serde(default = "an_hour")]
    pub misfire_grace_seconds: i32,
    /// Yes if absent.
    #[serde(default = "yes")]
    pub coalesce: bool,
    /// One if absent.
    #[serde(default = "one")]
    pub max_overlapping: i32,
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

fn utc() -> String {
    "UTC".to_owned()
}

const fn yes() -> bool {
    true
}

const fn an_hour() -> i32 {
    3600
}

const fn one() -> i32 {
    1
}

/// Body of `PATCH /schedules/{key}`: what is absent stays as it is. `cron` takes the place of an interval and the
/// other way round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleChange {
    /// See [`Schedule`].
    pub display_names: Option<BTreeMap<String, String>>,
    /// See [`Schedule`].
    #[schema(value_type = Option<Object>)]
    pub kwargs: Option<Value>,
    /// See [`Schedule`].
    pub cron: Option<String>,
    /// See [`Schedule`].
    pub interval_seconds: Option<i64>,
    /// See [`Schedule`].
    pub time_zone: Option<String>,
    /// See [`Schedule`].
    pub enabled: Option<bool>,
    /// See [`Schedule`].
    pub misfire_grace_seconds: Option<i32>,
    /// See [`Schedule`].
    pub coalesce: Option<bool>,
    /// See [`Schedule`].
    pub max_overlapping: Option<i32>,
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

/// A long-lived process that runs tasks.
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
}

/// The pause switch for submissions. A pause without a start begins at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueSwitch {
    /// Whether submissions are, or will be, refused.
    pub is_closed: bool,
    /// From when on.
    #[serde(default)]
    pub scheduled_start: Option<DateTime<Utc>>,
    /// What users read; at most 500 characters.
    #[serde(default)]
    pub reason_for_users: Option<String>,
}
