//! Reading what became of tasks.

use chrono::{DateTime, Utc};
use divbase_contract::history::TaskStatus;
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};

use super::{Cost, status};
use crate::{Db, DbError};

/// Whose tasks are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryScope {
    /// Those of one user.
    User(i64),
    /// Those of one user in one project.
    UserInProject(i64, i64),
    /// All of one project, also those that nobody submitted: updates that object events led to.
    Project(i64),
    /// All that users submitted.
    AllUsers,
    /// All there are: periodic and automatic ones too.
    All,
    /// One task.
    Task(i64),
    /// The children of one task.
    Children(i64),
}

/// What a task has split into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchState {
    /// Children.
    pub children: i64,
    /// Those that have not ended.
    pub unfinished: i64,
    /// Those that have failed or were cancelled; counted for a task that is asked for by its number.
    pub failed: Option<i64>,
}

/// Which of them, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// At most so many; no limit if absent.
    pub limit: Option<i64>,
    /// Only tasks with a smaller number: the cursor of the next page.
    pub before: Option<i64>,
    /// Only this status.
    pub status: Option<TaskStatus>,
    /// Only this name.
    pub name: Option<String>,
    /// Only those of the user with this address.
    pub user_email: Option<String>,
    /// Only those of the project of this name.
    pub project_name: Option<String>,
    /// Only those submitted at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those submitted before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// One task.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The number that users know it by.
    pub id: i64,
    /// Who submitted it.
    pub user_id: Option<i64>,
    /// That user's address.
    pub submitter_email: Option<String>,
    /// The project it works on.
    pub project_id: Option<i64>,
    /// Dotted name.
    pub name: String,
    /// Its queue.
    pub queue: String,
    /// Keyword arguments.
    pub kwargs: Value,
    /// Where it stands.
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempt: i32,
    /// What its attempts cost, those that ended in order.
    pub cost: Cost,
    /// Seconds that workers were busy with it, all attempts together; until now if one is under way.
    pub wall_seconds: f64,
    /// Who runs or ran it.
    pub worker: Option<String>,
    /// Result or error.
    pub result: Option<Value>,
    /// What it is doing.
    pub progress_phase: Option<String>,
    /// How far it is, 0 to 1.
    pub progress_fraction: Option<f64>,
    /// Who wanted it cancelled, by address.
    pub cancel_requested_by: Option<String>,
    /// When.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// The failed task that it repeats.
    pub retry_of: Option<i64>,
    /// The task that waits for it.
    pub batch_of: Option<i64>,
    /// What it has split into.
    pub batch: Option<BatchState>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A JSON object of which long lists give the first 20 items and long texts the beginning.
macro_rules! shortened {
    ($object:literal) => {
        concat!(
            "(SELECT coalesce(jsonb_object_agg(k.key, CASE
                 WHEN octet_length(k.value::text) <= 2048 THEN k.value
                 WHEN jsonb_typeof(k.value) = 'string' THEN to_jsonb(left(k.value #>> '{}', 500) || '…')
                 WHEN jsonb_typeof(k.value) = 'array' THEN
                     (SELECT jsonb_agg(CASE WHEN jsonb_typeof(item) = 'string'
                                            THEN to_jsonb(left(item #>> '{}', 500)) ELSE item END)
                      FROM jsonb_array_elements(k.value) WITH ORDINALITY AS items (item, n) WHERE n <= 20)
                 ELSE k.value END), '{}') FROM jsonb_each(",
            $object,
            ") k)"
        )
    };
}

/// Arguments and result of a task in a list: what a query was planned over is left out.
const IN_A_LIST: &str = concat!(
    shortened!("t.kwargs - 'inputs'"),
    " AS kwargs, CASE WHEN jsonb_typeof(t.result) = 'object' THEN ",
    shortened!("t.result"),
    " ELSE t.result END AS result, NULL::bigint AS children_failed"
);
/// Of a task that is asked for by its number.
const WHOLE: &str = "t.kwargs, t.result,
    CASE WHEN t.batch_size IS NOT NULL THEN
        (SELECT count(*) FROM task c WHERE c.batch_of = t.id AND c.status IN ('FAILURE', 'REVOKED')) END AS children_failed";

/// The statement with the conditions that are given and no others, so that each is answered by the index made for it.
fn statement(begin: &str, scope: HistoryScope, filter: &HistoryFilter) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(begin);
    sql.push(
        "SELECT t.id, t.user_id, u.email AS submitter_email, t.project_id, t.name, t.queue, t.attempt,
                CASE WHEN t.batch_open AND t.status = 'RETRY' THEN 'STARTED' ELSE t.status END AS status,
                t.batch_of, t.batch_size, children.unfinished, children.done,
                t.worker, t.progress_phase, t.progress_fraction, t.created_at, t.started_at, t.finished_at,
                t.cancel_requested_at,
                (SELECT email FROM app_user WHERE id = t.cancel_requested_by) AS cancel_requested_by, t.retry_of,
                cost.bytes_read, cost.bytes_written, cost.cpu_seconds, cost.wall_seconds, ",
    );
    let is_list = !matches!(scope, HistoryScope::Task(_));
    sql.push(if is_list { IN_A_LIST } else { WHOLE });
    sql.push(
        " FROM task t LEFT JOIN app_user u ON u.id = t.user_id
              CROSS JOIN LATERAL (
                  SELECT coalesce(sum(a.bytes_read), 0)::bigint AS bytes_read,
                         coalesce(sum(a.bytes_written), 0)::bigint AS bytes_written,
                         coalesce(sum(a.cpu_seconds), 0)::float8 AS cpu_seconds,
                         coalesce(sum(extract(epoch FROM coalesce(a.finished_at, now()) - a.started_at)), 0)
                             ::float8 AS wall_seconds
                  FROM task_attempt a WHERE a.task_id = t.id) cost
              -- Of a batch that is under way alone: the others' children have all ended.
              LEFT JOIN LATERAL (
                  SELECT count(*) AS unfinished, coalesce(sum(c.progress_fraction), 0)::float8 AS done
                  FROM task c WHERE t.batch_open AND c.batch_of = t.id
                    AND c.status IN ('PENDING', 'STARTED', 'RETRY')) children ON t.batch_open
          WHERE t.id < ",
    );
    sql.push_bind(filter.before.unwrap_or(i64::MAX));
    match scope {
        HistoryScope::User(user) => {
            sql.push(" AND t.user_id = ").push_bind(user);
        }
        HistoryScope::UserInProject(user, project) => {
            sql.push(" AND t.user_id = ").push_bind(user);
            sql.push(" AND t.project_id = ").push_bind(project);
        }
        HistoryScope::Project(project) => {
            sql.push(" AND t.project_id = ").push_bind(project);
        }
        HistoryScope::AllUsers => {
            sql.push(" AND t.user_id IS NOT NULL");
        }
        // A batch is one task; its children are listed when they are asked for.
        HistoryScope::All => {}
        HistoryScope::Children(parent) => {
            sql.push(" AND t.batch_of = ").push_bind(parent);
        }
        HistoryScope::Task(task) => {
            sql.push(" AND t.id = ").push_bind(task);
        }
    }
    if !matches!(scope, HistoryScope::Task(_) | HistoryScope::Children(_)) {
        sql.push(" AND t.batch_of IS NULL");
    }
    match filter.status {
        None => {}
        // What waits for its children is under way.
        Some(TaskStatus::Started) => {
            sql.push(" AND (t.status = 'STARTED' OR (t.status = 'RETRY' AND t.batch_open))");
        }
        Some(TaskStatus::Retry) => {
            sql.push(" AND t.status = 'RETRY' AND NOT t.batch_open");
        }
        // A word of ours and not a parameter: the indexes of statuses that are rare have it in their conditions.
        Some(status) => {
            sql.push(format_args!(" AND t.status = '{}'", status.as_str()));
        }
    }
    if let Some(name) = &filter.name {
        sql.push(" AND t.name = ").push_bind(name.clone());
    }
    if let Some(email) = &filter.user_email {
        sql.push(" AND t.user_id = (SELECT id FROM app_user WHERE email = ");
        sql.push_bind(email.clone()).push(")");
    }
    if let Some(project) = &filter.project_name {
        sql.push(" AND t.project_id = (SELECT id FROM project WHERE name = ");
        sql.push_bind(project.clone()).push(")");
    }
    if let Some(since) = filter.since {
        sql.push(" AND t.created_at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        sql.push(" AND t.created_at < ").push_bind(until);
    }
    sql.push(" ORDER BY t.id DESC LIMIT ")
        .push_bind(filter.limit);
    sql
}

/// A row as the database gives it.
#[derive(sqlx::FromRow)]
struct RawRow {
    id: i64,
    user_id: Option<i64>,
    submitter_email: Option<String>,
    project_id: Option<i64>,
    name: String,
    queue: String,
    kwargs: Value,
    status: String,
    attempt: i32,
    worker: Option<String>,
    result: Option<Value>,
    progress_phase: Option<String>,
    progress_fraction: Option<f64>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    cancel_requested_at: Option<DateTime<Utc>>,
    cancel_requested_by: Option<String>,
    retry_of: Option<i64>,
    batch_of: Option<i64>,
    batch_size: Option<i32>,
    unfinished: Option<i64>,
    done: Option<f64>,
    children_failed: Option<i64>,
    bytes_read: i64,
    bytes_written: i64,
    cpu_seconds: f64,
    wall_seconds: f64,
}

impl Db {
    /// Lists tasks, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_history(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryRow>, DbError> {
        let rows: Vec<RawRow> = statement("", scope, filter)
            .build_query_as()
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(HistoryRow::try_from).collect()
    }

    /// How the database answers [`Self::task_history`]: `EXPLAIN (ANALYZE, BUFFERS)` in JSON.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn explain_task_history(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
    ) -> Result<Value, DbError> {
        let begin = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ";
        Ok(statement(begin, scope, filter)
            .build_query_scalar()
            .fetch_one(&self.pool)
            .await?)
    }
}

/// How far a batch is: children that have ended, and what those that run have done.
fn progress(children: i64, unfinished: i64, done: f64) -> (Option<String>, Option<f64>) {
    let ended = (children - unfinished).max(0);
    let fraction = (ended as f64 + done) / children.max(1) as f64;
    (
        Some(format!("{ended} of {children} parts are done")),
        Some(fraction.clamp(0.0, 1.0)),
    )
}

impl TryFrom<RawRow> for HistoryRow {
    type Error = DbError;

    fn try_from(row: RawRow) -> Result<Self, DbError> {
        let batch = row.batch_size.map(|size| BatchState {
            children: i64::from(size),
            unfinished: row.unfinished.unwrap_or(0),
            failed: row.children_failed,
        });
        let (progress_phase, progress_fraction) = match (batch, row.unfinished) {
            (Some(batch), Some(left)) => progress(batch.children, left, row.done.unwrap_or(0.0)),
            _ => (row.progress_phase, row.progress_fraction),
        };
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            submitter_email: row.submitter_email,
            project_id: row.project_id,
            name: row.name,
            queue: row.queue,
            kwargs: row.kwargs,
            status: status(&row.status)?,
            attempt: row.attempt,
            cost: Cost {
                bytes_read: row.bytes_read,
                bytes_written: row.bytes_written,
                cpu_seconds: row.cpu_seconds,
            },
            wall_seconds: row.wall_seconds,
            worker: row.worker,
            result: row.result,
            progress_phase,
            progress_fraction,
            cancel_requested_by: row.cancel_requested_by,
            cancel_requested_at: row.cancel_requested_at,
            retry_of: row.retry_of,
            batch_of: row.batch_of,
            batch,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}
