//! Schedules, and the runs that they make.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;
use serde_json::Value;

use crate::{Db, Origin, Result, audit::NewEntry, statement::Statement};

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its number.
    pub id: i64,
    /// Its name for people and programs, unique.
    pub key: String,
    /// From a language code to a name, a JSON object.
    pub display_names: Value,
    /// What it runs.
    pub task_name: String,
    /// Where that runs.
    pub queue: String,
    /// Attempts of each run.
    pub max_attempts: i32,
    /// Keyword arguments of each run.
    pub kwargs: Value,
    /// Cron expression of five fields; or an interval.
    pub cron: Option<String>,
    /// Seconds between two runs.
    pub interval_seconds: Option<i64>,
    /// IANA name of the time zone in which the expression is read.
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

/// Why a run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy<'a> {
    /// It was due.
    Timer,
    /// Somebody asked for it.
    Hand(&'a Origin),
}

/// What became of a run that was due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fired {
    /// A task was made.
    Made {
        /// The execution.
        execution_id: i64,
        /// The task.
        task_id: i64,
        /// Its message.
        outbox_id: i64,
    },
    /// It is in the list as skipped, with this reason.
    Skipped(&'static str),
    /// An earlier run has not ended, and no run of this schedule may be left out: it is made later.
    Waits,
    /// Somebody else saw to it.
    Already,
    /// There is no such schedule, or it is disabled.
    Unknown,
}

impl Db {
    /// All schedules, by key; or the one of this key.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn schedules(&self, key: Option<&str>) -> Result<Vec<Schedule>> {
        Ok(sqlx::query_as!(
            Schedule,
            "SELECT id, key, display_names, task_name, queue, max_attempts, kwargs, cron, interval_seconds,
                    time_zone, enabled, misfire_grace_seconds, coalesce, max_overlapping, built_in, next_run_at
             FROM schedule WHERE $1::text IS NULL OR key = $1 ORDER BY key",
            key,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Makes a schedule (its number is ignored), by nobody if it comes with the program. One that exists is left as it is, and
    /// told by `false`.
    ///
    /// # Errors
    /// A constraint `schedule_…` if a value is out of its range.
    pub async fn add_schedule(&self, new: &Schedule, by: Option<&Origin>) -> Result<bool> {
        let mut tx = self.begin().await?;
        let made = sqlx::query_scalar!(
            "INSERT INTO schedule (key, display_names, task_name, queue, max_attempts, kwargs, cron,
                                   interval_seconds, time_zone, enabled, misfire_grace_seconds, coalesce,
                                   max_overlapping, built_in, next_run_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT ON CONSTRAINT schedule_key_once DO NOTHING RETURNING id",
            new.key,
            new.display_names,
            new.task_name,
            new.queue,
            new.max_attempts,
            new.kwargs,
            new.cron,
            new.interval_seconds,
            new.time_zone,
            new.enabled,
            new.misfire_grace_seconds,
            new.coalesce,
            new.max_overlapping,
            new.built_in,
            new.next_run_at,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let (Some(_), Some(by)) = (made, by) {
            told(AuditAction::ScheduleCreated, &new.key)
                .with("task", Some(&new.task_name))
                .write(&mut tx, by)
                .await?;
        }
        tx.commit().await?;
        Ok(made.is_some())
    }

    /// Changes a schedule to what is given; what it runs and its key stay.
    ///
    /// # Errors
    /// A constraint `schedule_…` if a value is out of its range.
    pub async fn change_schedule(&self, to: &Schedule, by: &Origin) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE schedule SET display_names = $2, kwargs = $3, cron = $4, interval_seconds = $5,
                    time_zone = $6, enabled = $7, misfire_grace_seconds = $8, coalesce = $9,
                    max_overlapping = $10, next_run_at = $11
             WHERE id = $1",
            to.id,
            to.display_names,
            to.kwargs,
            to.cron,
            to.interval_seconds,
            to.time_zone,
            to.enabled,
            to.misfire_grace_seconds,
            to.coalesce,
            to.max_overlapping,
            to.next_run_at,
        )
        .execute(&mut *tx)
        .await?;
        let when = to.cron.clone();
        let when = when.or_else(|| {
            to.interval_seconds
                .map(|seconds| format!("every {seconds} s"))
        });
        told(AuditAction::ScheduleChanged, &to.key)
            .with("enabled", Some(to.enabled))
            .with("when", when)
            .commit(tx, by)
            .await
    }

    /// Deletes a schedule and the list of its executions; their tasks stay in history. Whether it was there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_schedule(&self, id: i64, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let key = sqlx::query_scalar!(
            "DELETE FROM schedule WHERE id = $1 AND NOT built_in RETURNING key",
            id
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(key) = &key {
            told(AuditAction::ScheduleDeleted, key)
                .write(&mut tx, by)
                .await?;
        }
        tx.commit().await?;
        Ok(key.is_some())
    }

    /// Enabled schedules that are due, or have no next run noted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn due_schedules(&self, now: DateTime<Utc>) -> Result<Vec<Schedule>> {
        Ok(sqlx::query_as!(
            Schedule,
            "SELECT id, key, display_names, task_name, queue, max_attempts, kwargs, cron, interval_seconds,
                    time_zone, enabled, misfire_grace_seconds, coalesce, max_overlapping, built_in, next_run_at
             FROM schedule WHERE enabled AND coalesce(next_run_at, '-infinity') <= $1 ORDER BY next_run_at, id",
            now,
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Notes when a schedule is due next, unless somebody else has.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn advance_schedule(
        &self,
        id: i64,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE schedule SET next_run_at = $3 WHERE id = $1 AND next_run_at IS NOT DISTINCT FROM $2",
            id,
            from,
            to,
        )
        .run(&self.pool)
        .await
    }

    /// Makes the run of a schedule that was due at an instant: its execution, its task and its message, or the
    /// note that it is skipped, in one transaction. Whoever comes second finds it made.
    ///
    /// # Errors
    /// If the database fails; then nothing was made.
    pub async fn fire_schedule(
        &self,
        key: &str,
        scheduled_for: DateTime<Utc>,
        made_by: MadeBy<'_>,
    ) -> Result<Fired> {
        let by_hand = matches!(made_by, MadeBy::Hand(_));
        let mut tx = self.begin().await?;
        // The lock makes those who find the same run due take turns. It is a statement of its own, because what the
        // others have made is seen only by one that begins after the wait.
        let Some(id) = sqlx::query_scalar!(
            "SELECT id FROM schedule WHERE key = $1 AND (enabled OR $2) FOR UPDATE",
            key,
            by_hand,
        )
        .fetch_optional(&mut *tx)
        .await?
        else {
            return Ok(Fired::Unknown);
        };
        let schedule = sqlx::query!(
            "SELECT s.id, s.max_overlapping, s.coalesce, now() - $2 > make_interval(secs => s.misfire_grace_seconds) AS \"late!\",
                    EXISTS (SELECT FROM schedule_execution e
                            WHERE e.schedule_id = s.id AND e.scheduled_for = $2) AS \"already!\",
                    (SELECT count(*) FROM schedule_execution e JOIN task t ON t.id = e.task_id
                     WHERE e.schedule_id = s.id AND t.status IN ('PENDING', 'STARTED', 'RETRY')) AS \"unfinished!\"
             FROM schedule s WHERE s.id = $1",
            id,
            scheduled_for,
        )
        .fetch_one(&mut *tx)
        .await?;
        let by = match made_by {
            MadeBy::Timer => "timer",
            MadeBy::Hand(_) => "hand",
        };
        if schedule.already {
            return Ok(Fired::Already);
        }
        let busy = schedule.unfinished >= i64::from(schedule.max_overlapping);
        if busy && !schedule.late && !schedule.coalesce && !by_hand {
            return Ok(Fired::Waits);
        }
        let skipped = if schedule.late {
            Some("it was due too long ago")
        } else if busy {
            Some("an earlier run has not ended")
        } else {
            None
        };
        if let Some(reason) = skipped {
            sqlx::query!(
                "INSERT INTO schedule_execution (schedule_id, scheduled_for, made_by, skipped_because)
                 VALUES ($1, $2, $3, $4)",
                schedule.id,
                scheduled_for,
                by,
                reason,
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            return Ok(Fired::Skipped(reason));
        }
        let made = sqlx::query!(
            "WITH made AS (
                 INSERT INTO task (id, name, queue, kwargs, max_attempts, priority)
                 OVERRIDING SYSTEM VALUE
                 SELECT fresh.id, task_name, queue,
                        CASE WHEN kwargs ? 'job_id'
                             THEN kwargs || jsonb_build_object('job_id', fresh.id) ELSE kwargs END,
                        max_attempts, CASE WHEN starts_with(task_name, 'cron_tasks.') THEN 2 ELSE 1 END
                 FROM schedule, (SELECT nextval(pg_get_serial_sequence('task', 'id')) AS id) fresh
                 WHERE schedule.id = $1 RETURNING id, queue
             ), listed AS (
                 INSERT INTO schedule_execution (schedule_id, scheduled_for, made_by, task_id)
                 SELECT $1, $2, $3, id FROM made RETURNING id
             )
             INSERT INTO outbox (task_id, queue) SELECT id, queue FROM made
             RETURNING id, task_id, (SELECT id FROM listed) AS \"execution_id!\"",
            schedule.id,
            scheduled_for,
            by,
        )
        .fetch_one(&mut *tx)
        .await?;
        if let MadeBy::Hand(origin) = made_by {
            told(AuditAction::ScheduleTriggered, key)
                .with("task_id", Some(made.task_id))
                .write(&mut tx, origin)
                .await?;
        }
        tx.commit().await?;
        Ok(Fired::Made {
            execution_id: made.execution_id,
            task_id: made.task_id,
            outbox_id: made.id,
        })
    }
}

/// What the audit log says of a schedule.
fn told(action: AuditAction, key: &str) -> NewEntry<'static> {
    NewEntry::new(action).with("key", Some(key))
}
