//! The promises, asked of the database after the faults have stopped.

use std::collections::HashSet;

use divbase_local::AnyError;
use sqlx::{Executor, FromRow, PgPool};

/// Writes every change of a status down as it happens, whoever makes it.
pub(crate) async fn install(pool: &PgPool) -> Result<(), AnyError> {
    pool.execute(
        "CREATE TABLE audit (
             id bigint GENERATED ALWAYS AS IDENTITY, task_id bigint, was text, is_now text, attempt integer);
         CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF OLD.status <> NEW.status OR OLD.attempt <> NEW.attempt THEN
                 INSERT INTO audit (task_id, was, is_now, attempt)
                 VALUES (NEW.id, OLD.status, NEW.status, NEW.attempt);
             END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER audit AFTER UPDATE ON task FOR EACH ROW EXECUTE FUNCTION audit();",
    )
    .await?;
    Ok(())
}

/// Makes the database empty for the next sequence.
pub(crate) async fn clear(pool: &PgPool) -> Result<(), AnyError> {
    pool.execute("DELETE FROM task; DELETE FROM audit").await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: i64,
    status: String,
    attempt: i32,
    max_attempts: i32,
    exc_type: Option<String>,
    result_attempt: Option<i32>,
    cancelled: bool,
    retried: bool,
}

#[derive(FromRow)]
struct Attempt {
    task_id: i64,
    attempt: i32,
    outcome: Option<String>,
}

#[derive(FromRow)]
struct Change {
    task_id: i64,
    was: String,
    is_now: String,
}

/// How many tasks ended as what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ends {
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    pub(crate) revoked: u64,
    /// Attempts whose lease was taken from them.
    pub(crate) lost: u64,
}

/// Checks everything; `accepted` are the tasks of which a caller was told, `buried` those with a dead letter.
pub(crate) async fn check(
    pool: &PgPool,
    accepted: &HashSet<i64>,
    buried: &HashSet<i64>,
) -> Result<Ends, AnyError> {
    let tasks: Vec<Row> = sqlx::query_as(
        "SELECT id, status, attempt, max_attempts, result->>'exc_type' AS exc_type,
                (result->>'attempt')::integer AS result_attempt, cancel_requested_at IS NOT NULL AS cancelled,
                EXISTS (SELECT FROM task r WHERE r.retry_of = t.id) AS retried
         FROM task t ORDER BY id",
    )
    .fetch_all(pool)
    .await?;
    let attempts: Vec<Attempt> = sqlx::query_as(
        "SELECT task_id, attempt, outcome FROM task_attempt ORDER BY task_id, attempt",
    )
    .fetch_all(pool)
    .await?;
    let changes: Vec<Change> = sqlx::query_as("SELECT task_id, was, is_now FROM audit ORDER BY id")
        .fetch_all(pool)
        .await?;
    let known: HashSet<i64> = tasks.iter().map(|task| task.id).collect();
    if let Some(lost) = accepted.difference(&known).next() {
        return Err(format!("task {lost} was accepted and is lost").into());
    }
    for change in &changes {
        let forwards = matches!(
            (change.was.as_str(), change.is_now.as_str()),
            ("PENDING" | "RETRY", "STARTED" | "REVOKED")
                | (
                    "STARTED",
                    "STARTED" | "RETRY" | "SUCCESS" | "FAILURE" | "REVOKED"
                )
        );
        if !forwards {
            let Change {
                task_id,
                was,
                is_now,
            } = change;
            return Err(format!("task {task_id} went from {was} to {is_now}").into());
        }
    }
    let mut ends = Ends::default();
    for task in &tasks {
        let own: Vec<&Attempt> = attempts.iter().filter(|a| a.task_id == task.id).collect();
        judge(task, &own, buried)
            .map_err(|what| format!("task {} ({}): {what}", task.id, task.status))?;
        match task.status.as_str() {
            "SUCCESS" => ends.succeeded += 1,
            "FAILURE" => ends.failed += 1,
            _ => ends.revoked += 1,
        }
        let outcome = |a: &&&Attempt| a.outcome.as_deref() == Some("lost");
        ends.lost += own.iter().filter(outcome).count() as u64;
    }
    Ok(ends)
}

fn judge(task: &Row, attempts: &[&Attempt], buried: &HashSet<i64>) -> Result<(), String> {
    let numbers: Vec<i32> = attempts.iter().map(|a| a.attempt).collect();
    if numbers != (1..=task.attempt).collect::<Vec<_>>() || task.attempt > task.max_attempts {
        return Err(format!(
            "attempt {} of {}, rows {numbers:?}",
            task.attempt, task.max_attempts
        ));
    }
    let outcomes: Vec<&str> = attempts
        .iter()
        .map(|a| a.outcome.as_deref().unwrap_or("none"))
        .collect();
    let ended_by = |outcome: &str| outcomes.iter().filter(|&&o| o == outcome).count();
    let (ok, failed, revoked) = (
        ended_by("success"),
        ended_by("failure"),
        ended_by("revoked"),
    );
    if ended_by("none") > 0 || ok + failed + revoked > 1 {
        return Err(format!("outcomes {outcomes:?}"));
    }
    let last = outcomes.last().copied();
    match task.status.as_str() {
        "SUCCESS" if last == Some("success") && task.result_attempt == Some(task.attempt) => Ok(()),
        "FAILURE"
            if last == Some("failure")
                || (last == Some("lost") && task.attempt == task.max_attempts) =>
        {
            let users = matches!(
                task.exc_type.as_deref(),
                Some("TaskUserError" | "TimeLimitExceeded")
            );
            if users || task.retried || buried.contains(&task.id) {
                Ok(())
            } else {
                Err("no dead letter".to_owned())
            }
        }
        "REVOKED" if task.cancelled && ok + failed == 0 => Ok(()),
        "PENDING" | "STARTED" | "RETRY" => {
            Err("unfinished although the faults have stopped".to_owned())
        }
        _ => Err(format!(
            "outcomes {outcomes:?}, result of attempt {:?}",
            task.result_attempt
        )),
    }
}
