//! `/tasks`, `/queues`, `/limits` and `/dead-letters`: how administrators see and steer tasks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    field::{Items, LetterId, LoginName, ProjectName, SearchText, TaskName, Whole},
    history::{TaskHistoryItem, TaskKind, TaskStatus},
    words::words,
};

/// A page of tasks, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskPage {
    /// At most as many as were asked for; fewer if those that fit are far apart.
    pub tasks: Vec<TaskHistoryItem>,
    /// `before` of the next page, which has older tasks; absent on the last one.
    pub next: Option<i64>,
}

/// An attempt to run a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// From 1.
    pub attempt: i32,
    /// The process that ran it.
    pub worker: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// `success`, `failure`, `retry`, `revoked`, `lost`, `released`, `split` or `snoozed`; absent while it runs.
    pub outcome: Option<String>,
    /// Why it did not succeed, with the cause.
    pub error: Option<String>,
    /// Bytes read from the object store; unknown of an attempt whose worker was lost.
    pub bytes_read: Option<i64>,
    /// Bytes written to the object store.
    pub bytes_written: Option<i64>,
    /// CPU time of the task's own code, seconds.
    pub cpu_seconds: Option<f64>,
}

/// Which tasks; at least one field is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TaskFilter {
    /// Only this status.
    pub status: Option<TaskStatus>,
    /// Only tasks of this name.
    pub name: Option<TaskName>,
    /// Only tasks of this kind.
    pub kind: Option<TaskKind>,
    /// Only those of the user with this address.
    pub user: Option<LoginName>,
    /// Only those of this project.
    pub project: Option<ProjectName>,
    /// Only those submitted at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those submitted before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Only those whose name, arguments or result contain this text, in any case.
    pub text: Option<SearchText>,
    /// Only the parts of this task.
    pub batch: Option<i64>,
}

/// Body of `POST /tasks/cancel` and `POST /tasks/retry`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// Which tasks.
    pub filter: TaskFilter,
    /// Only tasks with a smaller number: `next` of the piece before.
    pub before: Option<i64>,
    /// Whether they are only counted; yes if absent.
    #[serde(default = "yes")]
    pub dry_run: bool,
}

const fn yes() -> bool {
    true
}

/// What came of a piece of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkOutcome {
    /// Whether they were only counted.
    pub dry_run: bool,
    /// Tasks that fit: of a dry run all, up to 10,000; otherwise those of this piece.
    pub matched: i64,
    /// There are more than `matched`.
    pub more: bool,
    /// What was done, by task; nothing in a dry run.
    pub done: Vec<BulkDone>,
    /// Tasks that were left as they are, and why.
    pub left: Vec<BulkLeft>,
    /// `before` of the next piece; absent if this was the last.
    pub next: Option<i64>,
}

/// A task that was cancelled or run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkDone {
    /// The task.
    pub task_id: i64,
    /// The task that runs it again.
    pub new_task_id: Option<i64>,
}

/// A task that was left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkLeft {
    /// The task.
    pub task_id: i64,
    /// Why.
    pub reason: String,
}

/// A queue at this moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueState {
    /// `quick`, `long` or `heavy`.
    pub queue: String,
    /// Tasks that could run now.
    pub waiting: i64,
    /// Those of them that a limit or a pause keeps waiting.
    pub held: i64,
    /// How long the oldest that waits has waited since it could run, seconds; 0 if none waits.
    pub oldest_seconds: f64,
    /// Tasks that a worker runs.
    pub running: i64,
    /// Its tasks do not begin for now; those that run go on.
    pub paused: bool,
    /// About how many dead letters it has; absent if the queue does not answer.
    pub dead_letters: Option<u64>,
}

/// Body of `PUT /queues/{queue}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueChange {
    /// Whether its tasks begin.
    pub paused: bool,
}

/// One of the queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum QueueName {
    /// Seconds.
    Quick,
    /// Minutes.
    Long,
    /// Longer.
    Heavy,
}

words! { QueueName { Quick = "quick", Long = "long", Heavy = "heavy" } }

/// How many tasks may run at a time, and how many may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskLimits {
    /// Of one project, running.
    pub running_per_project: i32,
    /// Of one user, running.
    pub running_per_user: i32,
    /// Of one project, waiting.
    pub waiting_per_project: u32,
    /// Of one user, waiting.
    pub waiting_per_user: u32,
}

/// A number of tasks that run.
pub type RunningLimit = Whole<1, 10_000>;
/// A number of tasks that wait.
pub type WaitingLimit = Whole<1, 1_000_000>;

/// Body of `PATCH /limits`: what is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsChange {
    /// See [`TaskLimits`].
    #[schema(inline)]
    pub running_per_project: Option<RunningLimit>,
    /// See [`TaskLimits`].
    #[schema(inline)]
    pub running_per_user: Option<RunningLimit>,
    /// See [`TaskLimits`].
    #[schema(inline)]
    pub waiting_per_project: Option<WaitingLimit>,
    /// See [`TaskLimits`].
    #[schema(inline)]
    pub waiting_per_user: Option<WaitingLimit>,
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeadLetter {
    /// Names it in later calls.
    pub id: String,
    /// The queue that it belongs to.
    pub queue: String,
    /// When it was put there.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why it lies there.
    pub reason: String,
    /// The task that it is about; absent if it is no message of ours.
    pub task_id: Option<i64>,
    /// That task's name; absent if there is none any more.
    pub name: Option<String>,
    /// That task's status.
    pub status: Option<TaskStatus>,
    /// Its project.
    pub project: Option<String>,
    /// Who submitted it.
    pub user: Option<String>,
    /// The newest task that runs it again.
    pub retried_as: Option<i64>,
}

/// The dead letters of a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeadLetters {
    /// Those that were read, at most 100.
    pub letters: Vec<DeadLetter>,
    /// About how many there are.
    pub count: u64,
}

/// Most letters that one call reads.
pub const LETTERS_MAX: usize = 100;

/// Body of `POST /dead-letters/{queue}/redrive` and `…/discard`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterChoice {
    /// Which letters, or
    #[schema(value_type = Option<Vec<LetterId>>, max_items = 100)]
    pub letters: Option<Items<LetterId, 1, LETTERS_MAX>>,
    /// whether it is about every letter of the queue.
    #[serde(default)]
    pub all: bool,
}

/// What became of dead letters. A call deals with at most 100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LettersDone {
    /// Tasks that run again.
    pub retried: Vec<BulkDone>,
    /// Tasks that had not ended and were announced again.
    pub announced: Vec<i64>,
    /// Letters about tasks that need nothing any more; they were thrown away.
    pub settled: usize,
    /// Letters that were discarded.
    pub discarded: usize,
    /// Letters that were left: not ours, or another task excludes the one they name.
    pub left: usize,
    /// There may be more: call again.
    pub more: bool,
}
