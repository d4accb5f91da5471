//! Finding tasks by filter, newest first, however many there are.
//!
//! A filter has one condition that an index serves in the order of the list (the *lane*); the others are looked at row by row. A
//! statement looks at so many rows of its lane and no more ([`STEP`]), so that no filter reads the table: what fits nothing in a
//! step is gone on with in the next, up to [`MOST_STEPS`], and the answer says where it stopped.
//!
//! The lane gives numbers alone, which its index has. Left to guess how many tasks a user or a project has, the database might read
//! those of all others in between: so it is asked for the owner's rows in the order of owner and number, which only one index has.

mod owner;

use divbase_contract::history::{TaskKind, TaskStatus};
use sqlx::{Postgres, QueryBuilder};

use super::history::{HistoryFilter, HistoryScope};
use owner::{Owner, PROJECT, USER, Who, push_below, push_owner};

/// Rows of a lane that a statement looks at.
pub(super) const STEP: i64 = 10_000;
/// The same where arguments and results are read, which can be large.
pub(super) const STEP_OF_TEXT: i64 = 2_000;
/// Statements of one answer.
pub(super) const MOST_STEPS: usize = 10;

/// Which tasks are wanted beyond a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// All.
    Any,
    /// Those that have not ended and that nobody has cancelled.
    Cancellable,
    /// Those that failed or were cancelled (one of the two, as the filter says; failed ones if it does not), and that nobody has
    /// run again.
    Retriable,
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

/// What a task's row shows, but for arguments and result.
const COLUMNS: &str = "SELECT t.id, t.user_id, u.email AS submitter_email, t.project_id, t.name, t.queue, t.attempt,
        CASE WHEN t.batch_open AND t.status = 'RETRY' THEN 'STARTED' ELSE t.status END AS status,
        t.batch_of, t.batch_size, children.unfinished, children.done,
        t.worker, t.progress_phase, t.progress_fraction, t.created_at, t.started_at, t.finished_at,
        t.cancel_requested_at,
        (SELECT email FROM app_user WHERE id = t.cancel_requested_by) AS cancel_requested_by, t.retry_of,
        EXISTS (SELECT FROM schedule_execution e WHERE e.task_id = t.id) AS periodic,
        cost.bytes_read, cost.bytes_written, cost.requests, cost.cpu_seconds, cost.wall_seconds, ";

/// Where they come from.
const JOINS: &str = " LEFT JOIN app_user u ON u.id = t.user_id
      CROSS JOIN LATERAL (
          SELECT coalesce(sum(a.bytes_read), 0)::bigint AS bytes_read,
                 coalesce(sum(a.bytes_written), 0)::bigint AS bytes_written,
                 coalesce(sum(a.requests), 0)::bigint AS requests,
                 coalesce(sum(a.cpu_seconds), 0)::float8 AS cpu_seconds,
                 coalesce(sum(extract(epoch FROM coalesce(a.finished_at, now()) - a.started_at)), 0)
                     ::float8 AS wall_seconds
          FROM (SELECT own.* FROM task_attempt own WHERE own.task_id = t.id
                UNION ALL
                SELECT its.* FROM task child JOIN task_attempt its ON its.task_id = child.id
                WHERE t.batch_size IS NOT NULL AND child.batch_of = t.id) a) cost
      -- Of a batch that is under way alone: the others' children have all ended.
      LEFT JOIN LATERAL (
          SELECT count(*) AS unfinished, coalesce(sum(c.progress_fraction), 0)::float8 AS done
          FROM task c WHERE t.batch_open AND c.batch_of = t.id
            AND c.status IN ('PENDING', 'STARTED', 'RETRY')) children ON t.batch_open";

/// What a statement gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// What [`super::HistoryRow`] has.
    Row,
    /// The numbers.
    Id,
}

/// A question, which makes one statement for each step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder<'a> {
    pub(super) scope: HistoryScope,
    pub(super) filter: &'a HistoryFilter,
    pub(super) fit: Fit,
}

/// The condition of a lane.
#[derive(Clone, Copy)]
enum Course<'a> {
    Children(i64),
    Unsuccessful(TaskStatus),
    Started,
    Unfinished,
    Owned(Owner, Who<'a>),
    KindOrName,
}

impl Finder<'_> {
    /// Rows that a step looks at.
    pub(super) fn step(&self) -> i64 {
        if self.filter.text.is_some() {
            STEP_OF_TEXT
        } else {
            STEP
        }
    }

    /// The tasks of the lane that fit, with numbers below `before`, within one step; at most `limit`.
    pub(super) fn fitting(
        &self,
        begin: &str,
        columns: Columns,
        before: i64,
        limit: i64,
    ) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new(begin);
        if let HistoryScope::Task(id) = self.scope {
            sql.push(COLUMNS)
                .push(WHOLE)
                .push(" FROM task t")
                .push(JOINS);
            sql.push(" WHERE t.id = ").push_bind(id);
            return sql;
        }
        match columns {
            Columns::Row => sql.push(COLUMNS).push(IN_A_LIST),
            Columns::Id => sql.push("SELECT t.id"),
        };
        // An owner's tasks come in the order of owner and number, or they would be sorted again.
        let (also, order) = match self.course() {
            Course::Owned(owner, _) => (owner.column, "lane.owner DESC, lane.id DESC"),
            _ => ("NULL", "lane.id DESC"),
        };
        sql.push(format_args!(
            " FROM (SELECT t.id, {also} AS owner FROM task t "
        ));
        self.lane(&mut sql, before);
        // Each by its number (`OFFSET 0` keeps that apart): joined, the whole range of numbers might be read instead.
        sql.push(") lane CROSS JOIN LATERAL (SELECT * FROM task WHERE id = lane.id OFFSET 0) t");
        if columns == Columns::Row {
            sql.push(JOINS);
        }
        self.rest(&mut sql);
        // Numbers of ours and not parameters: how few rows are wanted is what the plan is made for.
        sql.push(format_args!(" ORDER BY {order} LIMIT {limit}"));
        sql
    }

    /// The least number of the step and how many rows it has: whether the lane ends there, and where the next step begins.
    pub(super) fn looked_at(&self, before: i64) -> QueryBuilder<Postgres> {
        let mut sql = QueryBuilder::new("SELECT min(id), count(*) FROM (SELECT t.id FROM task t ");
        self.lane(&mut sql, before);
        sql.push(") looked_at");
        sql
    }

    fn user(&self) -> Option<Who<'_>> {
        match self.scope {
            HistoryScope::User(id) | HistoryScope::UserInProject(id, _) => Some(Who::Number(id)),
            _ => self.filter.user_email.as_deref().map(Who::Name),
        }
    }

    fn project(&self) -> Option<Who<'_>> {
        match self.scope {
            HistoryScope::Project(id) | HistoryScope::UserInProject(_, id) => Some(Who::Number(id)),
            _ => self.filter.project_name.as_deref().map(Who::Name),
        }
    }

    /// The status that is looked for: what is retriable has failed, unless it was cancelled.
    fn status(&self) -> Option<TaskStatus> {
        match (self.fit, self.filter.status) {
            (Fit::Retriable, Some(TaskStatus::Revoked)) => Some(TaskStatus::Revoked),
            (Fit::Retriable, _) => Some(TaskStatus::Failure),
            (_, status) => status,
        }
    }

    /// The condition that an index serves, in the order of the list. What else it says stands in [`Self::rest`] too.
    fn lane(&self, sql: &mut QueryBuilder<Postgres>, before: i64) {
        sql.push("WHERE t.id < ").push_bind(before);
        // Numbers are given out in the order of time; an hour is more than the longest transaction that makes tasks.
        if let Some(since) = self.filter.since {
            sql.push(" AND t.id >= coalesce((SELECT id FROM task WHERE created_at >= ");
            sql.push_bind(since);
            sql.push(" - interval '1 hour' ORDER BY created_at LIMIT 1), 9223372036854775807)");
        }
        if let Some(until) = self.filter.until {
            sql.push(" AND t.id <= coalesce((SELECT id FROM task WHERE created_at < ");
            sql.push_bind(until);
            sql.push(" + interval '1 hour' ORDER BY created_at DESC LIMIT 1), 0)");
        }
        let unfinished = "t.status IN ('PENDING', 'STARTED', 'RETRY')";
        let mut order = "t.id DESC";
        match self.course() {
            Course::Children(parent) => {
                sql.push(" AND t.batch_of = ").push_bind(parent);
            }
            Course::Unsuccessful(status) => {
                // Words of ours and not parameters: the indexes of statuses that are rare have them in their conditions.
                sql.push(format_args!(" AND t.status = '{}'", status.as_str()));
                if let Some((owner, who)) = self.owner() {
                    push_owner(sql, owner, who);
                }
            }
            Course::Started => {
                sql.push(
                    " AND t.id IN (SELECT id FROM task WHERE status = 'STARTED'
                                   UNION ALL SELECT id FROM task WHERE batch_open)",
                );
            }
            Course::Unfinished => {
                sql.push(" AND ").push(unfinished);
            }
            Course::Owned(owner, who) => {
                push_below(sql, owner, who, before);
                order = owner.order;
            }
            Course::KindOrName => self.kind_or_name(sql),
        }
        sql.push(format_args!(" ORDER BY {order} LIMIT {}", self.step()));
    }

    /// Which condition it is.
    fn course(&self) -> Course<'_> {
        match (self.scope, self.status()) {
            (HistoryScope::Children(parent), _) => Course::Children(parent),
            (_, Some(status @ (TaskStatus::Failure | TaskStatus::Revoked))) => {
                Course::Unsuccessful(status)
            }
            (_, Some(TaskStatus::Started)) => Course::Started,
            (_, Some(TaskStatus::Pending | TaskStatus::Retry)) => Course::Unfinished,
            _ if self.fit == Fit::Cancellable => Course::Unfinished,
            _ => match self.owner() {
                Some((owner, who)) => Course::Owned(owner, who),
                None => Course::KindOrName,
            },
        }
    }

    /// Whose they are, if they are not anybody's.
    fn owner(&self) -> Option<(Owner, Who<'_>)> {
        let user = self.user().map(|user| (USER, user));
        user.or_else(|| self.project().map(|project| (PROJECT, project)))
    }

    fn kind_or_name(&self, sql: &mut QueryBuilder<Postgres>) {
        match (&self.filter.name, self.filter.kind) {
            (Some(name), _) => sql.push(" AND t.name = ").push_bind(name.clone()),
            (None, Some(TaskKind::Periodic | TaskKind::Automatic)) => {
                sql.push(" AND t.user_id IS NULL AND t.batch_of IS NULL")
            }
            (None, Some(TaskKind::Part)) => sql,
            (None, Some(TaskKind::User) | None) => sql.push(" AND t.batch_of IS NULL"),
        };
    }

    /// All conditions, looked at row by row.
    fn rest(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" WHERE true");
        if let Some(user) = self.user() {
            push_owner(sql, USER, user);
        }
        if let Some(project) = self.project() {
            push_owner(sql, PROJECT, project);
        }
        if self.scope == HistoryScope::AllUsers {
            sql.push(" AND t.user_id IS NOT NULL");
        }
        sql.push(match (self.filter.kind, self.scope) {
            (_, HistoryScope::Children(_)) => "",
            (Some(TaskKind::Part), _) => " AND t.batch_of IS NOT NULL",
            // A batch is one task; its parts are listed when they are asked for.
            _ => " AND t.batch_of IS NULL",
        });
        sql.push(match self.filter.kind {
            None | Some(TaskKind::Part) => "",
            Some(TaskKind::User) => " AND t.user_id IS NOT NULL",
            Some(TaskKind::Periodic) => {
                " AND EXISTS (SELECT FROM schedule_execution e WHERE e.task_id = t.id)"
            }
            Some(TaskKind::Automatic) => {
                " AND t.user_id IS NULL
                      AND NOT EXISTS (SELECT FROM schedule_execution e WHERE e.task_id = t.id)"
            }
        });
        match self.status() {
            None => &mut *sql,
            // What waits for its children is under way.
            Some(TaskStatus::Started) => {
                sql.push(" AND (t.status = 'STARTED' OR (t.status = 'RETRY' AND t.batch_open))")
            }
            Some(TaskStatus::Retry) => sql.push(" AND t.status = 'RETRY' AND NOT t.batch_open"),
            Some(status) => sql.push(format_args!(" AND t.status = '{}'", status.as_str())),
        };
        sql.push(match self.fit {
            Fit::Any => "",
            Fit::Cancellable => {
                " AND t.status IN ('PENDING', 'STARTED', 'RETRY') AND t.cancel_requested_at IS NULL"
            }
            Fit::Retriable => " AND NOT EXISTS (SELECT FROM task r WHERE r.retry_of = t.id)",
        });
        if let Some(name) = &self.filter.name {
            sql.push(" AND t.name = ").push_bind(name.clone());
        }
        if let Some(since) = self.filter.since {
            sql.push(" AND t.created_at >= ").push_bind(since);
        }
        if let Some(until) = self.filter.until {
            sql.push(" AND t.created_at < ").push_bind(until);
        }
        if let Some(text) = &self.filter.text {
            // As JSON writes it, without the quotes around it.
            let quoted = serde_json::Value::from(text.as_str()).to_string();
            let inner = quoted[1..quoted.len() - 1].to_owned();
            sql.push(" AND position(lower(").push_bind(inner);
            sql.push(
                ") IN lower(concat_ws(' ', t.name, t.worker, (t.kwargs - 'inputs')::text, t.result::text))) > 0",
            );
        }
    }
}
