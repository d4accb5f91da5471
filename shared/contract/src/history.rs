//! `/task-history`: what became of submitted tasks.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{field::Whole, limits::HISTORY_PAGE, words::words};

/// Life cycle of a task. It only moves forwards: the last three are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskStatus {
    /// Accepted, waiting for a worker.
    Pending,
    /// A worker runs it.
    Started,
    /// An attempt failed; another follows.
    Retry,
    /// Ended with a result.
    Success,
    /// Ended with an error.
    Failure,
    /// Cancelled.
    Revoked,
}

words! {
    TaskStatus {
        Pending = "PENDING", Started = "STARTED", Retry = "RETRY", Success = "SUCCESS",
        Failure = "FAILURE", Revoked = "REVOKED"
    }
}

impl TaskStatus {
    /// Whether nothing more can happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Revoked)
    }
}

/// Where a task comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskKind {
    /// Somebody submitted it.
    User,
    /// A schedule made it.
    Periodic,
    /// The service made it by itself: files have changed, or a letter is to be sent.
    Automatic,
    /// It is a part of a task that has split.
    Part,
}

words! { TaskKind { User = "user", Periodic = "periodic", Automatic = "automatic", Part = "part" } }

/// How many items of a list are wanted.
pub type PageSize = Whole<1, { HISTORY_PAGE as i64 }>;

/// One task. Times are RFC 3339 in UTC to the second, `2026-11-27T21:12:23Z`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskHistoryItem {
    /// The number that users know it by.
    pub id: i64,
    /// Who submitted it; `automatic` if nobody did. Always there: the stock client requires it.
    pub submitter_email: Option<String>,
    /// A [`TaskStatus`].
    pub status: TaskStatus,
    /// Dotted name.
    pub name: String,
    /// Keyword arguments of a task that users submit, whole; `null` for others.
    #[schema(value_type = Option<Object>, required = true)]
    pub kwargs: Value,
    /// Always `[]`.
    pub args: String,
    /// The result, the error, or nothing yet.
    #[schema(value_type = Option<Object>)]
    pub result: Option<Value>,
    /// Who runs or ran it.
    pub worker: Option<String>,
    /// When it was submitted.
    pub created_at: Option<String>,
    /// When a worker first took it.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
    /// When it ended, again.
    pub date_done: Option<String>,
    /// Seconds from start to end.
    pub runtime: Option<f64>,
    /// Attempts so far (ours).
    #[serde(default)]
    pub attempts: i32,
    /// The queue it runs on (ours).
    pub queue: Option<String>,
    /// What it has cost so far, all attempts together (ours).
    pub cost: Option<Cost>,
    /// What a running task is doing (ours).
    pub progress: Option<Progress>,
    /// Who asked for it to be cancelled, and when (ours).
    pub cancelled: Option<Cancelled>,
    /// The failed task that it repeats (ours).
    pub retry_of: Option<i64>,
    /// The task that waits for it, of a part of a batch (ours).
    pub batch_of: Option<i64>,
    /// What it has split into (ours).
    pub batch: Option<Batch>,
    /// Where it comes from (ours).
    pub kind: Option<TaskKind>,
    /// What it waits for, of a task that has no worker and is asked for by its number (ours).
    pub waiting: Option<Waiting>,
}

/// Where a task stands that waits for a worker. Projects take turns, so tasks that are submitted later by others may go first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// Its place: 1 if it is the next of its queue. At most 1,001, which means farther behind.
    pub position: i64,
    /// When it will probably begin, by what runs now and how long such tasks took lately; RFC 3339. Absent if that cannot be told.
    pub expected_start: Option<String>,
    /// What keeps it waiting besides those before it.
    pub because: Option<WaitsFor>,
}

/// What keeps a task waiting besides those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// An administrator has paused its queue.
    PausedQueue,
    /// Its project has as many tasks running as it may.
    ProjectLimit,
    /// Its user has as many tasks running as they may.
    UserLimit,
    /// The time of its next attempt.
    NextAttempt,
}

/// The parts of a task that has split. They are tasks of their own, which lists leave out unless they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// How many there are.
    pub parts: i64,
    /// Those that have not ended.
    pub unfinished: i64,
    /// Those that failed or were cancelled, of a task that is asked for by its number.
    pub failed: Option<i64>,
}

/// What a task has cost, with its parts. Attempts whose worker was lost count by their time only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cost {
    /// Bytes read from the object store.
    pub bytes_read: u64,
    /// Bytes written to the object store.
    pub bytes_written: u64,
    /// How often the object store was asked for bytes.
    #[serde(default)]
    pub requests: u64,
    /// CPU time of the task's own code, seconds.
    pub cpu_seconds: f64,
    /// Time that workers were busy with it, seconds.
    pub wall_seconds: f64,
    /// The same times the memory of a worker, in GB.
    #[serde(default)]
    pub gb_seconds: f64,
    /// US dollars for these and the requests, at list prices.
    #[serde(default)]
    pub dollars: f64,
}

/// A wish to cancel. The task has ended as `REVOKED` unless it was done before it could be stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cancelled {
    /// Whose, by address.
    pub by: Option<String>,
    /// RFC 3339.
    pub at: String,
}

/// How far a running task is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// What it is doing.
    pub phase: String,
    /// How much of the whole is done, 0 to 1, if known.
    pub fraction: Option<f64>,
}
