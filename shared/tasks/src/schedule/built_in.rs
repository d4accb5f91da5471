//! Schedules that come with the program.

use chrono::Utc;
use divbase_db::{Db, DbError, Schedule};
use serde_json::{Value, json};

use super::Recurrence;
use crate::{Queue, Task};

/// A schedule that is made where it is missing. What an administrator changed stays changed.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    key: &'static str,
    display_names: Value,
    task_name: &'static str,
    queue: Queue,
    max_attempts: u16,
    cron: &'static str,
    kwargs: Value,
}

impl BuiltIn {
    /// Runs task `T` by a cron expression, with an English and a Swedish name.
    #[must_use]
    pub fn of<T: Task>(
        key: &'static str,
        cron: &'static str,
        english: &str,
        swedish: &str,
        kwargs: &T::Kwargs,
    ) -> Self {
        Self {
            key,
            display_names: json!({"en": english, "sv": swedish}),
            task_name: T::NAME,
            queue: T::QUEUE,
            max_attempts: T::POLICY.max_attempts,
            cron,
            // Arguments that cannot be written as JSON are refused by the database as not being an object.
            kwargs: serde_json::to_value(kwargs).unwrap_or_default(),
        }
    }
}

/// Makes the built-in schedules that are missing.
///
/// # Errors
/// If the database fails.
pub async fn ensure_built_in(db: &Db, all: &[BuiltIn], time_zone: &str) -> Result<(), DbError> {
    for built_in in all {
        let next_run_at = Recurrence::parse(Some(built_in.cron), None, time_zone)
            .ok()
            .and_then(|rule| rule.next_after(Utc::now()));
        db.add_schedule(
            &Schedule {
                id: 0,
                key: built_in.key.to_owned(),
                display_names: built_in.display_names.clone(),
                task_name: built_in.task_name.to_owned(),
                queue: built_in.queue.as_str().to_owned(),
                max_attempts: i32::from(built_in.max_attempts),
                kwargs: built_in.kwargs.clone(),
                cron: Some(built_in.cron.to_owned()),
                interval_seconds: None,
                time_zone: time_zone.to_owned(),
                enabled: true,
                misfire_grace_seconds: 3600,
                coalesce: true,
                max_overlapping: 1,
                built_in: true,
                next_run_at,
            },
            None,
        )
        .await?;
    }
    Ok(())
}
