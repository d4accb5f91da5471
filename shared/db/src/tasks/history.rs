//! Reading what became of tasks.

use chrono::{DateTime, Utc};
use divbase_contract::history::{TaskKind, TaskStatus};
use serde_json::Value;
use sqlx::{FromRow, postgres::PgRow};

use super::{
    Cost,
    find::{Columns, Finder, Fit, MOST_STEPS},
    status,
};
use crate::{Db, DbError, Result};

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
    /// Only this kind. Without one, parts of batches are left out.
    pub kind: Option<TaskKind>,
    /// Only those whose name, arguments or result contain this text, in any case.
    pub text: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryPage {
    /// The tasks.
    pub rows: Vec<HistoryRow>,
    /// `before` of the next page; none if there is nothing more.
    pub next: Option<i64>,
}

/// One task.
#[derive(Clone, Debug, PartialEq, FromRow)]
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
    #[sqlx(try_from = "StoredStatus")]
    pub status: TaskStatus,
    /// Attempts so far.
    pub attempt: i32,
    /// What its attempts cost, those that ended in order.
    #[sqlx(flatten)]
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
    #[sqlx(skip)]
    pub batch: Option<BatchState>,
    batch_size: Option<i32>,
    /// Of its children: those that have not ended, how much of them is done, and those that have failed.
    unfinished: Option<i64>,
    done: Option<f64>,
    children_failed: Option<i64>,
    /// Whether a schedule made it.
    periodic: bool,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A status as it is stored.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct StoredStatus(String);

impl TryFrom<StoredStatus> for TaskStatus {
    type Error = DbError;

    fn try_from(StoredStatus(text): StoredStatus) -> Result<Self> {
        status(&text)
    }
}

impl HistoryRow {
    /// Where it comes from.
    #[must_use]
    pub fn kind(&self) -> TaskKind {
        match (self.batch_of, self.periodic, self.user_id) {
            (Some(_), _, _) => TaskKind::Part,
            (None, true, _) => TaskKind::Periodic,
            (None, false, Some(_)) => TaskKind::User,
            (None, false, None) => TaskKind::Automatic,
        }
    }

    /// With what its children say of it.
    fn with_children(mut self) -> Self {
        self.batch = self.batch_size.map(|size| BatchState {
            children: i64::from(size),
            unfinished: self.unfinished.unwrap_or(0),
            failed: self.children_failed,
        });
        if let (Some(batch), Some(left)) = (self.batch, self.unfinished) {
            (self.progress_phase, self.progress_fraction) =
                progress(batch.children, left, self.done.unwrap_or(0.0));
        }
        self
    }
}

impl Db {
    /// Lists tasks, newest first. Of a list that ends early because what fits is far apart, [`Self::task_page`] says where.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_history(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryRow>> {
        Ok(self.task_page(scope, filter).await?.rows)
    }

    /// A page of tasks, newest first, and where the next one begins. It looks at 100,000 tasks at most (20,000 if a text is
    /// searched for), so it may have fewer than were asked for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_page(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
    ) -> Result<HistoryPage> {
        let finder = Finder {
            scope,
            filter,
            fit: Fit::Any,
        };
        let limit = filter.limit.unwrap_or(i64::MAX);
        let found = self.found(&finder, Columns::Row, limit, |row: &HistoryRow| row.id);
        let (rows, next) = found.await?;
        let rows = rows.into_iter().map(HistoryRow::with_children).collect();
        Ok(HistoryPage { rows, next })
    }

    /// Numbers of the tasks that fit, newest first, at most `limit`, and where to go on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_ids(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
        fit: Fit,
        limit: i64,
    ) -> Result<(Vec<i64>, Option<i64>)> {
        let finder = Finder { scope, filter, fit };
        let found = self.found(&finder, Columns::Id, limit, |&(id,): &(i64,)| id);
        let (ids, next) = found.await?;
        Ok((ids.into_iter().map(|(id,)| id).collect(), next))
    }

    /// What fits, newest first, at most `limit`, and where to go on.
    async fn found<T: for<'r> FromRow<'r, PgRow> + Send + Unpin>(
        &self,
        finder: &Finder<'_>,
        columns: Columns,
        limit: i64,
        number: impl Fn(&T) -> i64,
    ) -> Result<(Vec<T>, Option<i64>)> {
        let mut before = finder.filter.before.unwrap_or(i64::MAX);
        let mut found: Vec<T> = Vec::new();
        for _ in 0..MOST_STEPS {
            let mut sql = finder.fitting("", columns, before, limit - count(&found));
            found.extend(sql.build_query_as::<T>().fetch_all(&self.pool).await?);
            if matches!(finder.scope, HistoryScope::Task(_)) {
                return Ok((found, None));
            }
            if count(&found) >= limit {
                let next = found.last().map(number);
                return Ok((found, next));
            }
            match self.step_after(finder, before).await? {
                Some(next) => before = next,
                None => return Ok((found, None)),
            }
        }
        Ok((found, Some(before)))
    }

    /// Where the next step begins; none if the lane has ended.
    async fn step_after(&self, finder: &Finder<'_>, before: i64) -> Result<Option<i64>> {
        let (least, rows): (Option<i64>, i64) = finder
            .looked_at(before)
            .build_query_as()
            .fetch_one(&self.pool)
            .await?;
        Ok(least.filter(|_| rows >= finder.step()))
    }

    /// How the database answers the first step of [`Self::task_page`]: `EXPLAIN (ANALYZE, BUFFERS)` in JSON.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn explain_task_history(
        &self,
        scope: HistoryScope,
        filter: &HistoryFilter,
    ) -> Result<Value> {
        let finder = Finder {
            scope,
            filter,
            fit: Fit::Any,
        };
        let (before, limit) = (
            filter.before.unwrap_or(i64::MAX),
            filter.limit.unwrap_or(i64::MAX),
        );
        let begin = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ";
        Ok(finder
            .fitting(begin, Columns::Row, before, limit)
            .build_query_scalar()
            .fetch_one(&self.pool)
            .await?)
    }
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
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
