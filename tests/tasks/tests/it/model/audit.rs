//! The promises, asked of the database after the faults have stopped.

use std::collections::HashSet;

use divbase_local::AnyError;
use sqlx::{Executor, FromRow, PgPool};

/// Writes every change of a status down as it happens, whoever makes it.
pub(crate) async fn install(pool: &PgPool) -> Result<(), AnyError> {
    pool.execute(
        "CREATE TABLE audit (
             id bigint GENERATED ALWAYS AS IDENTITY, task_id bigint, was text, is_now text, attempt integer);
         CREATE TABLE batch_audit (task_id bigint, opens boolean, status text, unfinished bigint);
         CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF OLD.status <> NEW.status OR OLD.attempt <> NEW.attempt THEN
                 INSERT INTO audit (task_id, was, is_now, attempt)
                 VALUES (NEW.id, OLD.status, NEW.status, NEW.attempt);
             END IF;
             IF OLD.batch_open <> NEW.batch_open THEN
                 INSERT INTO batch_audit SELECT NEW.id, NEW.batch_open, NEW.status, count(*)
                 FROM task WHERE batch_of = NEW.id AND status IN ('PENDING', 'STARTED', 'RETRY');
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
    pool.execute("DELETE FROM task; DELETE FROM audit; DELETE FROM batch_audit")
        .await?;
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
    is_second: bool,
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
    /// Batches whose parent joined its children.
    pub(crate) joined: u64,
    /// Attempts beside another.
    pub(crate) seconds: u64,
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
        "SELECT task_id, attempt, outcome, is_second FROM task_attempt ORDER BY task_id, attempt",
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
    let mut ends = Ends {
        joined: batches(pool).await?,
        ..Ends::default()
    };
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
        ends.seconds += own.iter().filter(|attempt| attempt.is_second).count() as u64;
    }
    Ok(ends)
}

#[derive(FromRow)]
struct Parent {
    id: i64,
    status: String,
    batch_open: bool,
    batch_size: i32,
    /// How often its wait began, and ended, and how often that was too early.
    opened: i64,
    closed: i64,
    early: i64,
    /// Outcomes `split` of its attempts.
    splits: i64,
    seen: Option<Vec<String>>,
    children: Vec<String>,
}

/// Every batch was set free once, by the end of its last child or its parent's own; tells how many were joined.
async fn batches(pool: &PgPool) -> Result<u64, AnyError> {
    let parents: Vec<Parent> = sqlx::query_as(
        "SELECT p.id, p.status, p.batch_open, p.batch_size,
                count(*) FILTER (WHERE b.opens) AS opened, count(*) FILTER (WHERE NOT b.opens) AS closed,
                count(*) FILTER (WHERE NOT b.opens AND b.status = 'RETRY' AND b.unfinished > 0) AS early,
                (SELECT count(*) FROM task_attempt a WHERE a.task_id = p.id AND a.outcome = 'split') AS splits,
                CASE WHEN p.status = 'SUCCESS' THEN
                    ARRAY(SELECT jsonb_array_elements_text(p.result->'seen')) END AS seen,
                ARRAY(SELECT c.status FROM task c WHERE c.batch_of = p.id ORDER BY c.batch_index) AS children
         FROM task p LEFT JOIN batch_audit b ON b.task_id = p.id
         WHERE p.batch_size IS NOT NULL GROUP BY p.id ORDER BY p.id",
    )
    .fetch_all(pool)
    .await?;
    let mut joined = 0;
    for parent in parents {
        // One that was cancelled before it had split has no children.
        let never = parent.opened == 0 && parent.status == "REVOKED" && parent.children.is_empty();
        let is_whole = parent.opened == 1
            && parent.closed == 1
            && parent.early == 0
            && parent.splits == 1
            && parent.children.len() == usize::try_from(parent.batch_size)?;
        let is_seen = parent
            .seen
            .as_ref()
            .is_none_or(|seen| *seen == parent.children);
        if parent.batch_open || !(never || is_whole) || !is_seen {
            let Parent {
                id,
                status,
                opened,
                closed,
                early,
                splits,
                ..
            } = &parent;
            return Err(format!(
                "batch {id} ({status}): opened {opened}, closed {closed}, {early} too early, {splits} splits, \
                 children {:?}, seen {:?}",
                parent.children, parent.seen
            )
            .into());
        }
        joined += u64::from(parent.seen.is_some());
    }
    Ok(joined)
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
    let seconds = attempts.iter().filter(|a| a.is_second).count();
    if seconds > 1 {
        return Err(format!("{seconds} attempts beside another"));
    }
    // The end is that of the last attempt, or of the one beside which the last one ran.
    let last_is_second = attempts.last().is_some_and(|a| a.is_second);
    let ends = match (outcomes.as_slice(), last_is_second) {
        ([.., first, "lost" | "retry" | "snoozed" | "released"], true) if is_end(first) => {
            Some((*first, task.attempt - 1))
        }
        (all, _) => all.last().map(|last| (*last, task.attempt)),
    };
    let last = ends.map(|(outcome, _)| outcome);
    match task.status.as_str() {
        "SUCCESS"
            if last == Some("success")
                && task.result_attempt == ends.map(|(_, attempt)| attempt) =>
        {
            Ok(())
        }
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

/// Whether an attempt with this outcome was its task's last.
fn is_end(outcome: &str) -> bool {
    matches!(outcome, "success" | "failure" | "revoked")
}
